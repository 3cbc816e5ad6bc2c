import { describe, expect, it } from 'vitest'
import { decodeKey, Framer, parseUpdate, UpdateResult } from '../../src/bgp/wire/index.ts'
import type { Bgp, BgpNeighbor } from '../../src/model/config-bgp.ts'
import type { Policy } from '../../src/model/config-policy.ts'
import { ALL, type Box, Lab } from './harness.ts'
import { Remote } from './remote.ts'

const BOTH = { importPolicy: 'all', exportPolicy: 'all' } as const

type Others = Readonly<Record<string, Partial<BgpNeighbor> & { readonly remoteAs: number }>>

function box(
  lab: Lab,
  address: string,
  localAs: number,
  others: Others,
  more: Partial<Bgp> = {},
  policies: readonly Policy[] = [ALL],
): Box {
  const neighbors = Object.entries(others).map(([other, rest]) => ({ address: other, ...BOTH, ...rest }))
  return lab.box(address, { localAs, neighbors, ...more }, policies)
}

/** What a box was told of 192.0.2.0/24, as it came; undefined where it has not heard of it. */
const told = (at: Box) => at.speaker.route('192.0.2.0/24')?.paths[0]?.received

/** A source of 192.0.2.0/24 in AS 100, the box of AS 200, and one neighbour of it; what that one is told. */
function through(
  neighbor: Partial<BgpNeighbor> & { remoteAs: number },
  source: Partial<BgpNeighbor> = {},
  more: Partial<Bgp> = {},
) {
  const lab = new Lab()
  const from = box(lab, '10.0.0.1', 100, { '10.0.0.2': { remoteAs: 200 } })
  const middle = box(
    lab,
    '10.0.0.2',
    200,
    { '10.0.0.1': { remoteAs: 100, ...source }, '10.0.0.3': neighbor },
    more,
  )
  const to = box(lab, '10.0.0.3', neighbor.remoteAs, { '10.0.0.2': { remoteAs: 200 } })
  from.originate('192.0.2.0/24')
  lab.seconds(10)
  return { lab, from, middle, to }
}

describe('graceful shutdown (RFC 8326)', () => {
  it('marks what a neighbour of another AS is told', () => {
    const { to } = through({ remoteAs: 300, gracefulShutdown: true })
    expect(told(to)?.communities).toEqual([0xffff0000])
  })

  it('marks what an internal neighbour is told, with LOCAL_PREF 0', () => {
    const { to } = through({ remoteAs: 200, gracefulShutdown: true })
    expect(told(to)).toMatchObject({ communities: [0xffff0000], localPreference: 0 })
  })

  it('begins and ends for all neighbours by configuration, without a reset', () => {
    const { lab, middle, to } = through({ remoteAs: 300 })
    expect(told(to)).not.toHaveProperty('communities')
    const neighbors = [
      { address: '10.0.0.1', remoteAs: 100, ...BOTH },
      { address: '10.0.0.3', remoteAs: 300, ...BOTH },
    ]
    const configure = (gracefulShutdown: boolean) => {
      middle.speaker.configure({ localAs: 200, routerId: '10.0.0.2', gracefulShutdown, neighbors }, [ALL])
      lab.seconds(1)
    }
    configure(true)
    expect(told(to)?.communities).toEqual([0xffff0000])
    configure(false)
    expect(told(to)).not.toHaveProperty('communities')
    expect(middle.neighbor('10.0.0.3').lastDown).toBeUndefined()
  })
})

describe('roles (RFC 9234 §5)', () => {
  const roles = {
    provider: 'customer',
    customer: 'provider',
    peer: 'peer',
    rs: 'rs-client',
    'rs-client': 'rs',
  } as const

  it.each<[keyof typeof roles, number | undefined]>([
    ['provider', 200],
    ['rs', 200],
    ['peer', 200],
    ['customer', undefined],
    ['rs-client', undefined],
  ])('as %s to a neighbour, its routes leave with ONLY_TO_CUSTOMER %s', (role, mark) => {
    const { to } = through({ remoteAs: 300, role })
    expect(told(to)).toBeDefined()
    expect(told(to)?.onlyToCustomer).toBe(mark)
  })

  it.each<[keyof typeof roles, boolean]>([
    ['provider', true],
    ['rs', true],
    ['peer', false],
    ['customer', false],
    ['rs-client', false],
  ])('what a provider said goes to a neighbour towards which we are %s: %s', (role, goes) => {
    // Towards AS 100 we are the customer: what it says is for our own customers only.
    const { to, middle } = through({ remoteAs: 300, role }, { role: 'customer' })
    expect(middle.neighbor('10.0.0.1').families[0]).toMatchObject({ accepted: 1 })
    expect(told(to) !== undefined).toBe(goes)
    if (goes) expect(told(to)?.onlyToCustomer).toBe(100)
  })

  it('leave internal neighbours alone, which hear the mark as it came', () => {
    expect(told(through({ remoteAs: 200 }, { role: 'customer' }).to)?.onlyToCustomer).toBe(100)
    expect(told(through({ remoteAs: 200 }).to)).not.toHaveProperty('onlyToCustomer')
  })
})

describe('AS_PATH on its way out', () => {
  const others: Others = { '10.0.0.2': { remoteAs: 200 } }

  function sites(neighbor: Partial<BgpNeighbor>) {
    const lab = new Lab()
    const one = box(lab, '10.0.0.1', 65010, others)
    const middle = box(lab, '10.0.0.2', 200, {
      '10.0.0.1': { remoteAs: 65010, ...neighbor },
      '10.0.0.3': { remoteAs: 65010, ...neighbor },
      '10.0.0.4': { remoteAs: 400, ...neighbor },
    })
    const two = box(lab, '10.0.0.3', 65010, others)
    const public_ = box(lab, '10.0.0.4', 400, others)
    one.originate('192.0.2.0/24')
    lab.seconds(10)
    return { lab, one, two, middle, public_ }
  }

  it('lets sites of one AS hear of each other with asOverride', () => {
    expect(sites({}).two.sink.routes.size).toBe(0)
    const { two, one, public_ } = sites({ asOverride: true })
    expect(two.sink.routes.get('192.0.2.0/24')).toEqual(['10.0.0.2'])
    expect(told(two)?.asPath).toEqual([{ type: 2, ases: [200, 200] }])
    expect(told(public_)?.asPath).toEqual([{ type: 2, ases: [200, 65010] }])
    expect(one.neighbor('10.0.0.2').families[0]!.received).toBe(0)
  })

  it('has no private ASes with removePrivateAs, and ours in their place with replace', () => {
    expect(told(sites({}).public_)?.asPath).toEqual([{ type: 2, ases: [200, 65010] }])
    expect(told(sites({ removePrivateAs: 'all' }).public_)?.asPath).toEqual([{ type: 2, ases: [200] }])
    expect(told(sites({ removePrivateAs: 'replace' }).public_)?.asPath).toEqual([
      { type: 2, ases: [200, 200] },
    ])
  })
})

describe('another AS of ours for a neighbour (localAs)', () => {
  /** What a neighbour of AS 300, for which we are AS 250 and not 200, is told of a route of AS 100. */
  function known(localAs: NonNullable<BgpNeighbor['localAs']>) {
    const lab = new Lab()
    const from = box(lab, '10.0.0.1', 100, { '10.0.0.2': { remoteAs: 200 } })
    const middle = box(lab, '10.0.0.2', 200, {
      '10.0.0.1': { remoteAs: 100 },
      '10.0.0.3': { remoteAs: 300, localAs },
    })
    const to = box(lab, '10.0.0.3', 300, { '10.0.0.2': { remoteAs: 250 } })
    from.originate('192.0.2.0/24')
    lab.seconds(10)
    expect(middle.neighbor('10.0.0.3')).toMatchObject({ state: 'Established', localAs: 250 })
    return told(to)?.asPath
  }

  it('stands in front of the one that others know', () => {
    expect(known({ as: 250 })).toEqual([{ type: 2, ases: [250, 200, 100] }])
  })

  it('stands alone with replaceAs', () => {
    expect(known({ as: 250, replaceAs: true })).toEqual([{ type: 2, ases: [250, 100] }])
  })
})

describe('next hops on their way out', () => {
  it('stay with nexthopUnchanged, as a route server has it', () => {
    expect(through({ remoteAs: 300, nexthopUnchanged: true }).to.sink.routes.get('192.0.2.0/24')).toEqual([
      '10.0.0.1',
    ])
    expect(through({ remoteAs: 300 }).to.sink.routes.get('192.0.2.0/24')).toEqual(['10.0.0.2'])
  })

  it('are ours inside the AS for what others said, with nexthopSelf: external', () => {
    expect(through({ remoteAs: 200 }).to.sink.routes.get('192.0.2.0/24')).toEqual(['10.0.0.1'])
    const { to } = through({ remoteAs: 200, nexthopSelf: 'external' })
    expect(to.sink.routes.get('192.0.2.0/24')).toEqual(['10.0.0.2'])
  })

  it('stay for what is reflected with nexthopSelf: external, and are ours with true', () => {
    for (const [nexthopSelf, hop] of [
      ['external', '10.0.0.1'],
      [true, '10.0.0.2'],
    ] as const) {
      const lab = new Lab()
      const client = { remoteAs: 200, routeReflectorClient: true, nexthopSelf }
      box(lab, '10.0.0.2', 200, { '10.0.0.1': client, '10.0.0.3': client })
      const from = box(lab, '10.0.0.1', 200, { '10.0.0.2': { remoteAs: 200 } })
      const to = box(lab, '10.0.0.3', 200, { '10.0.0.2': { remoteAs: 200 } })
      from.originate('192.0.2.0/24')
      lab.seconds(10)
      expect(to.sink.routes.get('192.0.2.0/24')).toEqual([hop])
    }
  })

  it('change with the configuration, by saying the routes again', () => {
    const { lab, middle, to } = through({ remoteAs: 300 })
    const neighbors = [
      { address: '10.0.0.1', remoteAs: 100, ...BOTH },
      { address: '10.0.0.3', remoteAs: 300, nexthopUnchanged: true, ...BOTH },
    ]
    middle.speaker.configure({ localAs: 200, routerId: '10.0.0.2', neighbors }, [ALL])
    lab.seconds(1)
    expect(to.sink.routes.get('192.0.2.0/24')).toEqual(['10.0.0.1'])
    expect(middle.neighbor('10.0.0.3').lastDown).toBeUndefined()
  })
})

describe('long-lived stale routes (RFC 9494)', () => {
  const STALE = 0xffff0006
  const stale: Policy = {
    name: 'stale',
    rules: [{ action: 'accept', set: { communities: { add: ['65535:6'] } } }],
  }

  /** What a remote of an AS hears of 192.0.2.0/24, which the source has marked stale, and whether it knows LLGR. */
  function heard(as: number, knows: boolean) {
    const lab = new Lab()
    const from = box(lab, '10.0.0.1', 100, { '10.0.0.2': { remoteAs: 200, exportPolicy: 'stale' } }, {}, [
      ALL,
      stale,
    ])
    const middle = box(lab, '10.0.0.2', 200, { '10.0.0.1': { remoteAs: 100 }, '10.0.0.3': { remoteAs: as } })
    const remote = Remote.dial(lab.network.host('10.0.0.3'), '10.0.0.2')
      .open(
        { as, routerId: 3 },
        knows
          ? {
              gracefulRestart: {
                restarting: false,
                notification: false,
                time: 100,
                families: [{ afi: 1, safi: 1, forwarding: false }],
              },
              longLivedGracefulRestart: [{ afi: 1, safi: 1, forwarding: false, staleTime: 100 }],
            }
          : {},
      )
      .keepalive()
    from.originate('192.0.2.0/24')
    lab.seconds(10)
    expect(middle.sink.routes.size).toBe(1)
    const update = new UpdateResult()
    const session = { type: as === 200 ? 'iBGP' : 'eBGP', as4: true, ipv4: true, ipv6: false } as const
    const more = { addPath4: false, addPath6: false, extendedNexthop: false, firstAs: 0 }
    for (const { bytes } of remote.heard.filter(({ name }) => name === 'UPDATE')) {
      const framer = new Framer(65_535)
      framer.push(bytes)
      framer.next()
      parseUpdate(framer.buffer, framer.start, framer.end, { ...session, ...more }, update)
      const section = update.sections[0]
      if (update.count > 0 && section?.announce)
        return decodeKey(update.keys, section.keyStart, section.keyEnd)
    }
    return undefined
  }

  it('go to neighbours that know what they are', () => {
    expect(heard(300, true)?.communities).toEqual([STALE])
    expect(heard(200, true)).toMatchObject({ communities: [STALE], localPreference: 100 })
  })

  it('do not go to neighbours of other ASes that do not', () => {
    expect(heard(300, false)).toBeUndefined()
  })

  it('go to internal neighbours that do not with LOCAL_PREF 0 and NO_EXPORT (§4.6)', () => {
    expect(heard(200, false)).toMatchObject({ communities: [STALE, 0xffffff01], localPreference: 0 })
  })
})
