import type { Family } from '../../../src/net/address.ts'

/**
 * What the feeders of a bench announce, as numbers and as bytes. Prefix `i` of the whole table belongs to feeder
 * `i / each`, and to attribute set `i / perSet`, so that whoever receives a route knows from the prefix alone what
 * its attributes have to be. Codec and checks are the bench's own: a mistake of the product is no mistake here.
 */
export interface TableShape {
  readonly family: Family
  /** Peers that announce: the first ones. */
  readonly feeders: number
  /** Prefixes of one feeder. */
  readonly each: number
  /** Consecutive prefixes that share one set of attributes. */
  readonly perSet: number
  /** Prefixes of one UPDATE. */
  readonly perUpdate: number
}

export const AS = 65000
export const AS_PATH_HEAD = [64700, 64800] as const
/** Last AS of the path of set 0; set n has this plus n. */
export const FIRST_SET_AS = 3_000_000_000
export const LOCAL_PREF = 100
/** 64999 with the low half of the set's number, and 65000:1, in the order that speakers which sort them leave alone. */
export const COMMUNITIES = [64999 * 65536, 65000 * 65536 + 1] as const
/** The speaker that is measured: router identifier and cluster. */
export const SPEAKER = { 4: '10.99.0.1', 6: 'fd99::1' } as const
export const SPEAKER_ID = 0x0a63_0001

const HEADER = 19
const MAX_MESSAGE = 4096
const PEERS_PER_NET = 250

/** Router identifier of a peer, which is its IPv4 address too: 10.99.1.1 and on. */
export function peerId(peer: number): number {
  return (0x0a63_0101 + Math.floor(peer / PEERS_PER_NET) * 256 + (peer % PEERS_PER_NET)) >>> 0
}

/** The address that a peer dials from, and that is the next hop of all that it announces. */
export function peerAddress(family: Family, peer: number): string {
  const id = peerId(peer)
  if (family === 6) return `fd99::${(id & 0xffff).toString(16)}`
  return [id >>> 24, (id >>> 16) & 255, (id >>> 8) & 255, id & 255].join('.')
}

/** Prefixes of the whole table. */
export function tableSize(shape: TableShape): number {
  return shape.feeders * shape.each
}

/** All that a feeder announces, as UPDATEs, End-of-RIB last. */
export function announcements(shape: TableShape, feeder: number): Buffer {
  const writer = new Writer()
  const first = feeder * shape.each
  for (let at = first; at < first + shape.each; at += shape.perUpdate) {
    const end = Math.min(at + shape.perUpdate, first + shape.each)
    writer.announce(shape, feeder, at, end, -1)
  }
  writer.endOfRib(shape.family)
  return writer.bytes()
}

/** One prefix again, with a MED. */
export function change(shape: TableShape, prefix: number, med: number): Buffer {
  const writer = new Writer()
  writer.announce(shape, Math.floor(prefix / shape.each), prefix, prefix + 1, med)
  return writer.bytes()
}

/** Takes all prefixes of a feeder back, as many in an UPDATE as fit. */
export function withdrawals(shape: TableShape, feeder: number): Buffer {
  const writer = new Writer()
  const first = feeder * shape.each
  const perUpdate = shape.family === 4 ? 1000 : 500
  for (let at = first; at < first + shape.each; at += perUpdate)
    writer.withdraw(shape.family, at, Math.min(at + perUpdate, first + shape.each))
  return writer.bytes()
}

/** End-of-RIB of a family (RFC 4724 §2). */
export function endOfRib(family: Family): Buffer {
  const writer = new Writer()
  writer.endOfRib(family)
  return writer.bytes()
}

/** Messages one after the other in one growing piece of memory. */
class Writer {
  #bytes = Buffer.allocUnsafe(1 << 20)
  #at = 0
  #start = 0

  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#at)
  }

  announce(shape: TableShape, feeder: number, from: number, to: number, med: number): void {
    const set = Math.floor(from / shape.perSet)
    this.#open()
    this.#u16(0)
    const lengthAt = this.#at
    this.#at += 2
    if (shape.family === 6) this.#reach(feeder, from, to)
    this.#octets(0x40, 1, 1, 0)
    this.#octets(0x40, 2, 14, 2, 3)
    this.#u32(AS_PATH_HEAD[0])
    this.#u32(AS_PATH_HEAD[1])
    this.#u32(FIRST_SET_AS + set)
    if (shape.family === 4) {
      this.#octets(0x40, 3, 4)
      this.#u32(peerId(feeder))
    }
    if (med >= 0) {
      this.#octets(0x80, 4, 4)
      this.#u32(med)
    }
    this.#octets(0x40, 5, 4)
    this.#u32(LOCAL_PREF)
    this.#octets(0xc0, 8, 8)
    this.#u32(COMMUNITIES[0] + (set & 0xffff))
    this.#u32(COMMUNITIES[1])
    this.#bytes.writeUInt16BE(this.#at - lengthAt - 2, lengthAt)
    if (shape.family === 4) this.#prefixes(4, from, to)
    this.#close()
  }

  withdraw(family: Family, from: number, to: number): void {
    this.#open()
    if (family === 4) {
      this.#u16((to - from) * 4)
      this.#prefixes(4, from, to)
      this.#u16(0)
    } else {
      this.#u16(0)
      this.#u16(7 + (to - from) * 7)
      this.#octets(0x90, 15)
      this.#u16(3 + (to - from) * 7)
      this.#octets(0, 2, 1)
      this.#prefixes(6, from, to)
    }
    this.#close()
  }

  endOfRib(family: Family): void {
    this.#open()
    this.#u16(0)
    this.#u16(family === 4 ? 0 : 6)
    if (family === 6) this.#octets(0x80, 15, 3, 0, 2, 1)
    this.#close()
  }

  /** MP_REACH_NLRI: the peer's address as next hop, and all NLRI. */
  #reach(feeder: number, from: number, to: number): void {
    this.#octets(0x90, 14)
    this.#u16(21 + (to - from) * 7)
    this.#octets(0, 2, 1, 16, 0xfd, 0x99, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    this.#u16(peerId(feeder) & 0xffff)
    this.#octets(0)
    this.#prefixes(6, from, to)
  }

  /** 20.0.0.0/24 and on; 2a00::/48 and on. */
  #prefixes(family: Family, from: number, to: number): void {
    for (let prefix = from; prefix < to; prefix++) {
      if (family === 4) this.#u32(0x1814_0000 + prefix)
      else {
        this.#octets(48, 0x2a, 0)
        this.#u32(prefix)
      }
    }
  }

  #open(): void {
    if (this.#bytes.length - this.#at < MAX_MESSAGE) {
      const larger = Buffer.allocUnsafe(this.#bytes.length * 2)
      larger.set(this.#bytes)
      this.#bytes = larger
    }
    this.#start = this.#at
    this.#bytes.fill(0xff, this.#at, this.#at + 16)
    this.#bytes[this.#at + 18] = 2
    this.#at += HEADER
  }

  #close(): void {
    this.#bytes.writeUInt16BE(this.#at - this.#start, this.#start + 16)
  }

  #octets(...octets: readonly number[]): void {
    for (const octet of octets) this.#bytes[this.#at++] = octet
  }

  #u16(value: number): void {
    this.#at = this.#bytes.writeUInt16BE(value, this.#at)
  }

  #u32(value: number): void {
    this.#at = this.#bytes.writeUInt32BE(value >>> 0, this.#at)
  }
}
