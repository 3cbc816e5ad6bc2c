import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { MigrationState } from '../../src/model/state.ts'
import { ApiHarness } from './harness.ts'

const migration: MigrationState = {
  group: 'nodes',
  ready: false,
  summary: 'not ready: 1 of 2 nodes are not; 10.0.0.2 has no session with us: it is down.',
  nodes: [
    {
      address: '10.0.0.2',
      established: false,
      endOfRibReceived: 'awaited',
      endOfRibSent: false,
      notTold: 0,
      missing: '10.0.0.2 has no session with us: it is down.',
    },
  ],
}

let api: ApiHarness
beforeAll(async () => {
  api = await ApiHarness.make()
})
beforeEach(() => {
  api.reset()
  api.results = {
    ...api.results,
    refreshNeighbor: { outcome: 'asked' },
    resetNeighbor: { outcome: 'begun' },
    getMigration: migration,
  }
})
afterAll(() => api.close())

async function ask(method: 'GET' | 'POST', url: string) {
  const response = await api.app.inject({ method, url: `/api/v1/bgp${url}` })
  return [response.statusCode, response.json()] as const
}

describe('what an operator does to BGP sessions over REST', () => {
  it('is a soft reset in or out, of one family or all', async () => {
    expect(await ask('POST', '/neighbors/10.0.0.2/refresh?direction=in')).toEqual([200, { outcome: 'asked' }])
    await ask('POST', '/neighbors/10.0.0.2/refresh?direction=out&family=ipv6-unicast')
    expect(api.engine.requests.map(({ params }) => params)).toEqual([
      { address: '10.0.0.2', direction: 'in' },
      { address: '10.0.0.2', direction: 'out', family: 'ipv6-unicast' },
    ])
    expect(await ask('POST', '/neighbors/10.0.0.2/refresh')).toMatchObject([
      400,
      { problems: [{ path: 'direction' }] },
    ])
  })

  it('is a reset with a message for the neighbour', async () => {
    expect(await ask('POST', '/neighbors/2001:db8::2/reset?message=new%20line%20card')).toEqual([
      200,
      { outcome: 'begun' },
    ])
    await ask('POST', '/neighbors/10.0.0.2/reset')
    expect(api.engine.requests.map(({ params }) => params)).toEqual([
      { address: '2001:db8::2', message: 'new line card' },
      { address: '10.0.0.2' },
    ])
  })

  it('is to ask whether a mesh can be switched off', async () => {
    expect(await ask('GET', '/migration?group=nodes&nodes=3')).toEqual([200, migration])
    expect(api.engine.requests[0]).toMatchObject({
      method: 'getMigration',
      params: { group: 'nodes', nodes: 3 },
    })
    expect((await ask('GET', '/migration'))[0]).toBe(400)
  })
})
