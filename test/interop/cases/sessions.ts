import { AS_TRANS, dumpMessage } from '../../../src/bgp/wire/index.ts'
import { until } from '../../../src/lab/index.ts'
import { type Bench, Lacks, OUR_ROUTES, OURS, type OurNeighbor, PEER, PEER_ROUTES, PLAIN } from '../bench.ts'
import { type Case, must } from '../case.ts'
import { familyOfPrefix, type PeerSession } from '../setup.ts'
import { carries } from '../wire.ts'

const UNICAST = { 4: 'ipv4-unicast', 6: 'ipv6-unicast' } as const

/** Brings a session up and waits until routes of its families went both ways, into the kernel on our side. */
export async function exchange(
  bench: Bench,
  session: Partial<PeerSession> = {},
  neighbor: OurNeighbor = {},
  as: number = PEER.as,
) {
  const whole: PeerSession = { ...PLAIN, ...session }
  const family = familyOfPrefix(whole.neighbor)
  const peer = await bench.peer({ as, sessions: [whole] })
  const address = PEER[family]
  await bench.ours({
    neighbors: [{ address, remoteAs: as, families: whole.families.map(one => UNICAST[one]), ...neighbor }],
  })
  const state = await bench.box.established(address)
  await bench.up(peer, OURS[family])
  const heard = []
  for (const one of whole.families) {
    heard.push(await bench.peerHas(peer, OUR_ROUTES[one], route => route.nexthops.includes(OURS[one])))
    await notLoopback(bench, PEER_ROUTES[one])
    const nexthops = await bench.box.installed(PEER_ROUTES[one])
    must(nexthops.includes(PEER[one]), `our next hop of ${PEER_ROUTES[one]} is ${nexthops}, not ${PEER[one]}`)
  }
  return { peer, state, heard }
}

/** @throws {Lacks} where the peer announces a prefix with its own loopback as next hop: nobody can use that. */
async function notLoopback(bench: Bench, prefix: string): Promise<void> {
  const update = await bench.wire.message(
    `its UPDATE with ${prefix}`,
    one => !one.from.endsWith('1') && carries(one, prefix),
  )
  const loopback = /next hop (::1|127\S*):/.exec(dumpMessage(update.bytes))?.[1]
  if (loopback === undefined) return
  throw new Lacks(`over a session of the other family it announces ${prefix} with next hop ${loopback}`)
}

const session = (name: string, title: string, part: Partial<PeerSession>): Case => ({
  name,
  title,
  async run(bench) {
    const { heard } = await exchange(bench, part)
    for (const route of heard) {
      must(String(route.asPath) === String(OURS.as), `the AS path is ${route.asPath}, not ${OURS.as}`)
    }
    return undefined
  },
})

/** GoBGP looks once, when it starts, for the one neighbour that its kernel knows on the link. */
async function acquaint(bench: Bench): Promise<void> {
  await until('the kernel of GoBGP knows our link-local address', async () => {
    const shown = await bench.namespace('box').run(['ip', '-o', '-6', 'address', 'show', 'dev', 'eth0'])
    const ours = /fe80:[0-9a-f:]+/.exec(shown)?.[0]
    await bench.namespace('peer').run(['ping', '-c', '1', '-W', '1', `${ours}%eth0`])
    return true
  })
}

export const SESSIONS: readonly Case[] = [
  session('ipv4', 'session over IPv4, IPv4 routes', { families: [4] }),
  session('ipv6', 'session over IPv6, IPv6 routes', { neighbor: OURS[6], families: [6] }),
  session('both-families', 'both families over one session', { families: [4, 6] }),
  {
    name: 'ebgp',
    title: 'eBGP: our AS is prepended, no LOCAL_PREF',
    async run(bench) {
      const { state, heard } = await exchange(bench)
      must(state.type === 'eBGP', `we take it for ${state.type}`)
      must(String(heard[0]?.asPath) === String(OURS.as), `the AS path is ${heard[0]?.asPath}`)
      return undefined
    },
  },
  {
    name: 'ibgp',
    title: 'iBGP: AS path untouched, LOCAL_PREF 100',
    async run(bench) {
      const { state, heard } = await exchange(bench, {}, {}, OURS.as)
      must(state.type === 'iBGP', `we take it for ${state.type}`)
      must(heard[0]?.asPath.length === 0, `the AS path is ${heard[0]?.asPath}, it should be empty`)
      must(heard[0].localPreference === 100, `LOCAL_PREF is ${heard[0].localPreference}`)
      return undefined
    },
  },
  {
    name: 'as4',
    title: '4-octet AS of the peer, AS_TRANS in its OPEN',
    async run(bench) {
      const { state } = await exchange(bench, {}, {}, 4200000002)
      must(state.remoteAs === 4200000002, `we see AS ${state.remoteAs}`)
      const open = await bench.wire.message('its OPEN', one => one.type === 1 && one.from === PEER[4])
      const field = (open.bytes[20]! << 8) | open.bytes[21]!
      must(field === AS_TRANS, `the AS field of its OPEN is ${field}`)
      return undefined
    },
  },
  {
    name: 'md5',
    title: 'TCP MD5',
    async run(bench) {
      await bench.needs('md5')
      const password = 'of-both-sides'
      await exchange(bench, { password }, { password })
      const unsigned = bench.wire.opened.filter(({ from, signed }) => !signed && from === OURS[4])
      must(unsigned.length === 0, 'a connection of ours was opened without a signature')
      const both = bench.wire.opened.filter(({ signed }) => signed)
      must(new Set(both.map(({ from }) => from)).size === 2, 'not both sides signed their SYN')
      return undefined
    },
  },
  {
    name: 'gtsm',
    title: 'GTSM: TTL 255 both ways',
    async run(bench) {
      await bench.needs('gtsm')
      await exchange(bench, { ttlSecurity: true }, { ttlSecurity: 1 })
      const low = bench.wire.messages.find(one => one.ttl !== 255)
      must(!low, `a message from ${low?.from} has TTL ${low?.ttl}`)
      return undefined
    },
  },
  {
    name: 'dynamic',
    title: 'dynamic neighbour from a listen range',
    async run(bench) {
      await bench.ours({
        neighbors: [],
        bgp: {
          neighborGroups: [
            {
              name: 'range',
              remoteAs: PEER.as,
              listenRanges: ['10.9.0.0/24'],
              importPolicy: 'all',
              exportPolicy: 'all',
            },
          ],
        },
      })
      const peer = await bench.peer({ sessions: [PLAIN] })
      const state = await bench.box.established(PEER[4])
      must(state.dynamic && state.group === 'range', 'our state does not say that it is of the range')
      await bench.box.installed(PEER_ROUTES[4])
      await bench.peerHas(peer, OUR_ROUTES[4])
      return undefined
    },
  },
  {
    name: 'unnumbered',
    title: 'unnumbered: both families over link-local addresses',
    async run(bench) {
      await bench.needs('unnumbered')
      for (const [machine, addresses] of [
        ['peer', PEER],
        ['box', OURS],
      ] as const) {
        const side = bench.namespace(machine)
        bench.atEnd(() =>
          side.ip([
            `address replace ${addresses[4]}/24 dev eth0`,
            `address replace ${addresses[6]}/64 dev eth0 nodad`,
          ]),
        )
      }
      await bench.ours({ numbered: false })
      for (const machine of ['peer', 'box'] as const) {
        await bench.namespace(machine).ip(['address flush dev eth0 scope global'])
      }
      if (bench.peerName === 'gobgp') await acquaint(bench)
      const peer = await bench.peer({
        sessions: [{ ...PLAIN, families: [4, 6], unnumbered: true, extendedNexthop: true }],
      })
      await bench.ours({
        numbered: false,
        neighbors: [{ interface: 'eth0', remoteAs: PEER.as, extendedNexthop: true }],
      })
      await bench.box.established('', { limit: 30_000 })
      const hops = [
        ...(await bench.box.installed(PEER_ROUTES[4])),
        ...(await bench.box.installed(PEER_ROUTES[6])),
      ]
      must(
        hops.every(hop => hop.startsWith('fe80:')),
        `our next hops are ${hops}`,
      )
      const linkLocal = (hop: string) => hop.startsWith('fe80:')
      await bench.peerHas(peer, OUR_ROUTES[4], route => route.nexthops.some(linkLocal))
      await bench.peerHas(peer, OUR_ROUTES[6], route => route.nexthops.some(linkLocal))
      return `next hops ${[...new Set(hops)].join(', ')}`
    },
  },
]
