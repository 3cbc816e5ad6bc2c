import { ADDRESS_BYTES, type Family } from '../../net/address.ts'
import { NLA_F, NLM_F, RT_SCOPE, RT_TABLE, RTA, RTM, RTM_F, RTN } from '../constants.ts'
import type { Message } from '../netlink/message-reader.ts'
import { ATTRIBUTE_HEADER, align, MESSAGE_HEADER, type MessageWriter } from '../netlink/message-writer.ts'
import type { RouteBatch, RouteColumns } from '../objects.ts'
import { AF_OF } from './fields.ts'
import { ROUTE_HEADER } from './route.ts'

/**
 * Routes by the hundred thousand, from columns to netlink's bytes and back without an object a route.
 *
 * All routes of a batch that are written look alike, and so do all that are deleted: the first of each is written
 * out, every other one is a copy of it with prefix, length and nexthop patched.
 */

/** Where in a message the fields lie that differ: rtm_dst_len, and the payloads of RTA_DST and RTA_NH_ID. */
const LENGTH_AT = MESSAGE_HEADER + 1
const DESTINATION_AT = MESSAGE_HEADER + ROUTE_HEADER + ATTRIBUTE_HEADER

/**
 * IPv6 takes metric 0 for IP6_RT_PRIO_USER when it adds a route (ipv6_route.h) and for any metric when it deletes.
 */
const IP6_RT_PRIO_USER = 1024

/** Writes rows `from` to `to` of a batch, each as one message. */
export function writeRouteRows(writer: MessageWriter, batch: RouteBatch, from: number, to: number): void {
  const size = ADDRESS_BYTES[batch.family]
  const nexthopAt = DESTINATION_AT + size + ATTRIBUTE_HEADER
  let added = -1
  let deleted = -1
  for (let row = from; row < to; row++) {
    const nexthopId = batch.nexthopIds[row]!
    const pattern = nexthopId === 0 ? deleted : added
    const at = pattern < 0 ? writePattern(writer, batch, nexthopId !== 0) : writer.copyMessage(pattern)
    if (nexthopId === 0) {
      deleted = at
    } else {
      added = at
      writer.patchWord(at + nexthopAt, nexthopId)
    }
    writer.patchByte(at + LENGTH_AT, batch.lengths[row]!)
    writer.patchBytes(at + DESTINATION_AT, batch.addresses, row * size, size)
  }
}

/**
 * The message for one row, prefix and nexthop still zero. A route with RTA_NH_ID must carry no other path. A
 * deletion names table, protocol, metric and scope, so that it cannot hit another's route of the same prefix.
 */
function writePattern(writer: MessageWriter, batch: RouteBatch, add: boolean): number {
  const { family, table, protocol, metric } = batch
  const start = writer.begin(add ? RTM.NEWROUTE : RTM.DELROUTE, add ? NLM_F.CREATE | NLM_F.REPLACE : 0)
  const shortTable = table < 256 ? table : RT_TABLE.COMPAT
  writer.raw(AF_OF[family], 0, 0, 0, shortTable, protocol, RT_SCOPE.UNIVERSE, add ? RTN.UNICAST : RTN.UNSPEC)
  writer.rawU32(0)
  writer.attribute(RTA.DST, new Uint8Array(ADDRESS_BYTES[family]))
  if (add) writer.u32(RTA.NH_ID, 0)
  const priority = metric || (family === 6 ? IP6_RT_PRIO_USER : 0)
  if (priority !== 0) writer.u32(RTA.PRIORITY, priority)
  if (table >= 256) writer.u32(RTA.TABLE, table)
  writer.end()
  return start
}

/** Gathers the routes of a dump in columns that grow. */
export class RouteColumnsReader {
  readonly #family: Family
  readonly #table: number
  readonly #protocol: number
  readonly #size: number
  #count = 0
  #addresses = new Uint8Array(0)
  #lengths = new Uint8Array(0)
  #nexthopIds = new Uint32Array(0)
  #metrics = new Uint32Array(0)

  constructor(family: Family, table: number, protocol: number) {
    this.#family = family
    this.#table = table
    this.#protocol = protocol
    this.#size = ADDRESS_BYTES[family]
  }

  /** Forgets what was read. */
  restart(): void {
    this.#count = 0
  }

  /** Takes one message of the dump; routes of another family, table or protocol and cached ones are left out. */
  read({ buffer, start, end }: Message): void {
    const { bytes, halves, words } = buffer
    if (start + ROUTE_HEADER > end || bytes[start] !== AF_OF[this.#family]) return
    if (bytes[start + 5] !== this.#protocol || words[(start >> 2) + 2]! & RTM_F.CLONED) return
    let table: number = bytes[start + 4]!
    let destination = 0
    let nexthopId = 0
    let metric = 0
    // The walk of `forEachAttribute`, written out: a call for each attribute would double the time.
    for (let at = start + ROUTE_HEADER; at + ATTRIBUTE_HEADER <= end; ) {
      const length = halves[at >> 1]!
      if (length < ATTRIBUTE_HEADER || at + length > end) break
      const payload = at + ATTRIBUTE_HEADER
      const fits = length >= ATTRIBUTE_HEADER + 4
      switch (halves[(at >> 1) + 1]! & ~(NLA_F.NESTED | NLA_F.NET_BYTEORDER)) {
        case RTA.DST:
          if (length === ATTRIBUTE_HEADER + this.#size) destination = payload
          break
        case RTA.TABLE:
          if (fits) table = words[payload >> 2]!
          break
        case RTA.PRIORITY:
          if (fits) metric = words[payload >> 2]!
          break
        case RTA.NH_ID:
          if (fits) nexthopId = words[payload >> 2]!
          break
      }
      at += align(length)
    }
    if (table !== this.#table) return
    const row = this.#append()
    if (destination === 0) this.#addresses.fill(0, row * this.#size, (row + 1) * this.#size)
    else this.#addresses.set(bytes.subarray(destination, destination + this.#size), row * this.#size)
    this.#lengths[row] = bytes[start + 1]!
    this.#nexthopIds[row] = nexthopId
    this.#metrics[row] = metric
  }

  /** What was read, in columns of just the length. */
  columns(): RouteColumns {
    const count = this.#count
    return {
      family: this.#family,
      table: this.#table,
      protocol: this.#protocol,
      metric: this.#metrics[0] ?? 0,
      count,
      addresses: this.#addresses.slice(0, count * this.#size),
      lengths: this.#lengths.slice(0, count),
      nexthopIds: this.#nexthopIds.slice(0, count),
      metrics: this.#metrics.slice(0, count),
    }
  }

  #append(): number {
    if (this.#count === this.#lengths.length) this.#grow(Math.max(1024, this.#count * 2))
    return this.#count++
  }

  #grow(rows: number): void {
    const { addresses, lengths, nexthopIds, metrics } = {
      addresses: new Uint8Array(rows * this.#size),
      lengths: new Uint8Array(rows),
      nexthopIds: new Uint32Array(rows),
      metrics: new Uint32Array(rows),
    }
    addresses.set(this.#addresses)
    lengths.set(this.#lengths)
    nexthopIds.set(this.#nexthopIds)
    metrics.set(this.#metrics)
    this.#addresses = addresses
    this.#lengths = lengths
    this.#nexthopIds = nexthopIds
    this.#metrics = metrics
  }
}
