import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Connection } from '../../src/bgp/index.ts'
import { TcpTransport } from '../../src/engine/tcp-transport.ts'
import { ManualClock } from '../../src/net/manual-clock.ts'

interface End {
  readonly opened: Promise<void>
  readonly closed: Promise<{ code: string; message: string } | undefined>
  readonly received: () => string
  readonly data: (wanted: string) => Promise<void>
}

let clock: ManualClock
let lines: string[]
let transport: TcpTransport

beforeEach(() => {
  clock = new ManualClock()
  lines = []
  transport = new TcpTransport({ clock, log: line => lines.push(line) })
})
afterEach(() => transport.close())

/** Takes a connection and tells what happens to it. */
function follow(connection: Connection): End {
  const [opened, closed] = [Promise.withResolvers<void>(), Promise.withResolvers<Awaited<End['closed']>>()]
  let received = ''
  let look = () => {}
  connection.handler = {
    onOpen: () => opened.resolve(),
    onData: bytes => {
      received += Buffer.from(bytes).toString()
      look()
    },
    onDrain: () => {},
    onClose: error => closed.resolve(error),
  }
  return {
    opened: opened.promise,
    closed: closed.promise,
    received: () => received,
    data: wanted =>
      new Promise(resolve => {
        look = () => received === wanted && resolve()
        look()
      }),
  }
}

/** A port of loopback that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen({ port: 0, host: '127.0.0.1' }, resolve))
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  return port
}

/** Listens, and resolves to the first connection of each call of `next`. */
function listen(port: number) {
  const waiting: ((connection: Connection) => void)[] = []
  transport.listen({ port, onConnection: connection => waiting.shift()?.(connection) })
  return { next: () => new Promise<Connection>(resolve => waiting.push(resolve)) }
}

describe('BGP over TCP', () => {
  it.each(['127.0.0.1', '::1'])(
    'carries bytes both ways over %s, and each end knows the other’s plain address',
    async address => {
      const port = await freePort()
      const incoming = listen(port).next()
      const dialled = transport.connect({ address, port, ttl: 1, localAddress: address })
      const outside = follow(dialled)
      await outside.opened
      const accepted = await incoming
      const inside = follow(accepted)
      accepted.resume()
      expect([accepted.remoteAddress, accepted.localAddress, dialled.remoteAddress]).toEqual([
        address,
        address,
        address,
      ])
      dialled.write(Buffer.from('open'))
      await inside.data('open')
      accepted.write(Buffer.from('keepalive'))
      accepted.close()
      await outside.data('keepalive')
      expect(await outside.closed).toBeUndefined()
      expect(await inside.closed).toBeUndefined()
    },
  )

  it('frees what it closed from a peer that never closes its side, also where nothing was read', async () => {
    const port = await freePort()
    const incoming = listen(port).next()
    const peer = connect({ host: '127.0.0.1', port, allowHalfOpen: true })
    const reset = new Promise<string | undefined>(resolve =>
      peer.on('error', (error: NodeJS.ErrnoException) => resolve(error.code)),
    )
    const ended = new Promise(resolve => peer.on('end', resolve))
    peer.write('unread')
    const accepted = await incoming
    const inside = follow(accepted)
    accepted.write(Buffer.from('cease'))
    accepted.close()
    peer.resume()
    await ended
    while (clock.pending === 0) await new Promise(setImmediate)
    clock.advance(5000)
    expect(await inside.closed).toBeUndefined()
    const write = setInterval(() => peer.write('more'), 1)
    expect(['EPIPE', 'ECONNRESET']).toContain(await reset)
    clearInterval(write)
    expect(clock.pending).toBe(0)
  })

  it('waits for 256 peers that do not close, and frees the oldest when one more comes', async () => {
    const port = await freePort()
    const ends: End[] = []
    let refused = 0
    transport.listen({
      port,
      onConnection: connection => {
        ends.push(follow(connection))
        connection.close()
        refused++
      },
    })
    const peers: Socket[] = []
    const refuseOne = async () => {
      const peer = connect({ host: '127.0.0.1', port, allowHalfOpen: true })
      peer.on('error', () => {})
      peer.resume()
      peers.push(peer)
      await new Promise(resolve => peer.once('end', resolve))
    }
    for (let i = 0; i < 256; i++) await refuseOne()
    const closed = new Set<number>()
    for (const [i, end] of ends.entries()) void end.closed.then(() => closed.add(i))
    await refuseOne()
    await refuseOne()
    await Promise.all([ends[0]!.closed, ends[1]!.closed])
    expect([refused, closed, clock.pending]).toEqual([258, new Set([0, 1]), 256])
    for (const peer of peers) peer.destroy()
    while (clock.pending > 0) await new Promise(setImmediate)
    await Promise.all(ends.map(end => end.closed))
  })

  describe('to a peer that reads slowly', () => {
    const PIECE = 60_000
    const PIECES = 400
    const PATTERN = Uint8Array.from({ length: PIECE + 251 }, (_, at) => at % 251)
    /** The octet at `n` of all is `n % 251`. */
    const piece = (index: number) => PATTERN.subarray((index * PIECE) % 251, ((index * PIECE) % 251) + PIECE)

    async function connected() {
      const port = await freePort()
      const incoming = listen(port).next()
      const peer = connect({ host: '127.0.0.1', port })
      peer.pause()
      return { accepted: await incoming, peer }
    }

    /** Reads until the end: how many octets came, and whether each is the one that belongs there. */
    async function readAll(peer: Socket): Promise<{ octets: number; right: boolean }> {
      let octets = 0
      let right = true
      peer.on('data', (bytes: Buffer) => {
        for (const octet of bytes) right &&= octet === octets++ % 251
      })
      peer.resume()
      await new Promise(resolve => peer.once('end', resolve))
      return { octets, right }
    }

    it('asks for patience, goes on when the peer reads, and loses nothing', async () => {
      const { accepted, peer } = await connected()
      let index = 0
      let patience = 0
      const write = () => {
        while (index < PIECES) if (!accepted.write(piece(index++))) return patience++
        return accepted.close()
      }
      accepted.handler = { onOpen() {}, onData() {}, onDrain: write, onClose() {} }
      write()
      // Until the kernel's buffers are full: they do not take the 24 MB of all pieces.
      for (let idle = 0, before = index; idle < 50; idle = index === before ? idle + 1 : 0) {
        before = index
        await new Promise(setImmediate)
      }
      expect(index).toBeLessThan(PIECES)
      expect(await readAll(peer)).toEqual({ octets: PIECES * PIECE, right: true })
      expect(patience).toBeGreaterThan(10)
    })

    it('says that it can go on also where a little more was written meanwhile', async () => {
      const { accepted, peer } = await connected()
      // Time is always short: each turn lets out one piece.
      let now = 0
      vi.spyOn(clock, 'now').mockImplementation(() => (now += 10))
      let drained = false
      accepted.handler = { onOpen() {}, onData() {}, onDrain: () => (drained = true), onClose() {} }
      for (let index = 0; index < 3; index++) accepted.write(piece(index))
      peer.resume()
      while (!drained) {
        accepted.write(new Uint8Array(0))
        await new Promise(setImmediate)
      }
    })

    it('sends all that was written before it is closed', async () => {
      const { accepted, peer } = await connected()
      for (let index = 0; index < PIECES; index++) accepted.write(piece(index))
      accepted.close()
      expect(accepted.write(piece(0))).toBe(false)
      expect(await readAll(peer)).toEqual({ octets: PIECES * PIECE, right: true })
    })
  })

  it('tells by the close that the connection broke while it was written to', async () => {
    const port = await freePort()
    const incoming = listen(port).next()
    const peer = connect({ host: '127.0.0.1', port })
    const accepted = await incoming
    const inside = follow(accepted)
    peer.resetAndDestroy()
    while (!accepted.peerIsDone) await new Promise(setImmediate)
    for (let i = 0; i < 3; i++) accepted.write(Buffer.from('lost'))
    expect(['EPIPE', 'ECONNRESET']).toContain((await inside.closed)?.code)
  })

  it('knows that the peer is gone while what it sent is not read', async () => {
    const port = await freePort()
    const incoming = listen(port).next()
    const peer = connect({ host: '127.0.0.1', port })
    const accepted = await incoming
    expect(accepted.peerIsDone).toBe(false)
    peer.end('unread')
    while (!accepted.peerIsDone) await new Promise(setImmediate)
    const inside = follow(accepted)
    accepted.resume()
    await inside.data('unread')
  })

  it('tells by the close, not by an exception, that nobody listens or that the local address is not ours', async () => {
    const port = await freePort()
    const refused = follow(transport.connect({ address: '127.0.0.1', port, ttl: 64 }))
    expect(await refused.closed).toMatchObject({ code: 'ECONNREFUSED' })
    const foreign = follow(
      transport.connect({ address: '127.0.0.1', port, ttl: 64, localAddress: '203.0.113.9' }),
    )
    expect(await foreign.closed).toMatchObject({ code: 'EADDRNOTAVAIL' })
  })

  it('cuts every session without a word when the transport is closed', async () => {
    const port = await freePort()
    const incoming = listen(port).next()
    const outside = follow(transport.connect({ address: '127.0.0.1', port, ttl: 64 }))
    await outside.opened
    const inside = follow(await incoming)
    transport.close()
    await outside.closed
    await inside.closed
    expect(outside.received()).toBe('')
  })

  it('waits for a port that somebody else has, saying so once', async () => {
    const other: Server = createServer()
    await new Promise<void>(resolve => other.listen({ port: 0, host: '0.0.0.0' }, resolve))
    const { port } = other.address() as AddressInfo
    const { next } = listen(port)
    const incoming = next()
    while (lines.length === 0) await new Promise(setImmediate)
    expect(lines).toEqual([expect.stringContaining(`cannot listen on 0.0.0.0 port ${port}`)])
    await new Promise(resolve => other.close(resolve))
    while (clock.pending === 0) await new Promise(setImmediate)
    clock.advance(1000)
    const outside = follow(transport.connect({ address: '127.0.0.1', port, ttl: 64 }))
    await outside.opened
    expect((await incoming).remoteAddress).toBe('127.0.0.1')
    expect(lines).toHaveLength(1)
  })
})
