import { describe, expect, it } from 'vitest'
import { Checker } from './checker.ts'
import { announcements, change, peerId, SPEAKER_ID, type TableShape, withdrawals } from './table.ts'

const SHAPES: Readonly<Record<string, TableShape>> = {
  IPv4: { family: 4, feeders: 2, each: 40, perSet: 4, perUpdate: 2 },
  IPv6: { family: 6, feeders: 2, each: 40, perSet: 4, perUpdate: 2 },
}

/** The messages of a stream, cut. */
function messages(stream: Buffer): Buffer[] {
  const found: Buffer[] = []
  for (let at = 0; at < stream.length; at += stream.readUInt16BE(at + 16))
    found.push(stream.subarray(at, at + stream.readUInt16BE(at + 16)))
  return found
}

/** An UPDATE as a route reflector passes it on: with ORIGINATOR_ID and CLUSTER_LIST behind the other attributes. */
function reflected(update: Buffer, feeder: number): Buffer {
  const attributesEnd = 23 + update.readUInt16BE(21)
  const added = Buffer.alloc(14)
  added.set([0x80, 9, 4], 0)
  added.writeUInt32BE(peerId(feeder), 3)
  added.set([0x80, 10, 4], 7)
  added.writeUInt32BE(SPEAKER_ID, 10)
  const whole = Buffer.concat([update.subarray(0, attributesEnd), added, update.subarray(attributesEnd)])
  whole.writeUInt16BE(whole.length, 16)
  whole.writeUInt16BE(attributesEnd - 23 + added.length, 21)
  return whole
}

/** A checker of somebody who announces nothing, and what it makes of updates. */
function take(shape: TableShape, updates: readonly Buffer[], peer = shape.feeders): Checker {
  const checker = new Checker(shape, peer)
  for (const update of updates) checker.update(update, 0, update.length)
  return checker
}

describe.each(Object.entries(SHAPES))('a receiver of %s routes', (_name, shape) => {
  const updates = (feeder: number) =>
    messages(announcements(shape, feeder))
      .slice(0, -1)
      .map(update => reflected(update, feeder))
  const all = [...updates(0), ...updates(1)]

  it('has all prefixes when all UPDATEs came, each once however often it comes', () => {
    const checker = take(shape, [...all, ...updates(1)])
    expect(checker.faults).toEqual([])
    expect(checker.held).toBe(80)
    expect(checker.announced).toBe(120)
  })

  it('does not count what it has announced itself', () => {
    expect(take(shape, all, 1).held).toBe(40)
  })

  it('takes End-of-RIB for what it is', () => {
    const checker = take(shape, [messages(announcements(shape, 0)).at(-1)!])
    expect(checker).toMatchObject({ held: 0, faults: [] })
  })

  it('has none when all were withdrawn', () => {
    const checker = take(shape, [...all, ...messages(withdrawals(shape, 0))])
    expect(checker).toMatchObject({ held: 40, withdrawn: 40, faults: [] })
  })

  it('finds every octet of attributes or prefixes that is not as it was sent', () => {
    const update = all[0]!
    const unnoticed: number[] = []
    for (let at = 23; at < update.length; at++) {
      const wrong = Buffer.from(update)
      // The lowest bit but in flags, where only the length's form means anything to us.
      wrong[at]! ^= 1
      const checker = take(shape, [wrong])
      if (checker.faults.length === 0 && checker.held === 2) unnoticed.push(at)
    }
    const idle = attributeStarts(update)
    // The octet between next hop and NLRI, which receivers ignore (RFC 4760 §3).
    if (shape.family === 6) idle.push(23 + 4 + 4 + 16)
    expect(unnoticed.filter(at => !idle.includes(at))).toEqual([])
  })

  it('finds routes with the attributes of others', () => {
    const [mine, other] = [Buffer.from(all[0]!), all[2]!]
    const attributesEnd = 23 + mine.readUInt16BE(21)
    if (shape.family === 4) other.copy(mine, attributesEnd, attributesEnd)
    else other.copy(mine, 23, 23, 23 + 4 + 21 + 14)
    expect(take(shape, [mine]).faults).toHaveLength(1)
  })

  it('finds a MED where none is expected, and none where one is', () => {
    const changed = reflected(change(shape, 7, 42), 0)
    expect(take(shape, [changed]).faults).toHaveLength(1)
    const checker = new Checker(shape, 2)
    checker.expect(42, true)
    checker.update(changed, 0, changed.length)
    expect(checker).toMatchObject({ held: 1, faults: [] })
    checker.update(all[0]!, 0, all[0]!.length)
    expect(checker.faults).toHaveLength(1)
  })

  it('finds that ORIGINATOR_ID and CLUSTER_LIST are missing', () => {
    expect(take(shape, [messages(announcements(shape, 0))[0]!]).faults).toHaveLength(1)
  })
})

function attributeStarts(update: Buffer): number[] {
  const starts: number[] = []
  const end = 23 + update.readUInt16BE(21)
  for (let at = 23; at < end; ) {
    starts.push(at)
    at += update[at]! & 0x10 ? 4 + update.readUInt16BE(at + 2) : 3 + update[at + 2]!
  }
  return starts
}
