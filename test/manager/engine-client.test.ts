import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { EngineClient } from '../../src/manager/index.ts'
import { CausewayError, describeError } from '../../src/model/errors.ts'
import { systemClock } from '../../src/net/clock.ts'
import { ManualClock } from '../../src/net/manual-clock.ts'
import { FakeEngine } from './fake-engine.ts'

let engine: FakeEngine
let client: EngineClient
const log: string[] = []

beforeEach(async () => {
  log.length = 0
  engine = await FakeEngine.make(method => ({ result: method === 'getTunnels' ? [] : { method } }))
  client = new EngineClient({ path: engine.path, clock: systemClock, log: line => log.push(line) })
})

afterEach(async () => {
  client.close()
  await engine.remove()
})

/** What a call failed with. */
async function failure(call: Promise<unknown>): Promise<CausewayError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof CausewayError)) throw new Error(`no error of the catalogue: ${error}`)
  return error
}

describe("the manager's end of the engine's socket", () => {
  it('connects at the first call and tells answers apart', async () => {
    expect(client.connected).toBe(false)
    const answers = await Promise.all([client.call('getTunnels', {}), client.call('getHealth', {})])
    expect(answers).toEqual([[], { method: 'getHealth' }])
    expect(client.connected).toBe(true)
    expect(log).toEqual([`engine: connected on ${engine.path}`])
  })

  it('sends parameters as they are', async () => {
    await client.call('getRoutes', { family: 'ipv6', limit: 5 })
    expect(engine.requests).toEqual([{ method: 'getRoutes', params: { family: 'ipv6', limit: 5 } }])
  })

  it('takes answers in any order', async () => {
    const ids: string[] = []
    engine.answer = method => {
      ids.push(method)
      return undefined
    }
    const both = Promise.all([client.call('getInterfaces', {}), client.call('getTunnels', {})])
    await expect.poll(() => ids.length).toBe(2)
    engine.send('{"id":2,"result":["second"]}\n{"id":1,"result":["first"]}\n')
    expect(await both).toEqual([['first'], ['second']])
  })

  it('says that the engine is not there, and why', async () => {
    await engine.stop()
    const error = await failure(client.call('getHealth', {}))
    expect([error.code, error.status]).toEqual(['engine-unavailable', 503])
    expect(error.problem.detail).toBe(
      `The engine does not answer on ${engine.path}: there is no such socket.`,
    )
  })

  it('finds the engine again as soon as it is back', async () => {
    await client.call('getHealth', {})
    await engine.stop()
    expect((await failure(client.call('getHealth', {}))).code).toBe('engine-unavailable')
    await engine.start()
    expect(await client.call('getHealth', {})).toEqual({ method: 'getHealth' })
  })

  it('connects again by itself', async () => {
    client.start()
    await expect.poll(() => client.connected).toBe(true)
    await engine.stop()
    await expect.poll(() => client.connected).toBe(false)
    await engine.start()
    await expect.poll(() => client.connected, { timeout: 5000 }).toBe(true)
    expect(log.filter(line => line.includes('no answer')).length).toBeLessThanOrEqual(1)
  })

  it('fails what was asked when the connection breaks', async () => {
    engine.answer = () => undefined
    const call = failure(client.call('replaceConfig', { config: {} }))
    await expect.poll(() => engine.requests.length).toBe(1)
    await engine.stop()
    const error = await call
    expect([error.code, error.problem.detail]).toEqual([
      'engine-connection-lost',
      'The connection to the engine broke before its answer to replaceConfig.',
    ])
  })

  it('asks what only reads once more when the connection breaks', async () => {
    await client.call('getHealth', {})
    engine.answer = () => undefined
    const call = client.call('getTunnels', {})
    await expect.poll(() => engine.requests.length).toBe(2)
    engine.answer = () => ({ result: ['from the next engine'] })
    await engine.restart()
    expect(await call).toEqual(['from the next engine'])
  })

  it('does not wait for ever, and passes over an answer that comes too late', async () => {
    const clock = new ManualClock()
    const patient = new EngineClient({
      path: engine.path,
      clock,
      log: () => undefined,
      timeouts: { getHealth: 3000 },
    })
    engine.answer = () => undefined
    const call = failure(patient.call('getHealth', {}))
    await expect.poll(() => engine.requests.length).toBe(1)
    clock.advance(2999)
    expect(clock.pending).toBe(1)
    clock.advance(1)
    const error = await call
    expect([error.code, error.problem.detail]).toEqual([
      'engine-timeout',
      'The engine did not answer getHealth within 3 s.',
    ])
    engine.answer = () => ({ result: 'fresh' })
    engine.send('{"id":1,"result":"late"}\n')
    expect(await patient.call('getHealth', {})).toBe('fresh')
    patient.close()
  })

  it('gives errors of the engine with all their problems', async () => {
    const problem = describeError('config-invalid', { count: '1 problem' })
    const item = { ...describeError('router-id', { value: '::', advice: '' }), pointer: '/bgp/routerId' }
    engine.answer = () => ({
      error: {
        code: problem.code,
        message: 'x',
        details: { problem, problems: [item, 'rubbish', { code: 'none' }] },
      },
    })
    const error = await failure(client.call('replaceConfig', { config: {} }))
    expect([error.code, error.status, error.problems]).toEqual(['config-invalid', 422, [item]])
  })

  it.each([
    ['an error without a known code', { error: { code: 'odd', message: 'no idea' } }, 'no idea'],
    ['an error that is none', { error: 'no' }, 'an error that cannot be read'],
    ['neither result nor error', {}, 'an error that cannot be read'],
  ])('calls %s a failure of the engine', async (_, answer, reason) => {
    engine.answer = () => answer
    const error = await failure(client.call('getHealth', {}))
    expect(error.problem.detail).toBe(`The engine answered getHealth with ${reason}.`)
  })

  it('survives whatever the other end sends', async () => {
    await client.call('getHealth', {})
    engine.send('rubbish\n[]\nnull\n{"id":"1"}\n{"id":77,"result":1}\n5\n\n\u0000\n')
    expect(await client.call('getHealth', {})).toEqual({ method: 'getHealth' })
    expect(log.filter(line => line.includes('not an answer'))).toHaveLength(2)
  })

  it('is done after close', async () => {
    await client.call('getHealth', {})
    client.close()
    expect((await failure(client.call('getHealth', {}))).problem.detail).toContain('the manager is stopping')
  })
})
