import {
  insideHardReset,
  MessageType,
  parseNotification,
  readShutdownCommunication,
} from '../../../src/bgp/wire/index.ts'
import { LabError, until } from '../../../src/lab/index.ts'
import { type Bench, Lacks, OUR_ROUTES, OURS, PEER, PEER_ROUTES, PLAIN } from '../bench.ts'
import { type Case, must } from '../case.ts'
import { exchange } from './sessions.ts'

/** Where the code stands in a NOTIFICATION. */
const CODE_AT = 19
const CEASE = 6
const MAX_PREFIXES = 1
const ADMINISTRATIVE_RESET = 4
const OPEN_ERROR = 2
const ROLE_MISMATCH = 11

async function notification(bench: Bench, from: string, code: number, subcode: number) {
  const message = await bench.wire.message(
    `a NOTIFICATION ${code}/${subcode} from ${from}`,
    one => one.from === from && one.type === MessageType.NOTIFICATION && one.bytes[CODE_AT] === code,
  )
  const outer = parseNotification(message.bytes, 0, message.bytes.length)
  // Where both know RFC 8538, one that is to end graceful restart too comes inside a Hard Reset.
  const found = insideHardReset(outer) ?? outer
  must(
    found.code === code && found.subcode === subcode,
    `${from} sent NOTIFICATION ${found.code}/${found.subcode}, not ${code}/${subcode}`,
  )
  return found
}

/** Waits until our state says why the session is down, in words that fit. */
async function ourReason(bench: Bench, words: RegExp): Promise<string> {
  return await until(
    `our state says why, in words like ${words}`,
    async () => {
      const state = await bench.box.neighbor(PEER[4])
      const reason = state?.lastDown?.reason ?? ''
      if (words.test(reason)) return reason
      throw new LabError(`${state?.state}: ${reason}`)
    },
    { limit: 15_000 },
  )
}

export const ENDING: readonly Case[] = [
  {
    name: 'shutdown-theirs',
    title: 'shutdown with a text (RFC 9003): we show its text',
    async run(bench) {
      await bench.needs('shutdownText')
      const text = 'rack 7 moves, back at noon'
      const { peer } = await exchange(bench)
      await peer.shutdown(OURS[4], text)
      const { data, subcode } = await notification(bench, PEER[4], CEASE, 2)
      const sent = readShutdownCommunication(data)
      if (sent !== text && bench.peerName === 'exabgp') {
        throw new Lacks(`its \`teardown ${subcode}\` takes no text; it sends ${JSON.stringify(sent ?? '')}`)
      }
      return await ourReason(bench, new RegExp(text))
    },
  },
  {
    name: 'reset-ours',
    title: 'reset with a text (RFC 9003): it shows ours',
    async run(bench) {
      const text = 'rack 8 moves, back at one'
      const { peer } = await exchange(bench)
      await bench.box.reset(PEER[4], text)
      // Where both know RFC 8538 a Hard Reset is around it: graceful restart is not meant.
      const { data } = await notification(bench, OURS[4], CEASE, ADMINISTRATIVE_RESET)
      must(
        readShutdownCommunication(data) === text,
        `we sent ${JSON.stringify(readShutdownCommunication(data))}`,
      )
      const shown = await until(
        `${peer.name} shows our text`,
        async () => {
          const rows = (await peer.neighbors()).map(({ state }) => state)
          return [...rows, ...peer.log()].find(line => line.includes(text))
        },
        { limit: 3000 },
      ).catch(() => undefined)
      return shown ?? `${peer.name} ended the session and shows no text`
    },
  },
  {
    name: 'max-prefixes-ours',
    title: 'more prefixes than we take: Cease 6/1 of ours',
    async run(bench) {
      const origins = [{ prefix: PEER_ROUTES[4] }, { prefix: '10.2.1.0/24' }, { prefix: '10.2.2.0/24' }]
      const peer = await bench.peer({ origins, sessions: [PLAIN] })
      await bench.ours({
        neighbors: [
          {
            address: PEER[4],
            remoteAs: PEER.as,
            maxPrefixes: { 'ipv4-unicast': { limit: 2, action: 'stop' } },
          },
        ],
      })
      await notification(bench, OURS[4], CEASE, MAX_PREFIXES)
      await bench.peerSees(peer, `${peer.name} is down`, all => all.every(one => !one.established))
      return await ourReason(bench, /prefix/i)
    },
  },
  {
    name: 'max-prefixes-theirs',
    title: 'more prefixes than it takes: our state says so',
    async run(bench) {
      await bench.needs('maxPrefixes')
      await bench.peer({ sessions: [{ ...PLAIN, maxPrefixes: 1 }] })
      const routes = ['172.16.1.0/24', '172.16.2.0/24'].map(prefix => ({ prefix, blackhole: true }))
      await bench.ours({ neighbors: [{ address: PEER[4], remoteAs: PEER.as }], routes })
      await notification(bench, PEER[4], CEASE, MAX_PREFIXES)
      return await ourReason(bench, /prefix/i)
    },
  },
  {
    name: 'role',
    title: 'roles (RFC 9234): it gets our routes with OTC',
    async run(bench) {
      await bench.needs('role')
      const { peer } = await exchange(bench, { role: 'customer' }, { role: 'provider', roleStrict: true })
      const route = await bench.peerHas(peer, OUR_ROUTES[4])
      const marked = await bench.wire.message(
        'our UPDATE with OTC',
        one =>
          one.from === OURS[4] &&
          Buffer.from(one.bytes).includes(Buffer.from([0xc0, 35, 4, 0, 0, 0xfd, 0xe9])),
      )
      const { onlyToCustomer } = route
      must(onlyToCustomer === undefined || onlyToCustomer === OURS.as, `it shows OTC ${onlyToCustomer}`)
      return onlyToCustomer
        ? `it shows OTC ${onlyToCustomer}`
        : `OTC in an UPDATE of ${marked.bytes.length} octets`
    },
  },
  {
    name: 'role-mismatch',
    title: 'roles (RFC 9234): a mismatch is refused with 2/11',
    async run(bench) {
      await bench.needs('role')
      await bench.peer({ sessions: [{ ...PLAIN, role: 'provider' }] })
      await bench.ours({ neighbors: [{ address: PEER[4], remoteAs: PEER.as, role: 'provider' }] })
      const message = await bench.wire.message('a NOTIFICATION', one => one.type === MessageType.NOTIFICATION)
      const { code, subcode } = parseNotification(message.bytes, 0, message.bytes.length)
      must(code === OPEN_ERROR && subcode === ROLE_MISMATCH, `it is ${code}/${subcode}`)
      return await ourReason(bench, /role/i)
    },
  },
]
