import { dumpMessage, MessageType } from '../../../src/bgp/wire/index.ts'
import { LabError, until } from '../../../src/lab/index.ts'
import { type Bench, OUR_ROUTES, OURS, PEER, PEER_ROUTES, PLAIN, THIRD, THIRD_ROUTES } from '../bench.ts'
import { type Case, must } from '../case.ts'
import type { Origin } from '../setup.ts'
import type { WireMessage } from '../wire.ts'

const OF_THIRD = { address: THIRD[4], remoteAs: THIRD.as }
const OF_PEER = { address: PEER[4], remoteAs: PEER.as }
const FROM_PEER = { ...PLAIN }

/** Two paths of one prefix, told apart by a community. */
const TWICE: readonly Origin[] = [1, 2].map(id => ({
  prefix: THIRD_ROUTES[4],
  communities: [`${THIRD.as}:${id}`],
  pathId: id,
}))

/** Octets that no message of 4,096 can hold. */
const MANY: readonly string[] = Array.from({ length: 450 }, (_, index) => `${THIRD.as}:1:${index}`)
const LONG: Origin = { prefix: THIRD_ROUTES[4], largeCommunities: MANY }

const KINDS = (as: number) => ({
  communities: [`${as}:1`],
  largeCommunities: [`${as}:1:2`],
  routeTargets: [`${as}:3`],
})

const update = (from: string, to: string, test: (text: string, bytes: Uint8Array) => boolean, as4 = true) => {
  return (one: WireMessage) =>
    one.from === from &&
    one.to === to &&
    one.type === MessageType.UPDATE &&
    test(dumpMessage(one.bytes, 0, one.bytes.length, { as4 }), one.bytes)
}

async function thirdToUs(bench: Bench, origins: readonly Origin[], as: number = THIRD.as) {
  return await bench.third({
    as,
    origins,
    sessions: [{ ...PLAIN, addPath: 'both', extendedMessage: true }],
  })
}

export const PATHS: readonly Case[] = [
  {
    name: 'add-path-send',
    title: 'ADD-PATH: it gets both our paths of a prefix',
    async run(bench) {
      await bench.needs('addPathReceive')
      await thirdToUs(bench, TWICE)
      const peer = await bench.peer({ sessions: [{ ...FROM_PEER, addPath: 'receive' }] })
      await bench.ours({ neighbors: [OF_THIRD, OF_PEER] })
      await bench.box.established(PEER[4])
      for (const { communities } of TWICE) {
        await bench.peerHas(peer, THIRD_ROUTES[4], route => route.communities.includes(communities![0]!))
      }
      const both = (await peer.routes(4)).filter(({ prefix }) => prefix === THIRD_ROUTES[4])
      must(both.length === 2, `it has ${both.length} paths`)
      const row = (await bench.box.neighbor(PEER[4]))?.families[0]
      must(row?.addPathSend === true, 'our state does not say that we send several')
      return undefined
    },
  },
  {
    name: 'add-path-receive',
    title: 'ADD-PATH: we get both its paths of a prefix',
    async run(bench) {
      await bench.needs('addPathSend')
      if (bench.peerName === 'exabgp') {
        await bench.peer({ origins: TWICE, sessions: [{ ...FROM_PEER, addPath: 'send' }] })
      } else {
        const neighbor = { ...PLAIN, neighbor: PEER[4], remoteAs: PEER.as }
        await bench.third({ origins: TWICE, sessions: [{ ...neighbor, addPath: 'both' }] })
        const toThird = { ...PLAIN, neighbor: THIRD[4], remoteAs: THIRD.as, addPath: 'receive' } as const
        const peer = await bench.peer({ origins: [], sessions: [{ ...FROM_PEER, addPath: 'send' }, toThird] })
        for (const { communities } of TWICE) {
          await bench.peerHas(peer, THIRD_ROUTES[4], route => route.communities.includes(communities![0]!))
        }
      }
      await bench.ours({ neighbors: [OF_PEER] })
      await until(
        'two paths of the peer',
        async () => {
          const row = (await bench.box.neighbor(PEER[4]))?.families[0]
          if (row?.accepted === 2 && row.addPathReceive) return true
          throw new LabError(JSON.stringify(row))
        },
        { limit: 15_000 },
      )
      await bench.box.installed(THIRD_ROUTES[4])
      return undefined
    },
  },
  {
    name: 'communities',
    title: 'communities, large and extended, both ways',
    async run(bench) {
      const theirs = KINDS(PEER.as)
      const thirds = KINDS(THIRD.as)
      const third = await thirdToUs(bench, [{ prefix: THIRD_ROUTES[4], ...thirds }])
      const peer = await bench.peer({
        origins: [{ prefix: PEER_ROUTES[4], ...theirs }],
        sessions: [FROM_PEER],
      })
      await bench.ours({ neighbors: [OF_THIRD, OF_PEER] })
      for (const [who, prefix, kinds] of [
        [peer, THIRD_ROUTES[4], thirds],
        [third, PEER_ROUTES[4], theirs],
      ] as const) {
        const route = await bench.peerHas(who, prefix)
        const seen = [route.communities, route.largeCommunities, route.extendedCommunities]
        const sent = [kinds.communities, kinds.largeCommunities, kinds.routeTargets.map(one => `rt:${one}`)]
        must(
          JSON.stringify(seen) === JSON.stringify(sent),
          `${who.name} has ${JSON.stringify(seen)} on ${prefix}, sent were ${JSON.stringify(sent)}`,
        )
      }
      return undefined
    },
  },
  {
    name: 'as-trans',
    title: 'a peer of 2-octet AS numbers: AS_TRANS and AS4_PATH',
    async run(bench) {
      await bench.needs('as2')
      const far = 4200000003
      await thirdToUs(bench, [{ prefix: THIRD_ROUTES[4] }], far)
      const peer = await bench.peer({ sessions: [{ ...FROM_PEER, as4: false }] })
      await bench.ours({ neighbors: [{ ...OF_THIRD, remoteAs: far }, OF_PEER] })
      await bench.box.established(PEER[4])
      must(
        bench.wire.open(PEER[4])?.capabilities.as4 === undefined,
        'its OPEN has four-octet AS all the same',
      )
      await bench.wire.message(
        'our UPDATE with AS4_PATH',
        update(
          OURS[4],
          PEER[4],
          text => /AS_PATH.*: 65001 23456\b/.test(text) && /AS4_PATH.*4200000003/.test(text),
          false,
        ),
      )
      const route = await bench.peerHas(peer, THIRD_ROUTES[4])
      return `it has the AS path ${route.asPath.join(' ')}`
    },
  },
  {
    name: 'extended-nexthop',
    title: 'IPv4 routes with IPv6 next hops, both ways (RFC 8950)',
    async run(bench) {
      await bench.needs('extendedNexthop')
      const peer = await bench.peer({
        sessions: [{ ...PLAIN, neighbor: OURS[6], families: [4, 6], extendedNexthop: true }],
      })
      await bench.ours({
        neighbors: [
          {
            address: PEER[6],
            remoteAs: PEER.as,
            families: ['ipv4-unicast', 'ipv6-unicast'],
            extendedNexthop: true,
          },
        ],
      })
      await bench.box.established(PEER[6])
      const { extendedNexthop = [] } = bench.wire.open(PEER[6])?.capabilities ?? {}
      bench.needsCapability(PEER[6], 'extended next hop', extendedNexthop.length > 0)
      const hops = await bench.box.installed(PEER_ROUTES[4])
      must(hops.includes(PEER[6]), `our next hop of ${PEER_ROUTES[4]} is ${hops}`)
      await bench.peerHas(peer, OUR_ROUTES[4], route => route.nexthops.includes(OURS[6]))
      return undefined
    },
  },
  {
    name: 'extended-message',
    title: 'messages of more than 4,096 octets, both ways',
    async run(bench) {
      await bench.needs('extendedMessage')
      const own = bench.peerName === 'exabgp'
      const toPeer = { ...PLAIN, neighbor: PEER[4], remoteAs: PEER.as, extendedMessage: true }
      await bench.third({
        origins: [LONG],
        sessions: [{ ...PLAIN, extendedMessage: true }, ...(own ? [] : [toPeer])],
      })
      const toThird = { ...PLAIN, neighbor: THIRD[4], remoteAs: THIRD.as, extendedMessage: true }
      const peer = await bench.peer({
        origins: own ? [{ ...LONG, prefix: PEER_ROUTES[4] }] : [],
        sessions: [{ ...FROM_PEER, extendedMessage: true }, ...(own ? [] : [toThird])],
      })
      await bench.ours({ neighbors: [OF_THIRD, OF_PEER] })
      await bench.box.established(PEER[4])
      const open = bench.wire.open(PEER[4])
      bench.needsCapability(PEER[4], 'extended message', open?.capabilities.extendedMessage === true)
      // BIRD shows only the first ones of so many: how long it is, the wire says.
      const long = (_: string, bytes: Uint8Array) => bytes.length > 4096
      const ours = await bench.wire.message('a long UPDATE of ours', update(OURS[4], PEER[4], long))
      const its = await bench.wire.message('a long UPDATE of the peer', update(PEER[4], OURS[4], long))
      await bench.peerHas(
        peer,
        THIRD_ROUTES[4],
        route => route.asPath[0] === OURS.as && route.largeCommunities[0] === MANY[0],
      )
      await bench.box.installed(own ? PEER_ROUTES[4] : THIRD_ROUTES[4])
      const state = await bench.box.neighbor(PEER[4])
      must(state?.state === 'Established', `afterwards the session is ${state?.state}`)
      return `${ours.bytes.length} octets of ours, ${its.bytes.length} of its`
    },
  },
  {
    name: 'unknown-attribute',
    title: 'an unknown transitive attribute passes, marked Partial',
    async run(bench) {
      const attribute = { code: 0x63, flags: 0xc0, value: '01020304' }
      const source = { origins: [{ prefix: THIRD_ROUTES[4], attribute }], sessions: [PLAIN] }
      // ExaBGP can send what nobody knows; what comes out of us goes to the peer, or, where it is ExaBGP, to BIRD.
      const itself = bench.peerName === 'exabgp'
      if (itself) await bench.peer(source)
      else await bench.third(source, 'exabgp')
      const sink = itself ? await bench.third({ sessions: [PLAIN] }) : await bench.peer({ sessions: [PLAIN] })
      await bench.ours({ neighbors: [OF_THIRD, OF_PEER] })
      const bytes = Buffer.from('e0630401020304', 'hex')
      await bench.wire.message(
        'our UPDATE with the attribute, Partial set',
        update(OURS[4], itself ? THIRD[4] : PEER[4], (_, message) => Buffer.from(message).includes(bytes)),
      )
      const route = await bench.peerHas(sink, THIRD_ROUTES[4])
      const seen = route.unknown.find(({ code }) => code === attribute.code)
      if (!seen) return `${sink.name} has the route and does not show the attribute`
      must(seen.value === attribute.value, `${sink.name} has ${JSON.stringify(seen)}`)
      must(seen.flags === undefined || seen.flags === 0xe0, `${sink.name} has flags ${seen.flags}`)
      return `${sink.name} shows it`
    },
  },
]
