import { describe, expect, it } from 'vitest'
import { parseBirdNeighbors, parseBirdRoutes } from '../../src/lab/bird-peer.ts'
import { parseExaBgpEvents, replayNeighbors, replayRoutes } from '../../src/lab/exabgp-events.ts'
import { parseFrrNeighbors, parseFrrRoutes } from '../../src/lab/frr.ts'
import { parseGoBgpNeighbors, parseGoBgpRoutes } from '../../src/lab/gobgp.ts'
import { parseOpenBgpdNeighbors, parseOpenBgpdRoutes } from '../../src/lab/openbgpd.ts'

/** A route as all of the daemons below tell it, each in its own words. */
const ROUTE = {
  prefix: '10.1.0.0/24',
  nexthops: ['10.9.0.1'],
  asPath: [65001, 65003],
  communities: ['65001:7'],
  largeCommunities: ['65001:1:2'],
  extendedCommunities: ['rt:65001:8'],
  stale: false,
}

describe('a route of BIRD', () => {
  const text = `Table master4:
10.1.0.0/24          unicast [p0 09:39:34.610] * (100) [AS65003i]
	via 10.9.0.1 on eth0
	Type: BGP univ
	BGP.origin: IGP
	BGP.as_path: 65001 65003
	BGP.next_hop: 10.9.0.1
	BGP.local_pref: 100
	BGP.community: (65001,7)
	BGP.ext_community: (rt, 65001, 8) (generic, 0x1, 0x2)
	BGP.large_community: (65001, 1, 2)
	BGP.63 [t]: 01 02
                     unicast [p1 09:39:35.610] (100) [AS65004i]
	via 10.9.0.3 on eth0
	Type: BGP univ
	BGP.as_path: 65004
	BGP.next_hop: 10.9.0.3
	BGP.originator_id: 10.9.0.7
	BGP.cluster_list: 10.9.0.8 10.9.0.9
10.2.0.0/24          blackhole [own0 09:39:34.312] * (200)
	Type: static univ`

  it('has its attributes, those that BIRD does not know too', () => {
    const [first] = parseBirdRoutes(text)
    expect(first).toMatchObject({ ...ROUTE, localPreference: 100, unknown: [{ code: 0x63, value: '0102' }] })
  })

  it('is of the prefix above where it is a further path of it', () => {
    const routes = parseBirdRoutes(text)
    expect(routes.map(({ prefix }) => prefix)).toEqual(['10.1.0.0/24', '10.1.0.0/24', '10.2.0.0/24'])
    expect(routes[1]).toMatchObject({ originatorId: '10.9.0.7', clusterList: ['10.9.0.8', '10.9.0.9'] })
  })
})

it('a session of BIRD is told with its last error', () => {
  const text = `p0         BGP        ---        start  10:00:00.000  Idle          BGP Error: Role mismatch
  BGP state:          Idle
    Neighbor address: 10.9.0.1
    Last error:       BGP Error: Role mismatch
device1    Device     ---        up     10:00:00.000`
  expect(parseBirdNeighbors(text)).toEqual([
    { address: '10.9.0.1', established: false, state: 'Idle; BGP Error: Role mismatch' },
  ])
})

it('a route of FRR is told path by path, without the entry on the prefix itself', () => {
  const path = {
    aspath: { string: '65001 65003' },
    nexthops: [{ ip: '10.9.0.1' }],
    community: { list: ['65001:7'] },
    largeCommunity: { list: ['65001:1:2'] },
    extendedCommunity: { string: 'RT:65001:8 SoO:1:1' },
    otc: 65001,
    originatorId: '10.9.0.7',
    clusterList: { list: ['10.9.0.8'] },
  }
  const text = JSON.stringify({ routes: { '10.1.0.0/24': [{ prefix: '10.1.0.0/24', version: 1 }, path] } })
  expect(parseFrrRoutes(text)).toEqual([
    { ...ROUTE, unknown: [], onlyToCustomer: 65001, originatorId: '10.9.0.7', clusterList: ['10.9.0.8'] },
  ])
  expect(parseFrrNeighbors('{"10.9.0.1":{"bgpState":"Established"}}')).toEqual([
    { address: '10.9.0.1', established: true, state: 'Established' },
  ])
})

it('a route of GoBGP is told by the codes of its attributes', () => {
  const attrs = [
    { type: 1, value: 0 },
    { type: 2, as_paths: [{ segment_type: 2, num: 2, asns: [65001, 65003] }] },
    { type: 3, nexthop: '10.9.0.1' },
    { type: 8, communities: [4259905543] },
    { type: 9, value: '10.9.0.7' },
    { type: 10, value: ['10.9.0.8'] },
    { type: 16, value: [{ type: 0, subtype: 2, value: '65001:8' }] },
    { type: 32, value: [{ ASN: 65001, LocalData1: 1, LocalData2: 2 }] },
    { type: 99, flags: 224, value: 'AQI=' },
  ]
  expect(parseGoBgpRoutes(JSON.stringify({ '10.1.0.0/24': [{ attrs, stale: false }] }))).toEqual([
    {
      ...ROUTE,
      originatorId: '10.9.0.7',
      clusterList: ['10.9.0.8'],
      unknown: [{ code: 99, flags: 224, value: '0102' }],
    },
  ])
  const down = { state: { neighbor_address: '10.9.0.1', session_state: 3 } }
  expect(parseGoBgpNeighbors(JSON.stringify([down]))).toEqual([
    { address: '10.9.0.1', established: false, state: 'Active' },
  ])
})

it('a route of OpenBGPD is told with what its list of attributes adds', () => {
  const row = {
    prefix: '10.1.0.0/24',
    aspath: '65001 65003',
    exit_nexthop: '10.9.0.1',
    communities: ['65001:7'],
    extended_communities: ['rt 65001:8'],
    large_communities: ['65001:1:2'],
    localpref: 100,
    attributes: [
      { type: 'Originator Id', originator: '10.9.0.7' },
      { type: 'Cluster Id List', cluster_list: ['10.9.0.8'] },
    ],
  }
  expect(parseOpenBgpdRoutes(JSON.stringify({ rib: [row] }))).toEqual([
    { ...ROUTE, localPreference: 100, originatorId: '10.9.0.7', clusterList: ['10.9.0.8'], unknown: [] },
  ])
  const neighbor = { remote_addr: '10.9.0.1', state: 'Idle', last_error_received: 'Cease' }
  expect(parseOpenBgpdNeighbors(JSON.stringify({ neighbors: [neighbor] }))).toEqual([
    { address: '10.9.0.1', established: false, state: 'Idle; Cease' },
  ])
})

describe('what ExaBGP tells', () => {
  const neighbor = { address: { local: '10.9.0.2', peer: '10.9.0.1' }, direction: 'receive' }
  const attribute = {
    'as-path': [65001, 65003],
    community: [[65001, 7]],
    'large-community': [[65001, 1, 2]],
    'extended-community': [{ value: 1, string: 'target:65001:8' }],
    'attribute-0x63-0xE0': '0x0102',
  }
  const announced = (nexthops: readonly string[]) => ({
    'ipv4 unicast': Object.fromEntries(nexthops.map(hop => [hop, [{ nlri: '10.1.0.0/24' }]])),
  })
  const told = (announce: object) => ({
    type: 'update',
    neighbor: { ...neighbor, message: { update: { attribute, announce } } },
  })
  const withdrawn = {
    type: 'update',
    neighbor: {
      ...neighbor,
      message: { update: { withdraw: { 'ipv4 unicast': [{ nlri: '10.1.0.0/24' }] } } },
    },
  }
  const state = (word: string) => ({ type: 'state', neighbor: { address: neighbor.address, state: word } })
  const read = (...events: object[]) =>
    parseExaBgpEvents(events.map(one => `${JSON.stringify(one)}\n`).join(''))

  it('is a table of what was announced', () => {
    expect(replayRoutes(read(state('up'), told(announced(['10.9.0.1']))), 4)).toEqual([
      { ...ROUTE, clusterList: [], unknown: [{ code: 0x63, flags: 0xe0, value: '0102' }] },
    ])
  })

  it('gives a route all of its next hops', () => {
    const [route] = replayRoutes(read(told(announced(['10.9.0.1', '10.9.0.9']))), 4)
    expect(route?.nexthops).toEqual(['10.9.0.1', '10.9.0.9'])
  })

  it('forgets what was withdrawn, and all when the session ends', () => {
    const heard = told(announced(['10.9.0.1']))
    expect(replayRoutes(read(heard, withdrawn), 4)).toEqual([])
    expect(replayRoutes(read(heard, state('down')), 4)).toEqual([])
    expect(replayNeighbors(read(state('up'), state('down')))).toEqual([
      { address: '10.9.0.1', established: false, state: 'down' },
    ])
  })

  it('is read though the reason for an end has the octets of a NOTIFICATION in it', () => {
    const line = JSON.stringify(state('down')).replace(
      '"down"',
      '"down", "reason": "data \u0000\u0001\u0002"',
    )
    expect(replayNeighbors(parseExaBgpEvents(`${line}\n`))[0]?.state).toBe('down; data    ')
  })

  it('is read though a ROUTE-REFRESH is no JSON, and though its last line is not whole', () => {
    const line = '{ "type": "refresh", "neighbor": { "address": { "local": "a", "peer": "b" }, '
    const refresh = `${line}"route-refresh": { "afi": ""ipv4"", "safi": ""unicast"", "subtype": ""begin"" } } }\n{ "type`
    expect(parseExaBgpEvents(refresh)[0]?.neighbor?.['route-refresh']?.subtype).toBe('begin')
  })
})
