import { describe, expect, it } from 'vitest'
import {
  type EncodedAttributes,
  encodeKey,
  encodeOutgoing,
  Framer,
  NlriCursor,
  parseUpdate,
  readNlri,
  UpdateResult,
  UpdateWriter,
} from '../../../src/bgp/wire/index.ts'
import { PrefixTable } from '../../../src/net/prefix-table.ts'
import { hex, toHex, update } from './hex.ts'
import {
  AS_PATH,
  IBGP,
  NEXT_HOP,
  NEXT_HOP6,
  ORIGIN,
  OTHER_PREFIX,
  PREFIX,
  PREFIX6,
  REACH6,
} from './sessions.ts'

const CLASSIC: EncodedAttributes = {
  family: 4,
  bytes: hex(`${ORIGIN} ${AS_PATH} ${NEXT_HOP}`),
  nexthop: undefined,
}
const IPV6: EncodedAttributes = { family: 6, bytes: hex(`${ORIGIN} ${AS_PATH}`), nexthop: hex(NEXT_HOP6) }

/** What a writer gives away, as one run of octets and piece by piece. */
function writing(write: (writer: UpdateWriter) => void, limit = 4096, addPath: (4 | 6)[] = []) {
  const pieces: Uint8Array[] = []
  const writer = new UpdateWriter({ limit, addPath, emit: bytes => pieces.push(bytes) })
  write(writer)
  writer.flush()
  return { pieces, all: pieces.map(toHex).join(''), messages: writer.messages }
}

/** Adds a prefix in the form that NLRI have. */
function add(writer: UpdateWriter, nlri: string, pathId = 0): void {
  const bytes = hex(nlri)
  writer.add(bytes, 1, bytes[0]!, pathId)
}

const REACH = REACH6.replace('80 0e 1c', '90 0e 001c')

describe('an UPDATE writer', () => {
  it('packs prefixes behind their attributes', () => {
    const { all, messages } = writing(writer => {
      writer.announce(CLASSIC)
      add(writer, PREFIX)
      add(writer, OTHER_PREFIX)
    })
    expect(all).toBe(
      toHex(update({ attributes: `${ORIGIN} ${AS_PATH} ${NEXT_HOP}`, nlri: PREFIX + OTHER_PREFIX })),
    )
    expect(messages).toBe(1)
  })

  it('puts IPv6 into MP_REACH_NLRI, in front of all other attributes (RFC 7606 §5.1)', () => {
    const { all } = writing(writer => {
      writer.announce(IPV6)
      add(writer, PREFIX6)
    })
    expect(all).toBe(toHex(update({ attributes: `${REACH} ${ORIGIN} ${AS_PATH}` })))
  })

  it('writes next hops of 4 and of 32 octets', () => {
    const linkLocal = `${NEXT_HOP6} fe800000000000000000000000000001`
    const long = writing(writer => {
      writer.announce({ ...IPV6, nexthop: hex(linkLocal) })
      add(writer, PREFIX6)
    })
    const reach6 = `90 0e 002c 0002 01 20 ${linkLocal} 00 ${PREFIX6}`
    expect(long.all).toBe(toHex(update({ attributes: `${reach6} ${ORIGIN} ${AS_PATH}` })))
    const short = writing(writer => {
      writer.announce({ family: 4, bytes: IPV6.bytes, nexthop: hex('c0000201') })
      add(writer, PREFIX)
    })
    const reach4 = `90 0e 000d 0001 01 04 c0000201 00 ${PREFIX}`
    expect(short.all).toBe(toHex(update({ attributes: `${reach4} ${ORIGIN} ${AS_PATH}` })))
  })

  it('withdraws', () => {
    const { all } = writing(writer => {
      writer.withdraw(4)
      add(writer, PREFIX)
      writer.withdraw(4)
      add(writer, OTHER_PREFIX)
      writer.withdraw(6)
      add(writer, PREFIX6)
    })
    const unreach = `90 0f 000a 0002 01 ${PREFIX6}`
    expect(all).toBe(
      toHex(update({ withdrawn: PREFIX + OTHER_PREFIX })) + toHex(update({ attributes: unreach })),
    )
  })

  it('ends each family', () => {
    const { all, messages } = writing(writer => {
      writer.endOfRib(4)
      writer.endOfRib(6)
    })
    expect(all).toBe(toHex(update({})) + toHex(update({ attributes: '90 0f 0003 0002 01' })))
    expect(messages).toBe(2)
  })

  it('ends a family behind what was written of it', () => {
    const { all } = writing(writer => {
      writer.announce(CLASSIC)
      add(writer, PREFIX)
      writer.endOfRib(4)
    })
    expect(all.endsWith(toHex(update({})))).toBe(true)
    expect(all).toHaveLength(2 * (23 + 20 + 4 + 23))
  })

  it('writes path identifiers where the family has them', () => {
    const { all } = writing(
      writer => {
        writer.announce(CLASSIC)
        add(writer, PREFIX, 0x01020304)
        writer.withdraw(6)
        add(writer, PREFIX6, 9)
      },
      4096,
      [4],
    )
    expect(all).toContain(toHex(hex(`01020304 ${PREFIX}`)))
    expect(all).toContain(toHex(hex(`0002 01 ${PREFIX6}`)))
  })

  it('takes prefixes from a table', () => {
    const table = new PrefixTable(6)
    const slot = table.insert(hex(PREFIX6), 1, 48)
    const { all } = writing(
      writer => {
        writer.withdraw(6)
        writer.addSlot(table, slot, 7)
      },
      4096,
      [6],
    )
    expect(all).toBe(toHex(update({ attributes: `90 0f 000e 0002 01 00000007 ${PREFIX6}` })))
  })

  it('begins no message before there is a prefix', () => {
    const { all } = writing(writer => {
      writer.announce(CLASSIC)
      writer.withdraw(4)
      writer.announce(IPV6)
      writer.flush()
    })
    expect(all).toBe('')
  })

  it('goes on with the same attributes after a flush', () => {
    const { pieces } = writing(writer => {
      writer.announce(CLASSIC)
      add(writer, PREFIX)
      writer.flush()
      writer.announce(CLASSIC)
      add(writer, OTHER_PREFIX)
    })
    const attributes = `${ORIGIN} ${AS_PATH} ${NEXT_HOP}`
    expect(pieces.map(toHex)).toEqual([
      toHex(update({ attributes, nlri: PREFIX })),
      toHex(update({ attributes, nlri: OTHER_PREFIX })),
    ])
  })

  it.each([4, 6] as const)('fills messages of IPv%i up to the limit, never beyond', family => {
    for (const limit of [4096, 65535]) {
      for (const announced of [true, false]) {
        const octets = family === 4 ? 4 : 16
        const count = 40_000
        const { pieces } = writing(writer => {
          const bytes = new Uint8Array(octets)
          if (announced) writer.announce(family === 4 ? CLASSIC : IPV6)
          else writer.withdraw(family)
          for (let i = 0; i < count; i++) {
            bytes.set([i >> 16, i >> 8, i], octets - 3)
            writer.add(bytes, 0, octets * 8)
          }
        }, limit)
        const { sizes, found } = receive(pieces, limit, family)
        expect(found).toBe(count)
        expect(Math.max(...sizes)).toBeLessThanOrEqual(limit)
        // Every message but the last is so full that not one more prefix would have fitted.
        expect(Math.min(...sizes.slice(0, -1))).toBeGreaterThan(limit - octets - 1)
      }
    }
  })

  it('refuses attributes that leave no room for a prefix, and takes the largest that do', () => {
    const filled = (length: number): EncodedAttributes => ({ ...CLASSIC, bytes: new Uint8Array(length) })
    const writer = new UpdateWriter({ limit: 4096, addPath: [4], emit: () => {} })
    // Header 19, two lengths 4, path identifier 4, prefix 5.
    expect(writer.announce(filled(4096 - 32))).toBe(true)
    expect(writer.announce(filled(4096 - 31))).toBe(false)
    // MP_REACH_NLRI with its head 4, AFI, SAFI, length and reserved octet 5, next hop 16; prefix 17.
    const wide = (length: number): EncodedAttributes => ({ ...IPV6, bytes: new Uint8Array(length) })
    expect(writer.announce(wide(4096 - 19 - 4 - 4 - 5 - 16 - 21))).toBe(true)
    expect(writer.announce(wide(4096 - 19 - 4 - 4 - 5 - 16 - 20))).toBe(false)
  })

  it('never writes again into what it gave away', () => {
    const given: { bytes: Uint8Array; text: string }[] = []
    const emit = (bytes: Uint8Array) => given.push({ bytes, text: toHex(bytes) })
    const writer = new UpdateWriter({ limit: 4096, addPath: [], emit })
    for (let i = 0; i < 3000; i++) {
      const key = encodeKey({ nexthop: hex('c0000201'), origin: 0, asPath: [], med: i })
      writer.announce(
        encodeOutgoing(key, 0, key.length, 4, {
          type: 'iBGP',
          as4: true,
          localAs: 1,
          prepend: 0,
          localPreference: 100,
          keepMed: true,
        }),
      )
      add(writer, PREFIX)
      if (i % 7 === 0) writer.flush()
    }
    expect(given.length).toBeGreaterThan(400)
    for (const { bytes, text } of given) expect(toHex(bytes)).toBe(text)
  })
})

/** Reads what was written as a peer would. */
function receive(pieces: readonly Uint8Array[], limit: number, family: 4 | 6) {
  const framer = new Framer(limit)
  for (const piece of pieces) framer.push(piece)
  const out = new UpdateResult()
  const cursor = new NlriCursor()
  const sizes: number[] = []
  let found = 0
  while (framer.next()) {
    parseUpdate(framer.buffer, framer.start, framer.end, IBGP, out)
    sizes.push(framer.end - framer.start)
    expect([out.verdict, out.count, out.sections[0]!.family]).toEqual([0, 1, family])
    const { start, end } = out.sections[0]!
    for (let at = start; at < end; found++) at = readNlri(framer.buffer, at, false, cursor)
  }
  expect(framer.error).toBeUndefined()
  return { sizes, found }
}
