import { describe, expect, it } from 'vitest'
import {
  buildNotification,
  buildOpen,
  buildRouteRefresh,
  checkOpen,
  DecisionFields,
  decodeKey,
  describeNotification,
  dumpMessage,
  ERROR,
  encodeKey,
  encodeOutgoing,
  Framer,
  MessageType,
  NlriCursor,
  notification,
  type Outgoing,
  parseNotification,
  parseOpen,
  parseRouteRefresh,
  parseUpdate,
  readDecision,
  readNlri,
  shutdownCommunication,
  UNICAST,
  UpdateResult,
  type UpdateSession,
  UpdateWriter,
  Verdict,
} from '../../../src/bgp/wire/index.ts'
import { toHex, update } from './hex.ts'
import { EBGP, IBGP, MANDATORY, OLD, OTHER_PREFIX, PREFIX, REACH6, UNREACH6 } from './sessions.ts'

/** How many messages are tried: about a second on a machine that is not busy. */
const MESSAGES = 8000

/** The same numbers in every run (mulberry32), so that a finding can be had again. */
function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const FULL = `${MANDATORY} 80 04 04 0000000a 40 05 04 00000064 40 06 00 c0 07 08 0000fde9 0a000001
  c0 08 08 fde80001 ffffff01 80 09 04 0a000002 80 0a 08 0a000003 0a000004 c0 10 10 0002fde800000064 4004fde84cee6b28
  c0 20 18 00000001 00000002 00000003 00000001 00000002 00000004 c0 23 04 0000fde9 c0 63 02 abcd`
const NARROW = `40 01 01 00 40 02 0c 02 03 fde9 5ba0 5ba0 01 01 fde9 40 03 04 c0000201 c0 07 06 5ba0 0a000001
  c0 11 10 02 02 00011170 00013880 01 01 0000fde9 c0 12 08 00011170 0a000002`

const SEEDS: readonly Uint8Array[] = [
  update({ attributes: FULL, nlri: PREFIX + OTHER_PREFIX }),
  update({ withdrawn: PREFIX, attributes: `${REACH6} ${UNREACH6} ${FULL}`, nlri: OTHER_PREFIX }),
  update({ attributes: NARROW, nlri: PREFIX }),
  update({ withdrawn: PREFIX.repeat(20) }),
  update({ attributes: '90 0f 0003 0002 01' }),
  update({ attributes: `${MANDATORY} d0 08 0200 ${'fde80001'.repeat(128)}`, nlri: PREFIX.repeat(200) }),
  buildOpen({
    as: 4200000000,
    holdTime: 90,
    routerId: 1,
    capabilities: {
      families: [UNICAST[4], UNICAST[6]],
      routeRefresh: true,
      gracefulRestart: {
        restarting: true,
        notification: true,
        time: 1,
        families: [{ ...UNICAST[4], forwarding: true }],
      },
      addPath: [{ ...UNICAST[4], mode: 3 }],
      longLivedGracefulRestart: [{ ...UNICAST[4], forwarding: true, staleTime: 1 }],
      hostName: { host: 'a', domain: 'b' },
      unknown: [{ code: 200, value: new Uint8Array(200) }],
    },
  }),
  buildRouteRefresh(1, 1, 1),
  buildNotification(notification(ERROR.cease.administrativeShutdown, shutdownCommunication('späte Wartung'))),
]

const SESSIONS: readonly UpdateSession[] = [
  IBGP,
  EBGP,
  OLD,
  { ...EBGP, firstAs: 65001, extendedNexthop: true },
  { ...IBGP, addPath4: true, addPath6: true },
  { ...IBGP, type: 'confederation' },
  { ...IBGP, ipv6: false },
]

const OUT: Outgoing = {
  type: 'iBGP',
  as4: true,
  localAs: 65000,
  prepend: 1,
  localPreference: 100,
  keepMed: false,
  reflect: { originatorId: 1, clusterId: 2 },
}
const OUTGOING: readonly Outgoing[] = [
  OUT,
  { ...OUT, type: 'eBGP', prepend: 3 },
  { ...OUT, type: 'eBGP', as4: false },
  { ...OUT, type: 'confederation' },
]

/** A message with some octets changed, put in, taken out or repeated; its length in the header mostly put right. */
function mutate(seed: Uint8Array, random: () => number): Uint8Array {
  let bytes = Array.from(seed)
  const below = (limit: number) => Math.floor(random() * limit)
  for (let changes = 1 + below(4); changes > 0; changes--) {
    const at =
      below(10) === 0 ? below(bytes.length) : Math.min(bytes.length - 1, 19 + below(bytes.length - 18))
    const length = 1 + below(8)
    const kind = below(6)
    if (kind === 0) bytes[at]! ^= 1 << below(8)
    if (kind === 1) bytes[at] = [0, 1, 127, 128, 255][below(5)]!
    if (kind === 2) bytes[at] = below(256)
    if (kind === 3) bytes.splice(at, length)
    if (kind === 4) bytes.splice(at, 0, ...Array.from({ length }, () => below(256)))
    if (kind === 5) bytes.splice(at, 0, ...bytes.slice(at, at + 4 * length))
    if (bytes.length < 20) bytes = Array.from(seed)
  }
  if (below(20) > 0) {
    bytes[16] = bytes.length >> 8
    bytes[17] = bytes.length & 0xff
  }
  return Uint8Array.from(bytes)
}

const result = new UpdateResult()
const cursor = new NlriCursor()
const fields = new DecisionFields()

/** Reads an UPDATE over a session and holds it against what every result has to be. */
function readUpdate(buffer: Uint8Array, start: number, end: number, session: UpdateSession): void {
  parseUpdate(buffer, start, end, session, result)
  if (result.verdict === Verdict.RESET_SESSION) {
    expect(result.notification!.code).toBe(3)
    expect(result.count).toBe(0)
    return
  }
  expect(result.notification).toBeUndefined()
  for (const section of result.sections.slice(0, result.count)) {
    expect(section.start).toBeGreaterThanOrEqual(start + 21)
    let at = section.start
    while (at < section.end) {
      at = readNlri(buffer, at, section.addPath, cursor)
      expect(cursor.length).toBeLessThanOrEqual(section.family === 4 ? 32 : 128)
    }
    expect(at).toBe(section.end)
    expect(section.end).toBeLessThanOrEqual(end)
    if (section.announce) checkKey(result.keys.slice(section.keyStart, section.keyEnd), section.family)
  }
}

/** A key is what its decoded form encodes to, and what goes out of it is a good UPDATE to a peer. */
function checkKey(key: Uint8Array, family: 4 | 6): void {
  expect(toHex(encodeKey(decodeKey(key)))).toBe(toHex(key))
  readDecision(key, 0, key.length, fields)
  for (const outgoing of OUTGOING) {
    const attributes = encodeOutgoing(key, 0, key.length, family, outgoing)
    const pieces: Uint8Array[] = []
    const writer = new UpdateWriter({ limit: 4096, addPath: [], emit: bytes => pieces.push(bytes) })
    if (!writer.announce(attributes)) continue
    writer.add(Uint8Array.of(192, 0, 2), 0, 24)
    writer.flush()
    const peer = { ...IBGP, type: outgoing.type, as4: outgoing.as4, extendedNexthop: true }
    const message = pieces[0]!
    parseUpdate(message, 0, message.length, peer, received)
    expect([received.verdict, received.count, received.problems]).toEqual([Verdict.ACCEPT, 1, []])
  }
}
const received = new UpdateResult()

/** Everything that a message can be given to. */
function feed(bytes: Uint8Array, session: UpdateSession, piece: number): void {
  const framer = new Framer()
  for (let at = 0; at < bytes.length; at += piece) framer.push(bytes.subarray(at, at + piece))
  while (framer.next()) {
    const { buffer, start, end, type } = framer
    if (type === MessageType.UPDATE) readUpdate(buffer, start, end, session)
    if (type === MessageType.NOTIFICATION) describeNotification(parseNotification(buffer, start, end))
    if (type === MessageType.ROUTE_REFRESH) parseRouteRefresh(buffer, start, end, piece > 5)
    if (type === MessageType.OPEN) {
      const parsed = parseOpen(buffer, start, end)
      if ('open' in parsed) checkOpen(parsed.open, { localAs: 65001, localRouterId: 1, role: 4 })
    }
    dumpMessage(buffer, start, end, session)
  }
  if (framer.error) describeNotification(framer.error)
  dumpMessage(bytes, 0, bytes.length, session)
}

describe('hostile bytes', () => {
  it('never make the codec throw, hang, or give out what is not there', () => {
    const random = randomNumbers(20260101)
    const verdicts = new Set<number>()
    for (let messages = 0; messages < MESSAGES; messages++) {
      const seed = SEEDS[messages % SEEDS.length]!
      const session = SESSIONS[Math.floor(random() * SESSIONS.length)]!
      const bytes = messages < SEEDS.length ? seed : mutate(seed, random)
      try {
        feed(bytes, session, 1 + Math.floor(random() * 300))
      } catch (error) {
        throw new Error(`message ${messages}, ${JSON.stringify(session)}: ${toHex(bytes)}`, { cause: error })
      }
      verdicts.add(result.verdict)
    }
    // The mutations reach every verdict, so that the paths behind each were tried.
    expect([...verdicts].sort()).toEqual([0, 1, 2, 3, 4])
  }, 30_000)

  it('of the dearest kinds are read in well under a turn of the loop', () => {
    const many = (attribute: string) => update({ attributes: `${MANDATORY}${attribute}`, nlri: PREFIX })
    const large = Array.from({ length: 300 }, (_, i) => i.toString(16).padStart(24, '0')).join('')
    const worst = [
      many(`d0 20 0e10 ${large}`),
      many('80 63 00'.repeat(1300)),
      many('c0 63 00'.repeat(1300)),
      many(
        Array.from({ length: 250 }, (_, i) => `80${(i + 1).toString(16).padStart(2, '0')}00`)
          .join('')
          .repeat(5),
      ),
      update({
        attributes: `40 01 01 00 50 02 0f00 ${'0201fde9'.repeat(960)} 40 03 04 c0000201`,
        nlri: PREFIX,
      }),
      update({ withdrawn: '00'.repeat(4000) }),
    ]
    for (const bytes of worst) {
      for (const session of [IBGP, OLD]) {
        const times = Array.from({ length: 21 }, () => {
          const begin = performance.now()
          parseUpdate(bytes, 0, bytes.length, session, result)
          return performance.now() - begin
        })
        expect(times.sort((a, b) => a - b)[10]).toBeLessThan(5)
      }
    }
  })
})
