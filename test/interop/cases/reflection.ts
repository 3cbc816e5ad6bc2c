import { dumpMessage, MessageType } from '../../../src/bgp/wire/index.ts'
import { until } from '../../../src/lab/index.ts'
import { type Bench, Lacks, OURS, PEER, PEER_ROUTES, PLAIN, THIRD, THIRD_ROUTES } from '../bench.ts'
import { type Case, must } from '../case.ts'
import type { Origin, Setup } from '../setup.ts'

const AS = OURS.as
const IBGP = { ...PLAIN, remoteAs: AS, gracefulRestart: 120 }
const END_OF_RIB = 23

/**
 * The peer reflects a route of the third to us, or, where it is ExaBGP, sends one as if it did. What reaches us must carry
 * `mark`; then it must not get into our tables.
 */
async function looping(bench: Bench, mark: RegExp, forged: Origin, cluster: string, third: Partial<Setup>) {
  if (bench.peerName === 'exabgp') {
    await bench.peer({ as: AS, origins: [{ prefix: PEER_ROUTES[4] }, forged], sessions: [IBGP] })
  } else {
    // OpenBGPD reflects without its marks what comes while it still starts: the other one is later.
    const client = { ...IBGP, client: true, clusterId: cluster }
    const peer = await bench.peer({
      as: AS,
      origins: [{ prefix: PEER_ROUTES[4] }],
      sessions: [client, { ...client, neighbor: THIRD[4] }],
    })
    await bench.third({
      as: AS,
      ...third,
      origins: [{ prefix: THIRD_ROUTES[4] }],
      sessions: [{ ...IBGP, neighbor: PEER[4] }],
    })
    // Before we come: what it tells us in the beginning then is all it has.
    await bench.peerHas(peer, THIRD_ROUTES[4])
  }
  await bench.ours({ neighbors: [{ address: PEER[4], remoteAs: AS }] })
  await bench.box.established(PEER[4])
  const its = () => bench.wire.messages.filter(one => one.from === PEER[4] && one.to === OURS[4])
  await bench.wire.message(
    'its End-of-RIB',
    one => one.from === PEER[4] && one.type === MessageType.UPDATE && one.bytes.length === END_OF_RIB,
  )
  const text = its()
    .map(one => dumpMessage(one.bytes))
    .find(one => one.includes(THIRD_ROUTES[4]))
  if (text === undefined)
    throw new Lacks('it announced all it has up to End-of-RIB and left this route out itself')
  must(mark.test(text), `what it sent is not what was meant: ${text}`)
  const count = its().length
  await until('our engine has read all of it', async () => {
    const state = await bench.box.neighbor(PEER[4])
    return (state?.messages.received ?? 0) >= count || undefined
  })
  const route = await bench.box.route(THIRD_ROUTES[4])
  must(route === undefined, `our table has it: ${JSON.stringify(route)}`)
  const state = await bench.box.neighbor(PEER[4])
  must(state?.state === 'Established', `the session is ${state?.state}`)
  return undefined
}

export const REFLECTION: readonly Case[] = [
  {
    name: 'reflect',
    title: 'route reflector: reflected with ORIGINATOR_ID, CLUSTER_LIST',
    async run(bench) {
      const third = await bench.third({ as: AS, sessions: [IBGP] })
      const peer = await bench.peer({ as: AS, sessions: [IBGP] })
      await bench.ours({
        neighbors: [PEER[4], THIRD[4]].map(address => ({
          address,
          remoteAs: AS,
          routeReflectorClient: true,
        })),
      })
      for (const [who, prefix, originator] of [
        [peer, THIRD_ROUTES[4], THIRD[4]],
        [third, PEER_ROUTES[4], PEER[4]],
      ] as const) {
        const route = await bench.peerHas(who, prefix)
        must(route.originatorId === originator, `${who.name}: ORIGINATOR_ID is ${route.originatorId}`)
        must(String(route.clusterList) === OURS[4], `${who.name}: CLUSTER_LIST is ${route.clusterList}`)
        must(route.nexthops.includes(originator), `${who.name}: the next hop is ${route.nexthops}`)
      }
      return undefined
    },
  },
  {
    name: 'cluster-loop',
    title: 'route reflector: our own cluster ID is refused',
    run: bench =>
      looping(
        bench,
        /CLUSTER_LIST.*10\.9\.0\.1/,
        { prefix: THIRD_ROUTES[4], originatorId: THIRD[4], clusterList: [OURS[4]] },
        OURS[4],
        {},
      ),
  },
  {
    name: 'originator-loop',
    title: 'route reflector: our own ORIGINATOR_ID is refused',
    run: bench =>
      looping(
        bench,
        /ORIGINATOR_ID.*10\.9\.0\.1/,
        { prefix: THIRD_ROUTES[4], originatorId: OURS[4], clusterList: [PEER[4]] },
        PEER[4],
        { routerId: OURS[4] },
      ),
  },
]
