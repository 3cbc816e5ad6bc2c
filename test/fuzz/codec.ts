import { strict as assert } from 'node:assert'
import {
  checkOpen,
  DecisionFields,
  decodeKey,
  describeNotification,
  dumpMessage,
  encodeKey,
  encodeOutgoing,
  Framer,
  MessageType,
  NlriCursor,
  type Outgoing,
  parseNotification,
  parseOpen,
  parseRouteRefresh,
  parseUpdate,
  readDecision,
  readNlri,
  UpdateResult,
  type UpdateSession,
  UpdateWriter,
  Verdict,
} from '../../src/bgp/wire/index.ts'
import type { Shape } from './grammar.ts'

const PLAIN: UpdateSession = {
  type: 'iBGP',
  as4: true,
  ipv4: true,
  ipv6: true,
  addPath4: false,
  addPath6: false,
  extendedNexthop: false,
  firstAs: 0,
}

/** The sessions that messages are read in. Findings name them by number: put new ones at the end. */
export const SESSIONS: readonly UpdateSession[] = [
  PLAIN,
  { ...PLAIN, type: 'eBGP' },
  { ...PLAIN, type: 'eBGP', as4: false },
  { ...PLAIN, type: 'eBGP', firstAs: 65001, extendedNexthop: true },
  { ...PLAIN, addPath4: true, addPath6: true },
  { ...PLAIN, type: 'confederation' },
  { ...PLAIN, ipv6: false },
  { ...PLAIN, ipv4: false, extendedNexthop: true },
]

/** What a message for one of these sessions is made like. */
export function shapeOf({ as4, addPath4, firstAs }: UpdateSession, limit: number): Shape {
  return { as4, addPath: addPath4, as: firstAs || 65001, limit, mild: 1 }
}

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

const result = new UpdateResult()
const received = new UpdateResult()
const cursor = new NlriCursor()
const fields = new DecisionFields()

/**
 * Gives a message to all that reads bytes of a peer, and holds what comes of it against what always has to be so.
 * @param piece octets that arrive at a time
 * @throws AssertionError, or what the codec threw
 * @returns the verdict on an UPDATE, else -1
 */
export function readMessage(bytes: Uint8Array, session: UpdateSession, piece: number): number {
  const framer = new Framer(65_535)
  let verdict = -1
  for (let at = 0; at < bytes.length; at += piece) framer.push(bytes.subarray(at, at + piece))
  while (framer.next()) {
    const { buffer, start, end, type } = framer
    if (type === MessageType.UPDATE) verdict = readUpdate(buffer, start, end, session)
    if (type === MessageType.NOTIFICATION) describeNotification(parseNotification(buffer, start, end))
    if (type === MessageType.ROUTE_REFRESH) parseRouteRefresh(buffer, start, end, piece > 5)
    if (type === MessageType.OPEN) {
      const parsed = parseOpen(buffer, start, end)
      if ('open' in parsed) checkOpen(parsed.open, { localAs: 65001, localRouterId: 1, role: 4 })
    }
    dumpMessage(buffer, start, end, session)
  }
  if (framer.error) describeNotification(framer.error)
  return verdict
}

function readUpdate(buffer: Uint8Array, start: number, end: number, session: UpdateSession): number {
  parseUpdate(buffer, start, end, session, result)
  if (result.verdict === Verdict.RESET_SESSION) {
    assert.equal(result.notification?.code, 3)
    assert.equal(result.count, 0)
    return result.verdict
  }
  assert.equal(result.notification, undefined)
  for (const section of result.sections.slice(0, result.count)) {
    assert.ok(section.start >= start + 21 && section.end <= end, 'NLRI lie inside the message')
    let at = section.start
    while (at < section.end) {
      at = readNlri(buffer, at, section.addPath, cursor)
      assert.ok(cursor.length <= (section.family === 4 ? 32 : 128), 'a prefix is no longer than an address')
    }
    assert.equal(at, section.end)
    if (section.announce) checkKey(result.keys.slice(section.keyStart, section.keyEnd), section.family)
  }
  return result.verdict
}

/** A key is what its decoded form encodes to, and what goes out of it is a good UPDATE to a peer. */
function checkKey(key: Uint8Array, family: 4 | 6): void {
  assert.deepEqual(encodeKey(decodeKey(key)), key)
  readDecision(key, 0, key.length, fields)
  for (const outgoing of OUTGOING) {
    const pieces: Uint8Array[] = []
    const writer = new UpdateWriter({ limit: 4096, addPath: [], emit: bytes => pieces.push(bytes) })
    if (!writer.announce(encodeOutgoing(key, 0, key.length, family, outgoing))) continue
    writer.add(Uint8Array.of(192, 0, 2), 0, 24)
    writer.flush()
    const peer = { ...PLAIN, type: outgoing.type, as4: outgoing.as4, extendedNexthop: true }
    parseUpdate(pieces[0]!, 0, pieces[0]!.length, peer, received)
    assert.deepEqual([received.verdict, received.count, received.problems], [Verdict.ACCEPT, 1, []])
  }
}

/** Milliseconds that 4096 octets may take. */
const SLOWEST = 1
const TRIES = 7

/** Milliseconds that reading an UPDATE of so many octets may take. */
export function allowedTime(octets: number): number {
  return SLOWEST * Math.max(1, octets / 4096)
}

/**
 * The milliseconds that reading an UPDATE takes at the least of several times, as soon as that is no more than it may be. A
 * machine that is busy makes one reading slow, but not each of several.
 */
export function readingTime(bytes: Uint8Array, session: UpdateSession): number {
  let least = Number.POSITIVE_INFINITY
  for (let tries = 0; tries < TRIES && least > allowedTime(bytes.length); tries++) {
    const begin = performance.now()
    parseUpdate(bytes, 0, bytes.length, session, result)
    least = Math.min(least, performance.now() - begin)
  }
  return least
}
