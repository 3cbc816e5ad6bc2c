import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { BgpAdvertisedPage, BgpPath, BgpRoute } from '../../src/model/state-bgp.ts'
import { ApiHarness } from './harness.ts'

const attributes = { nexthop: '172.16.0.2', origin: 'IGP', asPath: '65001 65002' }

const path = (neighbor: string, best: boolean): BgpPath => ({
  neighbor,
  best,
  multipath: best,
  accepted: true,
  stale: false,
  reason: best ? 'Best of 2 paths.' : 'Lost to 172.16.0.2: LOCAL_PREF 100 < 200.',
  ...(!best && { lostAt: 'localPreference' }),
  metric: 0,
  attributes,
})

const route: BgpRoute = {
  prefix: '10.244.1.0/24',
  family: 'ipv4-unicast',
  installed: true,
  installation: 'The kernel forwards by it.',
  pathCount: 300,
  cursor: '2.17',
  paths: [path('172.16.0.2', true), path('2001:db8::2', false)],
}

const told: BgpAdvertisedPage = {
  routes: [{ prefix: '10.244.1.0/24', family: 'ipv4-unicast', paths: [{ attributes }] }],
  cursor: '4.100',
}

let api: ApiHarness

beforeAll(async () => {
  api = await ApiHarness.make()
})

afterAll(() => api.close())

beforeEach(() => {
  api.reset()
  api.results = {
    ...api.results,
    getBgpRoutes: { routes: [route], cursor: '4.7' },
    getReceivedRoutes: { routes: [{ ...route, paths: route.paths.slice(1) }], cursor: '4.7' },
    getBgpRoute: route,
    getAdvertisedRoutes: told,
  }
})

const get = async (url: string) => {
  const response = await api.app.inject(url)
  return { status: response.statusCode, body: response.json() }
}

describe('the BGP table over REST', () => {
  it('comes in pages, and hands its query on', async () => {
    const url =
      '/api/v1/bgp/routes?prefix=10.244.0.0/16&family=ipv4-unicast&neighbor=172.16.0.2&limit=5&cursor=4.9'
    expect(await get(url)).toEqual({ status: 200, body: { routes: [route], cursor: '4.7' } })
    expect(api.engine.requests.map(({ params }) => params)).toEqual([
      { prefix: '10.244.0.0/16', family: 'ipv4-unicast', neighbor: '172.16.0.2', limit: 5, cursor: '4.9' },
    ])
  })

  it.each([
    ['limit=1001', 'limit: 1001 is out of range.'],
    ['limit=-1', 'limit: -1 is out of range.'],
    ['family=ipv4', 'family: "ipv4" is none of the choices.'],
    ['cursor=7', 'cursor: "7"'],
  ])('refuses ?%s', async (query, sentence) => {
    const { status, body } = await get(`/api/v1/bgp/routes?${query}`)
    const [{ path: place, detail }] = body.problems
    expect(status).toBe(400)
    expect(`${place}: ${detail}`).toContain(sentence)
  })

  it.each(['/api/v1/bgp/routes/10.244.1.0%2F24', '/api/v1/bgp/routes/10.244.1.0/24'])(
    'has one prefix at %s',
    async url => {
      expect(await get(url)).toEqual({ status: 200, body: route })
      expect(api.engine.requests.at(-1)?.params).toEqual({ prefix: '10.244.1.0/24' })
    },
  )

  it('has the paths of a prefix in pages, and those of one neighbour', async () => {
    await get('/api/v1/bgp/routes/10.244.1.0/24?neighbor=172.16.0.2&limit=7&cursor=2.17')
    expect(api.engine.requests.at(-1)?.params).toEqual({
      prefix: '10.244.1.0/24',
      neighbor: '172.16.0.2',
      limit: 7,
      cursor: '2.17',
    })
    const { status, body } = await get('/api/v1/bgp/routes/10.244.1.0/24?limit=1001&cursor=4.17')
    expect([status, body.problems.map(({ path }: { path: string }) => path).sort()]).toEqual([
      400,
      ['cursor', 'limit'],
    ])
  })

  it('has what one neighbour announced, without the paths of others', async () => {
    const { body } = await get('/api/v1/bgp/neighbors/2001:db8:0::2/adj-rib-in?limit=3')
    expect(body.routes[0].paths).toEqual([path('2001:db8::2', false)])
    expect(body.cursor).toBe('4.7')
    expect(api.engine.requests.at(-1)).toEqual({
      method: 'getReceivedRoutes',
      params: { neighbor: '2001:db8:0::2', limit: 3 },
    })
  })

  it('has what one neighbour was told', async () => {
    expect(await get('/api/v1/bgp/neighbors/172.16.0.2/adj-rib-out?limit=3')).toEqual({
      status: 200,
      body: told,
    })
    expect(api.engine.requests.at(-1)?.params).toEqual({ neighbor: '172.16.0.2', limit: 3 })
  })
})
