import { ADDRESS_BYTES, type Family, formatAddress } from '../../net/address.ts'
import type { Prefix } from '../../net/prefix.ts'
import { NLM_F, RTA, RTM, RTM_F } from '../constants.ts'
import { Attributes, forEachAttribute, type Message, type ReceiveBuffer } from '../netlink/message-reader.ts'
import type { MessageWriter } from '../netlink/message-writer.ts'
import type { Route, RouteFilter } from '../objects.ts'
import { AF_OF, familyOfAf, readAddress } from './fields.ts'

/** Routes as objects: RTM_NEWROUTE as it is read (rtnetlink.h). Very many at once go by `route-columns`. */

/** Bytes of struct rtmsg and of struct rtnexthop. */
export const ROUTE_HEADER = 12
const PATH_HEADER = 8

/** Flags in rtm_flags that are those of a path (RTNH_F_*). */
const PATH_FLAGS = 0xff

/** A dump of the routes of one family; the kernel sends only what the filter names. */
export function requestRoutes(writer: MessageWriter, family: Family, filter: RouteFilter): void {
  writer.begin(RTM.GETROUTE, NLM_F.DUMP)
  writer.raw(AF_OF[family], 0, 0, 0, 0, filter.protocol ?? 0, 0, 0)
  writer.rawU32(0)
  if (filter.table !== undefined) writer.u32(RTA.TABLE, filter.table)
  writer.end()
}

/** Reads a route; undefined for cached ones (RTM_F_CLONED) and for families other than IP. */
export function readRoute({ buffer, start, end }: Message): Route | undefined {
  if (start + ROUTE_HEADER > end) return undefined
  const family = familyOfAf(buffer.bytes[start]!)
  const flags = buffer.words[(start >> 2) + 2]!
  if (!family || flags & RTM_F.CLONED) return undefined
  const attributes = new Attributes(buffer, start + ROUTE_HEADER, end)
  const nexthopId = attributes.u32(RTA.NH_ID)
  return {
    family,
    prefix: `${readDestination(attributes, family)}/${buffer.bytes[start + 1]}`,
    table: attributes.u32(RTA.TABLE) ?? buffer.bytes[start + 4]!,
    protocol: buffer.bytes[start + 5]!,
    metric: attributes.u32(RTA.PRIORITY) ?? 0,
    type: buffer.bytes[start + 7]!,
    scope: buffer.bytes[start + 6]!,
    flags,
    ...(nexthopId !== undefined && { nexthopId }),
    paths: readPaths(buffer, attributes, flags),
  }
}

/** The destination of a route alone, for those who pass over most; undefined where `readRoute` has nothing either. */
export function readDestinationPrefix({ buffer, start, end }: Message): Prefix | undefined {
  const family = start + ROUTE_HEADER > end ? undefined : familyOfAf(buffer.bytes[start]!)
  if (!family) return undefined
  const bytes = new Uint8Array(ADDRESS_BYTES[family])
  forEachAttribute(buffer, start + ROUTE_HEADER, end, (type, at, length) => {
    if (type === RTA.DST && length === bytes.length) bytes.set(buffer.bytes.subarray(at, at + length))
  })
  return { bytes, length: buffer.bytes[start + 1]! }
}

/** RTPROT_* of a route (rtm_protocol). */
export function protocolOf({ buffer, start }: Message): number | undefined {
  return buffer.bytes[start + 5]
}

/** The kernel leaves RTA_DST out of a default route. */
function readDestination(attributes: Attributes, family: Family): string {
  const bytes = attributes.sized(RTA.DST, ADDRESS_BYTES[family])
  return bytes ? formatAddress(bytes) : family === 4 ? '0.0.0.0' : '::'
}

function readPaths(buffer: ReceiveBuffer, attributes: Attributes, flags: number): Route['paths'] {
  const multipath = attributes.bytes(RTA.MULTIPATH)
  if (multipath) {
    return readMultipath(buffer, multipath.byteOffset, multipath.byteOffset + multipath.length)
  }
  const gateway = readGateway(attributes)
  const link = attributes.u32(RTA.OIF)
  if (gateway === undefined && link === undefined) return []
  return [path(gateway, link, 1, flags & PATH_FLAGS)]
}

/** struct rtnexthop: length, flags, weight - 1, link; then the path's own attributes. */
function readMultipath(buffer: ReceiveBuffer, start: number, end: number): Route['paths'] {
  const paths: Route['paths'][number][] = []
  for (let at = start; at + PATH_HEADER <= end; ) {
    const length = buffer.halves[at >> 1]!
    if (length < PATH_HEADER || at + length > end) break
    const gateway = readGateway(new Attributes(buffer, at + PATH_HEADER, at + length))
    const link = buffer.words[(at >> 2) + 1]!
    paths.push(path(gateway, link, buffer.bytes[at + 3]! + 1, buffer.bytes[at + 2]!))
    at += (length + 3) & ~3
  }
  return paths
}

function path(gateway: string | undefined, link: number | undefined, weight: number, flags: number) {
  return {
    ...(gateway !== undefined && { gateway }),
    ...(link !== undefined && { link }),
    weight,
    flags,
  }
}

/** RTA_GATEWAY, or RTA_VIA where the gateway is of the other family (struct rtvia: family, then the address). */
function readGateway(attributes: Attributes): string | undefined {
  const gateway = readAddress(attributes, RTA.GATEWAY)
  if (gateway !== undefined) return gateway
  const via = attributes.sized(RTA.VIA, 2 + ADDRESS_BYTES[4], 2 + ADDRESS_BYTES[6])
  return via && formatAddress(via, 2)
}

/** AF_UNSPEC would also dump MPLS and multicast routing: each family is asked for by itself. */
export function familiesOf(filter: RouteFilter): readonly Family[] {
  return filter.family ? [filter.family] : [4, 6]
}
