import type { InjectOptions } from 'fastify'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { CONFIG_SIZE_LIMIT } from '../../src/config/index.ts'
import { errorCatalogue } from '../../src/model/errors.ts'
import { sample } from '../config/sample.ts'
import { ApiHarness, ethernet, health, neighbor, route, tunnel } from './harness.ts'

let api: ApiHarness

beforeAll(async () => {
  api = await ApiHarness.make()
})

beforeEach(() => api.reset())

afterAll(() => api.close())

const json = { 'content-type': 'application/json' }
const yaml = { 'content-type': 'application/yaml' }

/** Status and body of a request that must fail with problem details. */
async function problem(options: InjectOptions): Promise<Record<string, unknown>> {
  const response = await api.app.inject(options)
  expect(response.headers['content-type']).toBe('application/problem+json; charset=utf-8')
  const body = response.json()
  expect(body.status).toBe(response.statusCode)
  expect(body.type).toBe(`/api/v1/errors/${body.code}`)
  return body
}

describe('the configuration over REST', () => {
  it('is read with its revision as ETag', async () => {
    const response = await api.app.inject('/api/v1/config')
    expect([response.statusCode, response.headers.etag]).toEqual([200, '"7"'])
    expect(response.headers['content-type']).toBe('application/json; charset=utf-8')
    expect(response.json()).toEqual(sample)
  })

  it('is shown with its presets written out', async () => {
    const preset = { name: 'metallb', services: ['203.0.113.0/24'] }
    const bgp = {
      localAs: 65000,
      routerId: '10.0.0.1',
      neighborGroups: [{ name: 'lb', remoteAs: 64512, preset }],
    }
    api.config = { system: { hostName: 'box' }, bgp }
    const { neighborGroups } = (await api.app.inject('/api/v1/config/expanded')).json().bgp
    expect(neighborGroups).toMatchObject([{ name: 'lb', passive: true, importPolicy: 'lb.import' }])
    expect(neighborGroups[0].preset).toBeUndefined()
    const presets = (await api.app.inject('/api/v1/presets')).json()
    expect(presets.map(({ name }: { name: string }) => name)).toContain('calico-rr')
    api.reset()
  })

  it('is not sent again to who has it', async () => {
    const get = (tag: string) => api.app.inject({ url: '/api/v1/config', headers: { 'if-none-match': tag } })
    const same = await get('"3", W/"7"')
    expect([same.statusCode, same.body, same.headers.etag]).toEqual([304, '', '"7"'])
    expect((await get('"6"')).statusCode).toBe(200)
  })

  it.each([
    ['JSON', json, JSON.stringify(sample)],
    ['YAML', yaml, stringify(sample)],
    ['YAML by its older name', { 'content-type': 'text/yaml; charset=utf-8' }, stringify(sample)],
  ])('is replaced by %s', async (_, headers, payload) => {
    api.config = undefined
    const response = await api.app.inject({ method: 'PUT', url: '/api/v1/config', headers, payload })
    expect([response.statusCode, response.headers.etag]).toEqual([200, '"8"'])
    expect(response.json()).toEqual({
      revision: 8,
      report: { reconciled: true, changes: 3, failures: [] },
      warnings: [],
    })
    expect(api.config).toEqual(sample)
  })

  it('is replaced only where the revision is the one of If-Match', async () => {
    const put = (tag: string): InjectOptions => ({
      method: 'PUT',
      url: '/api/v1/config',
      headers: { ...json, 'if-match': tag },
      payload: JSON.stringify(sample),
    })
    expect(await problem(put('"6"'))).toEqual({
      type: '/api/v1/errors/revision-mismatch',
      title: 'The configuration has changed in the meantime.',
      status: 412,
      detail: 'The request is for revision 6, but the configuration is at revision 7.',
      instance: '/api/v1/config',
      code: 'revision-mismatch',
      fix: 'Read the configuration again, repeat the change on it, and send it with the new ETag.',
    })
    expect((await api.app.inject(put('"7"'))).statusCode).toBe(200)
    expect((await api.app.inject(put('"2", "8"'))).statusCode).toBe(200)
    expect((await api.app.inject(put('*'))).statusCode).toBe(200)
    for (const tag of ['7', 'W/"7"', '"x"', '""']) {
      expect(await problem(put(tag))).toMatchObject({ status: 400, code: 'if-match-unreadable' })
    }
  })

  it('is refused with every problem, its place, value and what would be right; the engine is not asked', async () => {
    const payload =
      'system: {hostName: box}\ninterfaces:\n  - name: flannel.1\n    type: vxlan\n    vni: 0\n    local: 10.0.0.1\n'
    const body = await problem({ method: 'PUT', url: '/api/v1/config', headers: yaml, payload })
    expect(body).toMatchObject({ status: 422, code: 'config-invalid' })
    expect(body.detail).toBe('The configuration has 2 problems; nothing was applied.')
    expect(body.problems).toEqual([
      {
        code: 'out-of-range',
        severity: 'error',
        detail: '0 is out of range.',
        fix: 'Give a whole number from 1 to 16777215.',
        pointer: '/interfaces/0/vni',
        path: 'interfaces[flannel.1].vni',
        value: 0,
        line: 5,
        column: 10,
      },
      {
        code: 'tunnel-local-unknown',
        severity: 'error',
        detail: 'No interface has the address 10.0.0.1.',
        fix: 'Give an interface this address first.',
        pointer: '/interfaces/0/local',
        path: 'interfaces[flannel.1].local',
        value: '10.0.0.1',
        line: 6,
        column: 12,
      },
    ])
    expect(api.engine.requests).toEqual([])
  })

  it.each([
    ['broken JSON', json, '{"system":', 400, 'config-unreadable'],
    ['YAML sent as JSON', json, 'system: 1', 400, 'config-unreadable'],
    ['YAML with tabs', yaml, 'system:\n\thostName: x', 400, 'config-unreadable'],
    ['bytes that are not UTF-8', json, Buffer.of(0x22, 0xff, 0x22), 400, 'config-unreadable'],
    ['a list', json, '[]', 422, 'config-invalid'],
    ['no body', json, '', 400, 'body-missing'],
    ['a blank body', yaml, ' \n', 400, 'body-missing'],
    ['another content type', { 'content-type': 'text/plain' }, '{}', 415, 'content-type-unsupported'],
    ['a broken content type', { 'content-type': 'json' }, '{}', 415, 'content-type-unsupported'],
    ['a body over the limit', json, ' '.repeat(CONFIG_SIZE_LIMIT + 1), 413, 'body-too-large'],
  ])('is refused as %s', async (_, headers, payload, status, code) => {
    for (const [method, url] of [
      ['PUT', '/api/v1/config'],
      ['POST', '/api/v1/config/validate'],
    ] as const) {
      if (method === 'POST' && code.startsWith('config-')) continue
      expect(await problem({ method, url, headers, payload })).toMatchObject({ status, code })
    }
    expect(api.engine.requests).toEqual([])
  })

  it('is checked without being applied', async () => {
    const validate = async (payload: string) =>
      (
        await api.app.inject({ method: 'POST', url: '/api/v1/config/validate', headers: yaml, payload })
      ).json()
    expect(await validate(stringify(sample))).toEqual({ valid: true, problems: [] })
    expect(await validate('a: [')).toMatchObject({
      valid: false,
      problems: [{ code: 'yaml-syntax', line: 1 }],
    })
    const warned = {
      ...sample,
      bgp: {
        localAs: 64512,
        routerId: '192.0.2.1',
        neighbors: [{ address: '198.51.100.2', remoteAs: 65000 }],
      },
    }
    expect(await validate(stringify(warned))).toMatchObject({
      valid: true,
      problems: [{ severity: 'warning', code: 'bgp-policy-missing' }, { severity: 'warning' }],
    })
    expect(api.engine.requests).toEqual([])
  })
})

describe('state over REST', () => {
  it.each([
    ['/api/v1/interfaces', [ethernet, { ...ethernet, name: 'lo' }]],
    ['/api/v1/interfaces/eth0', ethernet],
    ['/api/v1/tunnels', [tunnel]],
    ['/api/v1/bgp/neighbors', [neighbor]],
    ['/api/v1/bgp/neighbors/2001:DB8:0::2', neighbor],
    ['/api/v1/routes', { routes: [route], cursor: '10.244.1.0/24' }],
    ['/healthz', health],
  ])('%s answers by its schema, without what that does not name', async (url, body) => {
    const response = await api.app.inject(url)
    expect([response.statusCode, response.json()]).toEqual([200, body])
  })

  it('says which interface or neighbour is not there', async () => {
    expect(await problem({ url: '/api/v1/interfaces/eth9' })).toMatchObject({
      status: 404,
      detail: 'The box has no interface eth9.',
    })
    expect(await problem({ url: '/api/v1/bgp/neighbors/10.0.0.9' })).toMatchObject({
      status: 404,
      detail: 'No BGP neighbour has the address 10.0.0.9.',
    })
    expect(await problem({ url: '/api/v1/bgp/neighbors/ten' })).toMatchObject({
      status: 400,
      problems: [{ code: 'bad-address', path: 'address' }],
    })
  })

  it('hands the query for routes on', async () => {
    await api.app.inject('/api/v1/routes')
    await api.app.inject(
      '/api/v1/routes?family=ipv6&prefix=2001:db8::/32&limit=1000&cursor=2001:db8:1::%2F48',
    )
    expect(api.engine.requests.map(({ params }) => params)).toEqual([
      {},
      { family: 'ipv6', prefix: '2001:db8::/32', limit: 1000, cursor: '2001:db8:1::/48' },
    ])
  })

  it.each([
    ['limit=0', 'limit: 0 is out of range. Give a whole number from 1 to 1000.'],
    ['limit=ten', 'limit: "ten" is text. Give a whole number from 1 to 1000.'],
    ['limit=1&limit=2', 'limit: This is a list. Give a whole number from 1 to 1000.'],
    ['limit=1001', 'limit: 1001 is out of range. Give a whole number from 1 to 1000.'],
    [
      'cursor=7',
      'cursor: "7" is not an address with a prefix length: it has 1 numbers instead of 4. Write it as in 10.0.0.1/24 or 2001:db8::1/64.',
    ],
    ['family=ipv5', 'family: "ipv5" is none of the choices. Did you mean ipv4? Choose one of ipv4, ipv6.'],
    [
      'prefix=10.0.0.0',
      'prefix: "10.0.0.0" is not an address with a prefix length: its prefix length is missing. Write 10.0.0.0/24, or 10.0.0.0/32 for this one address.',
    ],
    ['prefx=10.0.0.0/8', 'prefx: There is no key prefx here. Did you mean prefix? If not, remove it.'],
  ])('refuses ?%s', async (query, sentence) => {
    const { status, problems } = await problem({ url: `/api/v1/routes?${query}` })
    const [{ path, detail, fix }] = problems as [{ path: string; detail: string; fix: string }]
    expect([status, `${path}: ${detail} ${fix}`]).toEqual([400, sentence])
  })

  it('answers 503 with the state where the kernel is not as configured', async () => {
    const degraded = {
      ...health,
      status: 'degraded',
      failures: [{ object: 'link eth9', error: 'No such device' }],
    }
    api.results = { ...api.results, getHealth: degraded }
    const response = await api.app.inject('/healthz')
    expect([response.statusCode, response.headers['content-type'], response.json()]).toEqual([
      503,
      'application/json; charset=utf-8',
      degraded,
    ])
  })

  it('answers 503 with a problem where the engine is away, and works again when it is back', async () => {
    await api.engine.stop()
    for (const url of ['/healthz', '/api/v1/config', '/api/v1/interfaces', '/api/v1/routes']) {
      expect(await problem({ url })).toMatchObject({ status: 503, code: 'engine-unavailable' })
    }
    await api.engine.start()
    expect((await api.app.inject('/healthz')).statusCode).toBe(200)
  })

  it('does not fall over what the engine should not send', async () => {
    api.results = { ...api.results, getInterfaces: 5, getHealth: {}, getNeighbors: [null] }
    expect(await problem({ url: '/api/v1/interfaces/eth0' })).toMatchObject({
      status: 500,
      code: 'internal-error',
    })
    expect(await problem({ url: '/healthz' })).toMatchObject({ status: 500, code: 'internal-error' })
    expect(await problem({ url: '/api/v1/bgp/neighbors/10.0.0.1' })).toMatchObject({ status: 500 })
    expect(api.log.some(line => line.includes('500'))).toBe(true)
  })
})

describe('requests that have no place', () => {
  it.each([
    ['DELETE', '/api/v1/config', 'GET, HEAD, PUT'],
    ['POST', '/api/v1/config', 'GET, HEAD, PUT'],
    ['GET', '/api/v1/config/validate', 'POST'],
    ['PUT', '/api/v1/interfaces/eth0', 'GET, HEAD'],
    ['PATCH', '/healthz', 'GET, HEAD'],
    ['OPTIONS', '/api/v1/openapi.json', 'GET, HEAD'],
  ] as const)('%s %s: 405, and Allow says %s', async (method, url, allowed) => {
    const response = await api.app.inject({ method, url, headers: { 'content-type': 'x/y' }, payload: 'x' })
    expect([response.statusCode, response.headers.allow]).toEqual([405, allowed])
    expect(response.json().fix).toBe(`Use ${allowed}.`)
  })

  it.each([
    ['TRACE', '/api/v1/config', 'GET, HEAD, PUT'],
    ['PROPFIND', '/api/v1/interfaces/eth0', 'GET, HEAD'],
  ] as const)('%s, which no path has, %s: 405', async (method, url, allowed) => {
    const response = await api.app.inject({ method: method as 'GET', url })
    expect([response.statusCode, response.headers.allow]).toEqual([405, allowed])
    const unknown = await api.app.inject({ method: method as 'GET', url: '/api/v1/nothing' })
    expect(unknown.statusCode).toBe(404)
  })

  it('a body with Content-Encoding: 415, and identity is none', async () => {
    const put = (encoding: string) =>
      api.app.inject({
        method: 'POST',
        url: '/api/v1/config/validate',
        headers: { 'content-type': 'application/json', 'content-encoding': encoding },
        payload: '{}',
      })
    const refused = await put('gzip')
    expect([refused.statusCode, refused.json().code]).toEqual([415, 'content-encoding-unsupported'])
    expect((await put('identity')).statusCode).toBe(200)
  })

  it('HEAD answers as GET does, without a body', async () => {
    const response = await api.app.inject({ method: 'HEAD', url: '/api/v1/config' })
    expect([response.statusCode, response.body, response.headers.etag]).toEqual([200, '', '"7"'])
  })

  it.each(['/', '/api/v1', '/api/v1/interface', '/api/v1/config/', '/api/v2/config'])(
    '%s: 404',
    async url => {
      expect(await problem({ url })).toMatchObject({ status: 404, code: 'path-unknown', instance: url })
    },
  )

  it('a path that is not well encoded: 400', async () => {
    expect(await problem({ url: '/api/v1/interfaces/%zz' })).toMatchObject({
      status: 400,
      detail: 'The request cannot be read: its path is not well encoded.',
    })
  })

  it.each(['evil.example', 'localhost.evil.example', '10.0.0.1:8179', '[fe80::1]:8179', '127.0.0.1.nip.io'])(
    'a Host of %j: 421',
    async host => {
      expect(await problem({ url: '/api/v1/config', headers: { host } })).toMatchObject({ status: 421 })
      expect(api.engine.requests).toEqual([])
    },
  )

  it.each(['localhost', 'LOCALHOST:9000', '127.0.0.1:8179', '127.0.1.1', '[::1]:8179', '[::1]'])(
    'a Host of %s is ours',
    async host => {
      expect((await api.app.inject({ url: '/healthz', headers: { host } })).statusCode).toBe(200)
    },
  )
})

describe('the error catalogue over REST', () => {
  it('lists every code', async () => {
    const rows = (await api.app.inject('/api/v1/errors')).json() as { code: string }[]
    expect(rows.map(({ code }) => code)).toEqual(Object.keys(errorCatalogue))
  })

  it('is where the type of a problem leads', async () => {
    const { type, title } = await problem({ url: '/nowhere' })
    expect((await api.app.inject(String(type))).json()).toMatchObject({
      code: 'path-unknown',
      title,
      status: 404,
    })
    expect(await problem({ url: '/api/v1/errors/toString' })).toMatchObject({ code: 'error-code-unknown' })
  })
})
