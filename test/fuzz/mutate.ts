import type { Random } from './random.ts'

const HEADER = 19
const EDGES = [0, 1, 3, 4, 127, 128, 254, 255] as const

/** One change of an array of octets at a place. */
type Change = (bytes: number[], at: number, random: Random) => void

const CHANGES: readonly Change[] = [
  (bytes, at, random) => {
    bytes[at]! ^= 1 << random.below(8)
  },
  (bytes, at, random) => {
    bytes[at] = random.pick(EDGES)
  },
  (bytes, at, random) => {
    bytes[at] = random.below(256)
  },
  (bytes, at, random) => {
    bytes[at]! += random.oneIn(2) ? 1 : -1
    bytes[at]! &= 0xff
  },
  (bytes, at, random) => {
    bytes.splice(at, 1 + random.below(8))
  },
  (bytes, at, random) => {
    bytes.splice(at, 0, ...random.bytes(1 + random.below(8)))
  },
  (bytes, at, random) => {
    const piece = bytes.slice(at, at + 1 + random.below(64))
    for (let times = 1 + random.below(4); times > 0; times--) bytes.splice(at, 0, ...piece)
  },
  (bytes, at, random) => {
    const from = HEADER + random.below(Math.max(1, bytes.length - HEADER))
    bytes.splice(at, 0, ...bytes.slice(from, from + 1 + random.below(32)))
  },
  (bytes, at) => {
    bytes.length = at
  },
]

/** A message with a few octets changed, put in, taken out or repeated; the length in its header mostly put right. */
export function mutate(message: Uint8Array, random: Random, limit: number): Uint8Array {
  const bytes = Array.from(message)
  for (let changes = 1 + random.below(5); changes > 0; changes--) {
    const at = random.oneIn(12)
      ? random.below(bytes.length)
      : HEADER + random.below(Math.max(1, bytes.length - HEADER))
    random.pick(CHANGES)(bytes, Math.min(at, bytes.length), random)
    if (bytes.length < HEADER) bytes.push(...message.subarray(bytes.length, HEADER))
  }
  if (bytes.length > limit) bytes.length = limit
  if (!random.oneIn(25)) {
    bytes[16] = bytes.length >> 8
    bytes[17] = bytes.length & 0xff
  }
  return Uint8Array.from(bytes, octet => octet ?? 0)
}
