import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { EngineServer, type ServedEngine } from '../../src/engine/server.ts'
import { CausewayError } from '../../src/model/errors.ts'
import { systemClock } from '../../src/net/clock.ts'
import { LineReader } from '../../src/net/ndjson.ts'

let directory: string
let path: string
let server: EngineServer
let client: Socket
let lines: string[]
const waiting: ((answer: unknown) => void)[] = []

const engine = {
  confirmed: { revision: 7, config: { system: { hostName: 'box' } } },
  replaceConfig: async (config: unknown) => {
    if (config === 'bad') throw new CausewayError('revision-mismatch', { expected: 1, revision: 7 })
    return { revision: 8, report: { reconciled: true, changes: 1, failures: [] } }
  },
  interfaces: () => Promise.reject(new TypeError('a defect')),
  routes: { page: async (query: unknown) => ({ routes: [], query }) },
} as unknown as ServedEngine

/** The next line that the server sends. */
function answer(): Promise<unknown> {
  return new Promise(resolve => waiting.push(resolve))
}

function ask(text: string): Promise<unknown> {
  client.write(text)
  return answer()
}

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'engine-server-'))
  path = join(directory, 'run', 'engine.sock')
  lines = []
  server = new EngineServer({ engine, clock: systemClock, log: line => lines.push(line) })
  await server.listen(path)
  const reader = new LineReader()
  client = connect(path)
  client.on('data', bytes => {
    for (const { value } of reader.push(bytes)) waiting.shift()?.(value)
  })
})

afterEach(() => {
  client.destroy()
  server.close()
  rmSync(directory, { recursive: true })
})

describe('the engine’s socket', () => {
  it('is for its own user and group alone', () => {
    expect(statSync(path).mode & 0o777).toBe(0o660)
  })

  it('refuses parameters of queries that are not what they are to be, and says which', async () => {
    const asked = (params: unknown, method = 'getRoutes') =>
      ask(`${JSON.stringify({ id: 1, method, params })}\n`)
    const refused = (sentence: string) => ({
      error: { code: 'engine-request-invalid', message: expect.stringContaining(sentence) },
    })
    expect(await asked({ limit: 'many' })).toMatchObject(refused('limit: "many" is text'))
    expect(await asked({ cursor: '4.1' })).toMatchObject(refused('cursor: "4.1" is not an address'))
    expect(await asked({ prefix: 7 })).toMatchObject(refused('prefix: 7 is a whole number'))
    expect(await asked({ cursor: '4.1' }, 'getBgpRoute')).toMatchObject(refused('cursor: "4.1"'))
    expect(await asked({ offset: 1 }, 'getBgpRoute')).toMatchObject(refused('no key offset'))
  })

  it('answers by id, whatever the order of the answers', async () => {
    expect(await ask('{"id":41,"method":"getConfig","params":{}}\n')).toEqual({
      id: 41,
      result: engine.confirmed,
    })
    expect(await ask('{"id":42,"method":"getRoutes","params":{"family":"ipv4"}}\n')).toMatchObject({
      id: 42,
      result: { query: { family: 'ipv4' } },
    })
  })

  it('says of an error of the catalogue what it is, and of a defect that it is one, which it logs', async () => {
    expect(await ask('{"id":1,"method":"replaceConfig","params":{"config":"bad"}}\n')).toMatchObject({
      id: 1,
      error: { code: 'revision-mismatch', details: { problem: { code: 'revision-mismatch' }, problems: [] } },
    })
    expect(await ask('{"id":2,"method":"getInterfaces"}\n')).toEqual({
      id: 2,
      error: { code: 'internal-error', message: 'a defect' },
    })
    expect(lines).toEqual([expect.stringMatching(/^getInterfaces failed: TypeError: a defect/)])
  })

  it.each([
    ['no JSON', 'hello\n'],
    ['no object', '[1]\n'],
    ['null', 'null\n'],
    ['no method', '{"id":1}\n'],
    ['parameters that are none', '{"id":1,"method":"getConfig","params":3}\n'],
    ['no UTF-8', '\u00ff\n'],
  ])('refuses %s and goes on with the next line', async (_, text) => {
    client.write(Buffer.from(text, 'latin1'))
    expect(await answer()).toMatchObject({ error: { code: 'engine-request-invalid' } })
    expect(await ask('{"id":9,"method":"getConfig"}\n')).toMatchObject({ id: 9, result: { revision: 7 } })
  })

  it.each(['getNothing', 'constructor', '__proto__', 'toString'])(
    'does not have the method %s',
    async method => {
      expect(await ask(`{"id":3,"method":"${method}"}\n`)).toMatchObject({
        id: 3,
        error: { code: 'engine-method-unknown' },
      })
    },
  )

  it('outlives a client that goes away in the middle of a line', async () => {
    const other = connect(path)
    await new Promise<void>(resolve => other.once('connect', resolve))
    other.write('{"id":1,"meth')
    other.destroy()
    await new Promise<void>(resolve => other.once('close', () => resolve()))
    expect(await ask('{"id":5,"method":"getConfig"}\n')).toMatchObject({ id: 5 })
  })

  it('takes the place of a socket that a killed engine left', async () => {
    const left = join(directory, 'left.sock')
    writeFileSync(left, '')
    const next = new EngineServer({ engine, clock: systemClock, log: () => {} })
    await next.listen(left)
    expect(statSync(left).isSocket()).toBe(true)
    next.close()
  })
})
