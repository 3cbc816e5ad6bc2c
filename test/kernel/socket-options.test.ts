import { once } from 'node:events'
import { createServer, type Server, Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import {
  bindTo,
  boundDevice,
  closeSocket,
  getIntegerOption,
  openTcpSocket,
  setIntegerOption,
} from '../../src/kernel/socket-options.ts'

const open: { close(): void }[] = []

afterEach(() => {
  for (const each of open.splice(0)) each.close()
})

function adopt(fd: number): Socket {
  const socket = new Socket({ fd, manualStart: true } as ConstructorParameters<typeof Socket>[0])
  open.push({ close: () => socket.destroy() })
  return socket
}

async function listening(server: Server, ...where: readonly unknown[]): Promise<number> {
  open.push(server)
  Reflect.apply(server.listen, server, where)
  await once(server, 'listening')
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

describe('a TCP socket with options of ours', () => {
  for (const host of ['127.0.0.1', '::1']) {
    const ttl = host.includes(':') ? 'IPV6_UNICAST_HOPS' : 'IP_TTL'
    const trafficClass = host.includes(':') ? 'IPV6_TCLASS' : 'IP_TOS'
    const minimum = host.includes(':') ? 'IPV6_MINHOPCOUNT' : 'IP_MINTTL'

    it(`has them before it connects to ${host}, and Node reads and writes on it`, async () => {
      const server = createServer(peer => peer.on('data', bytes => peer.end(`heard ${bytes}`)))
      const port = await listening(server, 0, host)
      const settings = { ttl: 7, minimumTtl: 3, trafficClass: 0xc0, device: 'lo' }
      const fd = openTcpSocket({ address: host, localAddress: host, ...settings })
      const options = [ttl, minimum, trafficClass] as const
      expect([...options.map(option => getIntegerOption(fd, option)), boundDevice(fd)]).toEqual([
        7,
        3,
        0xc0,
        'lo',
      ])

      const socket = adopt(fd)
      const bytes: Buffer[] = []
      socket.on('data', chunk => bytes.push(chunk))
      socket.connect({ host, port })
      await once(socket, 'connect')
      expect([socket.localAddress, socket.remotePort, getIntegerOption(fd, ttl)]).toEqual([host, port, 7])
      socket.write('hello')
      await once(socket, 'close')
      expect(Buffer.concat(bytes).toString()).toBe('heard hello')
    })
  }

  it('tells a refused connection as Node does, and closes its descriptor', async () => {
    const server = createServer()
    const port = await listening(server, 0, '127.0.0.1')
    server.close()
    await once(server, 'close')
    const fd = openTcpSocket({ address: '127.0.0.1', ttl: 1 })
    const socket = adopt(fd)
    socket.connect({ host: '127.0.0.1', port })
    const [error] = await once(socket, 'error')
    expect(error).toMatchObject({ code: 'ECONNREFUSED' })
    await once(socket, 'close')
    expect(() => getIntegerOption(fd, 'IP_TTL')).toThrow('EBADF')
  })

  it('listens with them, and connections inherit the least TTL that is taken', async () => {
    const fd = openTcpSocket({ address: '127.0.0.1', minimumTtl: 255 })
    bindTo(fd, '127.0.0.1', 0)
    const accepted: number[] = []
    const server = createServer(peer => {
      accepted.push(peer.remotePort ?? 0)
      peer.end()
    })
    const port = await listening(server, { fd })
    // The SYN with TTL 64 is dropped, so its connection cannot be there when the other one is.
    const far = adopt(openTcpSocket({ address: '127.0.0.1', ttl: 64 }))
    const near = adopt(openTcpSocket({ address: '127.0.0.1', ttl: 255 }))
    far.on('error', () => {})
    far.connect({ host: '127.0.0.1', port })
    near.connect({ host: '127.0.0.1', port })
    await once(near, 'connect')
    const nearPort = near.localPort
    near.resume()
    await once(near, 'close')
    expect(accepted).toEqual([nearPort])
    expect(far.connecting).toBe(true)
  })

  it('is not made where an option is refused', () => {
    expect(() => openTcpSocket({ address: '127.0.0.1', ttl: 300 })).toThrow(
      'setting IP_TTL to 300 failed: EINVAL',
    )
    expect(() => openTcpSocket({ address: '127.0.0.1', localAddress: '192.0.2.77' })).toThrow('EADDRNOTAVAIL')
    expect(() => openTcpSocket({ address: '127.0.0.1', device: 'no-such-link' })).toThrow('ENODEV')
    expect(() => openTcpSocket({ address: 'localhost' })).toThrow('"localhost" is not an IP address')
  })

  it('takes options later too, and is closed by us where Node never had it', () => {
    const fd = openTcpSocket({ address: '::1' })
    setIntegerOption(fd, 'IPV6_V6ONLY', 1)
    expect(getIntegerOption(fd, 'IPV6_V6ONLY')).toBe(1)
    closeSocket(fd)
    expect(() => getIntegerOption(fd, 'IPV6_V6ONLY')).toThrow('EBADF')
  })
})
