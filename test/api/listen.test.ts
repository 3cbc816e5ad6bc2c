import { once } from 'node:events'
import { mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Listeners, listen } from '../../src/api/index.ts'
import { sample } from '../config/sample.ts'
import { ApiHarness, health } from './harness.ts'

let api: ApiHarness
let directory: string
const open: Listeners[] = []

beforeAll(async () => {
  api = await ApiHarness.make()
})

afterAll(() => api.close())

beforeEach(async () => {
  api.reset()
  directory = await mkdtemp(join(tmpdir(), 'rest-'))
})

afterEach(async () => {
  for (const listeners of open.splice(0)) await listeners.close()
  await rm(directory, { recursive: true })
})

async function opened(...[targets]: [Parameters<typeof listen>[1]]): Promise<Listeners> {
  const listeners = await listen(api.app, targets)
  open.push(listeners)
  return listeners
}

interface Answer {
  readonly status: number | undefined
  readonly type: string | undefined
  readonly body: string
}

async function ask(options: object, body?: string): Promise<Answer> {
  const sent = request({ agent: false, ...options })
  sent.end(body)
  const [response] = await once(sent, 'response')
  let text = ''
  for await (const part of response) text += part
  return { status: response.statusCode, type: response.headers['content-type'], body: text }
}

describe('listening', () => {
  it('answers on a Unix socket that its group may open, under any Host', async () => {
    const socketPath = join(directory, 'run', 'rest.sock')
    await opened({ addresses: [], port: 0, socketPath })
    expect((await stat(socketPath)).mode & 0o777).toBe(0o660)
    const { status, body } = await ask({ socketPath, path: '/healthz', headers: { host: 'causeway' } })
    expect([status, JSON.parse(body)]).toEqual([200, health])
    const put = {
      socketPath,
      path: '/api/v1/config',
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
    }
    expect((await ask(put, JSON.stringify(sample))).status).toBe(200)
    expect(api.engine.requests.map(({ method }) => method)).toEqual(['getHealth', 'replaceConfig'])
  })

  it('answers on loopback of both IP versions, under the names of loopback only', async () => {
    const { ports } = await opened({ addresses: ['127.0.0.1', '::1'], port: 0 })
    for (const [index, host] of ['127.0.0.1', '::1'].entries()) {
      const at = { host, port: ports[index], path: '/healthz' }
      expect((await ask(at)).status).toBe(200)
      expect((await ask({ ...at, headers: { host: 'rebound.example' } })).status).toBe(421)
    }
  })

  it.each(['0.0.0.0', '::', '10.0.0.1', '2001:db8::1', 'localhost', ''])(
    'refuses to listen on %j',
    async address => {
      await expect(listen(api.app, { addresses: ['127.0.0.1', address], port: 0 })).rejects.toMatchObject({
        code: 'listen-address-refused',
      })
    },
  )

  it('takes the place of a socket that an earlier run left behind', async () => {
    const socketPath = join(directory, 'rest.sock')
    const dead = createServer().listen(join(directory, 'dead.sock'))
    await once(dead, 'listening')
    await rename(join(directory, 'dead.sock'), socketPath)
    dead.close()
    await once(dead, 'close')
    expect(await readdir(directory)).toEqual(['rest.sock'])
    await opened({ addresses: [], port: 0, socketPath })
    expect((await ask({ socketPath, path: '/healthz' })).status).toBe(200)
  })

  it('leaves alone a socket that another program has, and a file that is no socket', async () => {
    const taken = join(directory, 'taken.sock')
    const other = createServer().listen(taken)
    await once(other, 'listening')
    await expect(listen(api.app, { addresses: [], port: 0, socketPath: taken })).rejects.toThrow(
      `Cannot listen on ${taken}: another program listens there. See that no other program has it`,
    )
    other.close()
    const file = join(directory, 'file')
    await writeFile(file, 'precious')
    await expect(listen(api.app, { addresses: [], port: 0, socketPath: file })).rejects.toThrow(
      'it is not a socket',
    )
    expect(await readdir(directory)).toContain('file')
  })

  it('opens all or nothing', async () => {
    const socketPath = join(directory, 'rest.sock')
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as { port: number }
    await expect(listen(api.app, { addresses: ['127.0.0.1'], port, socketPath })).rejects.toThrow(
      `Cannot listen on 127.0.0.1 port ${port}: another program listens there.`,
    )
    other.close()
    expect(await readdir(directory)).toEqual([])
  })

  it.each([
    ['GARBAGE\r\n\r\n', 'its method is not one of HTTP'],
    [
      `GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
      'its header is too large',
    ],
    ['GET /healthz HTTP/1.1\r\nHost: localhost\r\nbad header\r\n\r\n', 'it is not HTTP'],
  ])('answers %j with a problem', async (text, reason) => {
    const { ports } = await opened({ addresses: ['127.0.0.1'], port: 0 })
    const socket = connect(ports[0]!, '127.0.0.1')
    socket.write(text)
    let answer = ''
    for await (const part of socket) answer += part
    expect(answer).toMatch(/^HTTP\/1.1 400 Bad Request\r\n/)
    expect(answer).toContain('application/problem+json')
    expect(answer).toContain(`The request cannot be read: ${reason}.`)
  })

  it('refuses a request over TCP without Host', async () => {
    const { ports } = await opened({ addresses: ['127.0.0.1'], port: 0 })
    const socket = connect(ports[0]!, '127.0.0.1')
    socket.end('GET /healthz HTTP/1.0\r\n\r\n')
    let answer = ''
    for await (const part of socket) answer += part
    expect(answer).toMatch(/^HTTP\/1.1 421 /)
  })

  it('survives clients that go away in the middle', async () => {
    const { ports } = await opened({ addresses: ['127.0.0.1'], port: 0 })
    for (const text of [
      '',
      'PUT /api/v1/con',
      'PUT /api/v1/config HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
    ]) {
      const socket = connect(ports[0]!, '127.0.0.1')
      await once(socket, 'connect')
      socket.write(text)
      socket.destroy()
      await once(socket, 'close')
    }
    expect((await ask({ host: '127.0.0.1', port: ports[0], path: '/healthz' })).status).toBe(200)
  })
})
