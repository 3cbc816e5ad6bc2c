import { describe, expect, it } from 'vitest'
import type { Bgp } from '../../src/model/config-bgp.ts'
import { ALL, type Box, Lab } from './harness.ts'
import { Remote } from './remote.ts'

const CONFEDERATION = { identifier: 100, members: [65001, 65002] }
const ALL_POLICIES = { importPolicy: 'all', exportPolicy: 'all' } as const

/** A box of a member AS; where `asOf` is not told, a neighbour is of the same AS. */
function box(
  lab: Lab,
  address: string,
  localAs: number,
  neighbors: Readonly<Record<string, number>>,
  more: Partial<Bgp> = { confederation: CONFEDERATION },
): Box {
  const list = Object.entries(neighbors).map(([other, remoteAs]) => ({
    address: other,
    remoteAs,
    ...ALL_POLICIES,
  }))
  return lab.box(address, { localAs, neighbors: list, ...more }, [ALL])
}

const path = (at: Box, prefix: string) => at.speaker.route(prefix)?.paths[0]?.received

describe('a confederation (RFC 5065)', () => {
  /** outside (AS 200) - edge (65001) - core (65002) - far (65002) - customer (AS 300) */
  function chain() {
    const lab = new Lab()
    const outside = box(lab, '10.0.0.1', 200, { '10.0.0.2': 100 }, {})
    const edge = box(lab, '10.0.0.2', 65001, { '10.0.0.1': 200, '10.0.0.3': 65002 })
    const core = box(lab, '10.0.0.3', 65002, { '10.0.0.2': 65001, '10.0.0.4': 65002 })
    const far = box(lab, '10.0.0.4', 65002, { '10.0.0.3': 65002, '10.0.0.5': 300 })
    const customer = box(lab, '10.0.0.5', 300, { '10.0.0.4': 100 }, {})
    return { lab, outside, edge, core, far, customer }
  }

  it('is one AS to others, and its sessions are of three kinds', () => {
    const { lab, outside, edge, core, far } = chain()
    lab.seconds(10)
    expect(outside.neighbor('10.0.0.2')).toMatchObject({ state: 'Established', type: 'eBGP', remoteAs: 100 })
    expect(edge.neighbor('10.0.0.1')).toMatchObject({ state: 'Established', type: 'eBGP', localAs: 100 })
    expect(edge.neighbor('10.0.0.3')).toMatchObject({
      state: 'Established',
      type: 'confederation',
      localAs: 65001,
      remoteAs: 65002,
    })
    expect(core.neighbor('10.0.0.4')).toMatchObject({ state: 'Established', type: 'iBGP' })
    expect(far.neighbor('10.0.0.5')).toMatchObject({ state: 'Established', type: 'eBGP' })
  })

  it('puts its members in front inside, and its identifier in their place outside', () => {
    const { lab, outside, core, far, customer } = chain()
    outside.originate('192.0.2.0/24')
    lab.seconds(10)
    const inside = [
      { type: 3, ases: [65001] },
      { type: 2, ases: [200] },
    ]
    expect(path(core, '192.0.2.0/24')).toMatchObject({ asPath: inside, localPreference: 100 })
    expect(path(far, '192.0.2.0/24')?.asPath).toEqual(inside)
    expect(path(customer, '192.0.2.0/24')?.asPath).toEqual([{ type: 2, ases: [100, 200] }])
    expect(path(customer, '192.0.2.0/24')).not.toHaveProperty('localPreference')
    // The next hop stays inside (RFC 5065 §5): that of the outside neighbour.
    expect(core.sink.routes.get('192.0.2.0/24')).toEqual(['10.0.0.1'])
    expect(core.sink.types.get('192.0.2.0/24')).toBe('iBGP')
  })

  it('tells routes that start in a member with that member only in front', () => {
    const { lab, edge, far, outside, customer } = chain()
    edge.originate('198.51.100.0/24')
    lab.seconds(10)
    expect(path(far, '198.51.100.0/24')?.asPath).toEqual([{ type: 3, ases: [65001] }])
    expect(path(outside, '198.51.100.0/24')?.asPath).toEqual([{ type: 2, ases: [100] }])
    expect(path(customer, '198.51.100.0/24')?.asPath).toEqual([{ type: 2, ases: [100] }])
  })

  it('keeps LOCAL_PREF and MED between members', () => {
    const lab = new Lab()
    const first = lab.box(
      '10.0.0.2',
      {
        localAs: 65001,
        confederation: CONFEDERATION,
        neighbors: [{ address: '10.0.0.3', remoteAs: 65002, exportPolicy: 'marked' }],
      },
      [{ name: 'marked', rules: [{ action: 'accept', set: { localPreference: 333, med: 44 } }] }],
    )
    const second = box(lab, '10.0.0.3', 65002, { '10.0.0.2': 65001 })
    first.originate('198.51.100.0/24')
    lab.seconds(10)
    expect(path(second, '198.51.100.0/24')).toMatchObject({ localPreference: 333, med: 44 })
  })

  it('needs no policies inside, as iBGP needs none (RFC 8212 is for external neighbours)', () => {
    const lab = new Lab()
    const plain = (remoteAs: number, address: string) => ({
      neighbors: [{ address, remoteAs }],
      confederation: CONFEDERATION,
    })
    const edge = lab.box(
      '10.0.0.2',
      {
        localAs: 65001,
        confederation: CONFEDERATION,
        neighbors: [
          { address: '10.0.0.1', remoteAs: 200, importPolicy: 'all' },
          { address: '10.0.0.3', remoteAs: 65002 },
        ],
      },
      [ALL],
    )
    const core = lab.box('10.0.0.3', { localAs: 65002, ...plain(65001, '10.0.0.2') })
    const outside = box(lab, '10.0.0.1', 200, { '10.0.0.2': 100 }, {})
    outside.originate('192.0.2.0/24')
    lab.seconds(10)
    expect([...core.sink.routes.keys()]).toEqual(['192.0.2.0/24'])
    expect(edge.neighbor('10.0.0.3').families[0]!.advertised).toBe(1)
  })

  it('prefers what comes from outside to what another member says, as to what iBGP says', () => {
    const lab = new Lab()
    const edge = box(lab, '10.0.0.2', 65001, { '10.0.0.1': 200, '10.0.0.3': 65002 })
    const core = box(lab, '10.0.0.3', 65002, { '10.0.0.2': 65001, '10.0.0.5': 200 })
    const one = box(lab, '10.0.0.1', 200, { '10.0.0.2': 100 }, {})
    const two = box(lab, '10.0.0.5', 200, { '10.0.0.3': 100 }, {})
    one.originate('192.0.2.0/24')
    two.originate('192.0.2.0/24')
    lab.seconds(10)
    expect(edge.sink.routes.get('192.0.2.0/24')).toEqual(['10.0.0.1'])
    expect(core.sink.routes.get('192.0.2.0/24')).toEqual(['10.0.0.5'])
    const reasons = edge.speaker.route('192.0.2.0/24')!.paths.map(({ lost }) => lost)
    expect(reasons).toContain('eBgpOverIBgp')
  })

  describe('from a member', () => {
    /** The edge, and a neighbour of member 65002 that announces 10.0.0.0/8 with the segments of an AS_PATH. */
    function announced(...segments: readonly (readonly [type: number, ...ases: number[]])[]): Box {
      const lab = new Lab()
      const edge = box(lab, '10.0.0.2', 65001, { '10.0.0.3': 65002 })
      const remote = Remote.dial(lab.network.host('10.0.0.3'), '10.0.0.2')
      remote.open({ as: 65002, routerId: 3 }).keepalive()
      lab.seconds(1)
      const path = segments.flatMap(([type, ...ases]) => [
        type,
        ases.length,
        ...ases.flatMap(as => [0, 0, as >> 8, as & 0xff]),
      ])
      const attributes = [
        ...[0x40, 1, 1, 0],
        ...[0x40, 2, path.length, ...path],
        ...[0x40, 3, 4, 10, 0, 0, 3],
        ...[0x40, 5, 4, 0, 0, 0, 100],
      ]
      const body = [0, 0, 0, attributes.length, ...attributes, 8, 10]
      remote.send(Uint8Array.of(...Array(16).fill(255), 0, 19 + body.length, 2, ...body))
      lab.seconds(1)
      expect(edge.neighbor('10.0.0.3').state).toBe('Established')
      return edge
    }

    it('it takes a path that begins with a confederation segment', () => {
      expect(announced([3, 65002], [2, 200]).sink.routes.size).toBe(1)
    })

    it('it takes none that does not', () => {
      const edge = announced([2, 65002])
      expect(edge.sink.routes.size).toBe(0)
      expect(edge.events.map(({ message }) => message).join()).toMatch(/no confederation segment in front/)
    })

    it('it takes none that went through its own member, or through the confederation, before', () => {
      expect(announced([3, 65002, 65001], [2, 200]).neighbor('10.0.0.3').families[0]!.accepted).toBe(0)
      expect(announced([3, 65002], [2, 200, 100]).neighbor('10.0.0.3').families[0]!.accepted).toBe(0)
    })
  })

  it('keeps NO_EXPORT inside the confederation, and NO_EXPORT_SUBCONFED inside the member', () => {
    const lab = new Lab()
    const marked = lab.box(
      '10.0.0.4',
      {
        localAs: 65001,
        confederation: CONFEDERATION,
        neighbors: [{ address: '10.0.0.2', remoteAs: 65001, exportPolicy: 'marked' }],
      },
      [
        {
          name: 'marked',
          rules: [
            {
              match: { prefixes: [{ prefix: '192.0.2.0/24' }] },
              action: 'accept',
              set: { communities: { add: ['no-export'] } },
            },
            { action: 'accept', set: { communities: { add: ['65535:65283'] } } },
          ],
        },
      ],
    )
    const edge = box(lab, '10.0.0.2', 65001, { '10.0.0.4': 65001, '10.0.0.3': 65002, '10.0.0.1': 200 })
    const core = box(lab, '10.0.0.3', 65002, { '10.0.0.2': 65001 })
    const outside = box(lab, '10.0.0.1', 200, { '10.0.0.2': 100 }, {})
    marked.originate('192.0.2.0/24', '198.51.100.0/24')
    lab.seconds(10)
    expect([...edge.sink.routes.keys()].sort()).toEqual(['192.0.2.0/24', '198.51.100.0/24'])
    expect([...core.sink.routes.keys()]).toEqual(['192.0.2.0/24'])
    expect([...outside.sink.routes.keys()]).toEqual([])
  })
})
