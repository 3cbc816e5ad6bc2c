import type { Family } from '../../net/address.ts'
import {
  type Attributes,
  encodeKey,
  encodeOutgoing,
  Segment,
  UpdateWriter,
  type UpdateWriter as Writer,
} from '../wire/index.ts'

/** Our AS, and that of the external neighbour. */
export const AS = 65000
export const EXTERNAL_AS = 65001

/** So many prefixes from the first on, so many of them an UPDATE, and so many a set of attributes. */
interface Feed {
  readonly family: Family
  readonly from: number
  readonly count: number
  readonly perUpdate: number
  readonly perSet: number
}

/** What a neighbour says in a round of the rehearsal, as the bytes of whole UPDATEs. */
export interface Script {
  /** From a neighbour of our AS, and then with other attributes. */
  readonly first: Uint8Array
  readonly changed: Uint8Array
  /** From one of another AS. */
  readonly external: Uint8Array
  readonly withdrawn: Uint8Array
}

/** The shapes that feeds have: large UPDATEs, single prefixes, few prefixes with attributes of their own; both families. */
const FEEDS: readonly Feed[] = [
  { family: 4, from: 0, count: 1200, perUpdate: 200, perSet: 200 },
  { family: 4, from: 1200, count: 200, perUpdate: 1, perSet: 100 },
  { family: 4, from: 1400, count: 200, perUpdate: 5, perSet: 5 },
  { family: 6, from: 0, count: 1100, perUpdate: 200, perSet: 200 },
]

/** All that is said in a round. */
export const scripts = (): Script[] => FEEDS.map(script)

function script(feed: Feed): Script {
  return {
    first: announcements(feed, 'iBGP', 0),
    changed: announcements(feed, 'iBGP', 1),
    external: announcements(feed, 'eBGP', 0),
    withdrawn: withdrawals(feed),
  }
}

function announcements(feed: Feed, type: 'iBGP' | 'eBGP', version: number): Uint8Array {
  return written(writer => {
    const as = type === 'iBGP' ? AS : EXTERNAL_AS
    const outgoing = {
      type,
      as4: true,
      localAs: as,
      prepend: 0,
      localPreference: 100,
      keepMed: true,
    } as const
    for (let i = 0; i < feed.count; i++) {
      if (i % feed.perUpdate === 0) {
        writer.flush()
        const key = encodeKey(attributes(feed, type, Math.floor(i / feed.perSet), version))
        writer.announce(encodeOutgoing(key, 0, key.length, feed.family, outgoing))
      }
      addPrefix(writer, feed.family, feed.from + i)
    }
    writer.endOfRib(feed.family)
  })
}

function attributes(feed: Feed, type: 'iBGP' | 'eBGP', set: number, version: number): Attributes {
  const host = type === 'iBGP' ? 2 : 5
  const nexthop = Uint8Array.of(...(feed.family === 4 ? [192, 0, 2] : [0x20, 1, 0xd, 0xb8, ...NULLS]), host)
  const ases = [...(type === 'eBGP' ? [EXTERNAL_AS] : []), 64700 + version, 4_200_000_000 + set]
  return {
    nexthop,
    origin: 0,
    asPath: [{ type: Segment.SEQUENCE, ases }],
    ...(type === 'iBGP' && { localPreference: 100 }),
    ...(set % 3 === 0 && { med: version }),
    communities: [0xfde8_0001],
  }
}

const NULLS = new Array<number>(11).fill(0)

function withdrawals({ family, from, count }: Feed): Uint8Array {
  return written(writer => {
    writer.withdraw(family)
    for (let i = 0; i < count; i++) addPrefix(writer, family, from + i)
  })
}

const prefix = new Uint8Array(16)

/** Prefixes of several lengths, in both halves of the numbers that their words can be: 10.0.0.0/24, 198.0.1.0/24, ... */
function addPrefix(writer: Writer, family: Family, index: number): void {
  const [high, low] = [index >> 8, index & 255]
  const odd = index % 2 === 1
  prefix.fill(0)
  if (family === 4) prefix.set([odd ? 198 : 10, high, low])
  else prefix.set([0x20, 1, 0xd, 0xb8, high, low, odd ? 0xfe : 0, 0, 0xfd, 0, 0, 0, 0xfc, 0, 0, low])
  writer.add(prefix, 0, LENGTHS[family][index % 8]!)
}

/** By the last bits of a prefix's number. */
const LENGTHS: Readonly<Record<Family, readonly number[]>> = {
  4: [24, 24, 24, 32, 24, 24, 24, 24],
  6: [48, 64, 48, 64, 48, 64, 128, 64],
}

function written(write: (writer: Writer) => void): Uint8Array {
  const pieces: Uint8Array[] = []
  const writer = new UpdateWriter({ limit: 4096, addPath: [], emit: bytes => pieces.push(bytes) })
  write(writer)
  writer.flush()
  const all = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    all.set(piece, at)
    at += piece.length
  }
  return all
}
