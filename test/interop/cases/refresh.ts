import { MessageType, RefreshSubtype } from '../../../src/bgp/wire/index.ts'
import type { BgpPeer } from '../../../src/lab/bgp-peer.ts'
import { LabError, until } from '../../../src/lab/index.ts'
import { type Bench, Lacks, OUR_ROUTES, OURS, PEER, PEER_ROUTES } from '../bench.ts'
import { type Case, must } from '../case.ts'
import { carries, type WireMessage } from '../wire.ts'
import { exchange } from './sessions.ts'

/** Where the subtype stands in a ROUTE-REFRESH (RFC 7313 §3.2). */
const SUBTYPE_AT = 21

const refreshFrom = (from: string, subtype: number) => (one: WireMessage) =>
  one.from === from && one.type === MessageType.ROUTE_REFRESH && one.bytes[SUBTYPE_AT] === subtype

const announces = (from: string, prefix: string) => (one: WireMessage) =>
  one.from === from && carries(one, prefix)

/** Ends the session: what did not come before the NOTIFICATION was never sent. */
async function sendsNone(bench: Bench, peer: BgpPeer): Promise<void> {
  await peer.shutdown(OURS[4], 'that was all')
  const isEnd = (one: WireMessage) => one.from === PEER[4] && one.type === MessageType.NOTIFICATION
  await bench.wire.message('its NOTIFICATION', isEnd)
  if (bench.wire.messages.some(one => one.from === PEER[4] && one.type === MessageType.ROUTE_REFRESH)) return
  throw new Lacks('`gobgp neighbor softresetin` sends no ROUTE-REFRESH: it looks again at what it has')
}

async function stillUp(bench: Bench): Promise<void> {
  const state = await bench.box.neighbor(PEER[4])
  must(state?.state === 'Established', `afterwards the session is ${state?.state}`)
}

export const REFRESH: readonly Case[] = [
  {
    name: 'refresh-theirs',
    title: 'route refresh: it asks, we send again',
    async run(bench) {
      const { peer } = await exchange(bench)
      bench.wire.clear()
      await peer.refresh(OURS[4], 4)
      if (bench.peerName === 'gobgp') await sendsNone(bench, peer)
      await bench.wire.message('its ROUTE-REFRESH', refreshFrom(PEER[4], RefreshSubtype.REQUEST))
      await bench.wire.message('our routes again', announces(OURS[4], OUR_ROUTES[4]))
      await stillUp(bench)
      return undefined
    },
  },
  {
    name: 'refresh-ours',
    title: 'route refresh: we ask, it sends again',
    async run(bench) {
      const { peer } = await exchange(bench)
      bench.wire.clear()
      await bench.box.refresh(PEER[4])
      await bench.wire.message('our ROUTE-REFRESH', refreshFrom(OURS[4], RefreshSubtype.REQUEST))
      const answer = await until(
        'its routes again',
        () => {
          if (bench.wire.messages.some(announces(PEER[4], PEER_ROUTES[4]))) return 'sent'
          // OpenBGPD 7.7 says so of families that it did negotiate, to BIRD too.
          const refused = peer.log().find(line => /route refresh: .*not negotiated/.test(line))
          if (refused !== undefined) return refused
          throw new LabError(`seen: ${bench.wire.summary()}`)
        },
        { limit: 10_000 },
      )
      if (answer !== 'sent') throw new Lacks(`its answer to our ROUTE-REFRESH is in its log: ${answer}`)
      await bench.box.installed(PEER_ROUTES[4])
      await stillUp(bench)
      return undefined
    },
  },
  {
    name: 'enhanced-refresh',
    title: 'enhanced refresh: ours between BoRR and EoRR',
    async run(bench) {
      await bench.needs('enhancedRefresh')
      const { peer } = await exchange(bench, { enhancedRefresh: true })
      const open = bench.wire.open(PEER[4])
      bench.needsCapability(PEER[4], 'enhanced route refresh', open?.capabilities.enhancedRefresh === true)
      bench.wire.clear()
      await peer.refresh(OURS[4], 4)
      await bench.wire.message('our EoRR', refreshFrom(OURS[4], RefreshSubtype.END))
      const ours = bench.wire.messages.filter(
        ({ from, type }) => from === OURS[4] && type !== MessageType.KEEPALIVE,
      )
      must(refreshFrom(OURS[4], RefreshSubtype.BEGIN)(ours[0]!), 'what we send does not begin with BoRR')
      must(ours.some(announces(OURS[4], OUR_ROUTES[4])), `between them is no ${OUR_ROUTES[4]}`)
      await stillUp(bench)
      await bench.peerHas(peer, OUR_ROUTES[4])
      return undefined
    },
  },
]
