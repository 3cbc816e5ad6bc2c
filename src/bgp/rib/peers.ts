import type { Family } from '../../net/address.ts'
import { widened } from '../../net/columns.ts'
import { withoutZone } from '../../net/zone.ts'
import type { PeerType } from '../sink.ts'

/** The number under which our own routes stand in the tables. */
export const LOCAL = 0

/** What the tables have to know of a neighbour, in columns by its number. */
export class PeerColumns {
  /** 1: eBGP. */
  external = new Uint8Array(64)
  /** 1: of another AS of our confederation (RFC 5065): inside, as iBGP is, for the decision process. */
  confederation = new Uint8Array(64)
  /** 1: a client of our route reflector (RFC 4456). */
  client = new Uint8Array(64)
  routerId = new Uint32Array(64)
  /** Number of its neighbour group among the names that policies know; 0: none. */
  group = new Uint16Array(64)
  /** Number of the neighbour among those that policies name; 0: none names it. */
  named = new Uint16Array(64)
  readonly #addresses: Uint8Array[] = [new Uint8Array(4)]
  readonly #free: number[] = []
  #top = 1

  /** A number for a neighbour; -1 where all 65,535 are in use. */
  take(address: string): number {
    const peer = this.#free.pop() ?? this.#top++
    if (peer > 0xffff) {
      this.#top--
      return -1
    }
    this.external = widened(this.external, peer + 1)
    this.confederation = widened(this.confederation, peer + 1)
    this.client = widened(this.client, peer + 1)
    this.routerId = widened(this.routerId, peer + 1)
    this.group = widened(this.group, peer + 1)
    this.named = widened(this.named, peer + 1)
    this.#addresses[peer] = withoutZone(address) ?? new Uint8Array(4)
    return peer
  }

  /**
   * Gives a number back. No path may have it any more. What the neighbour was stays until `identify`: others may not have
   * been told yet of the end of its paths.
   */
  release(peer: number): void {
    this.client[peer] = 0
    this.group[peer] = 0
    this.named[peer] = 0
    this.#free.push(peer)
  }

  /**
   * What a neighbour is to us in the session that begins, and its BGP identifier.
   * @returns whether that is other than it was, for a neighbour of this number
   */
  identify(peer: number, type: PeerType, routerId: number): boolean {
    const external = type === 'eBGP' ? 1 : 0
    const confederation = type === 'confederation' ? 1 : 0
    const same =
      this.external[peer] === external &&
      this.confederation[peer] === confederation &&
      this.routerId[peer] === routerId
    this.external[peer] = external
    this.confederation[peer] = confederation
    this.routerId[peer] = routerId
    return !same
  }

  /** What policies and the rules of reflection know of a neighbour. @returns whether that is other than it was */
  regroup(peer: number, now: { group: number; named: number; client: boolean }): boolean {
    const client = now.client ? 1 : 0
    const same =
      this.group[peer] === now.group && this.named[peer] === now.named && this.client[peer] === client
    this.group[peer] = now.group
    this.named[peer] = now.named
    this.client[peer] = client
    return !same
  }

  /** The address of a neighbour: 4 or 16 octets. */
  address(peer: number): Uint8Array {
    return this.#addresses[peer]!
  }

  /** RFC 4271 §9.1.2.2 g: below 0 where the address of `a` is the lower one. IPv4 is below IPv6. */
  compareAddresses(a: number, b: number): number {
    const left = this.#addresses[a]!
    const right = this.#addresses[b]!
    if (left.length !== right.length) return left.length - right.length
    for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return left[i]! - right[i]!
    return 0
  }
}

/** How many paths of a neighbour a family's table has. */
export class PathCounts {
  received = new Uint32Array(64)
  accepted = new Uint32Array(64)
  stale = new Uint32Array(64)
  /** Paths are of the epoch in which they came last: what is of an older one is stale. */
  epoch = new Uint8Array(64)
  /** The oldest epoch whose paths are kept. */
  oldest = new Uint8Array(64)

  reserve(peer: number): void {
    this.received = widened(this.received, peer + 1)
    this.accepted = widened(this.accepted, peer + 1)
    this.stale = widened(this.stale, peer + 1)
    this.epoch = widened(this.epoch, peer + 1)
    this.oldest = widened(this.oldest, peer + 1)
  }
}

export type PerFamily<T> = Readonly<Record<Family, T>>
