import type { Family } from '../../net/address.ts'
import { AF, NHA, NLM_F, RTM, RTNH_F } from '../constants.ts'
import { Attributes, type Message } from '../netlink/message-reader.ts'
import type { MessageWriter } from '../netlink/message-writer.ts'
import type { Nexthop } from '../objects.ts'
import { AF_OF, addressBytes, afOf, familyOfAf, readAddress } from './fields.ts'

/** Nexthop objects and groups: RTM_NEWNEXTHOP and its kin (nexthop.h). */

/** Bytes of struct nhmsg and of struct nexthop_grp. */
const HEADER = 8
const GROUP_ENTRY = 8

/** A dump of all nexthops. */
export function requestNexthops(writer: MessageWriter): void {
  writer.begin(RTM.GETNEXTHOP, NLM_F.DUMP)
  header(writer, AF.UNSPEC, 0, 0)
  writer.end()
}

/** Makes a nexthop, or replaces the one of this id: what points at it follows at once. */
export function writeSetNexthop(writer: MessageWriter, nexthop: Nexthop): void {
  writeNexthop(writer, nexthop, NLM_F.CREATE | NLM_F.REPLACE)
}

/** Replaces the nexthop of this id. The kernel answers ENOENT where there is none (nexthop.c, insert_nexthop). */
export function writeReplaceNexthop(writer: MessageWriter, nexthop: Nexthop): void {
  writeNexthop(writer, nexthop, NLM_F.REPLACE)
}

function writeNexthop(writer: MessageWriter, nexthop: Nexthop, flags: number): void {
  const gateway = nexthop.gateway === undefined ? undefined : addressBytes(nexthop.gateway)
  writer.begin(RTM.NEWNEXTHOP, flags)
  header(writer, addressFamily(nexthop, gateway), nexthop.protocol, nexthop.onlink ? RTNH_F.ONLINK : 0)
  writer.u32(NHA.ID, nexthop.id)
  if (nexthop.group) writer.attribute(NHA.GROUP, groupBytes(nexthop.group))
  if (nexthop.blackhole) writer.flag(NHA.BLACKHOLE)
  if (nexthop.link !== undefined) writer.u32(NHA.OIF, nexthop.link)
  if (gateway) writer.attribute(NHA.GATEWAY, gateway)
  writer.end()
}

/** Deletes a nexthop. The kernel deletes the routes that point at it too, and tells of them nowhere. */
export function writeDeleteNexthop(writer: MessageWriter, id: number): void {
  writer.begin(RTM.DELNEXTHOP, 0)
  header(writer, AF.UNSPEC, 0, 0)
  writer.u32(NHA.ID, id)
  writer.end()
}

/** Reads a nexthop or a group. */
export function readNexthop({ buffer, start, end }: Message): Nexthop | undefined {
  if (start + HEADER > end) return undefined
  const attributes = new Attributes(buffer, start + HEADER, end)
  const id = attributes.u32(NHA.ID)
  if (id === undefined) return undefined
  const group = attributes.bytes(NHA.GROUP)
  const family = familyOfAf(buffer.bytes[start]!)
  const gateway = readAddress(attributes, NHA.GATEWAY)
  const link = attributes.u32(NHA.OIF)
  return {
    id,
    ...(family && !group && { family }),
    ...(gateway !== undefined && { gateway }),
    ...(link !== undefined && { link }),
    ...((buffer.words[(start >> 2) + 1]! & RTNH_F.ONLINK) !== 0 && { onlink: true }),
    ...(attributes.has(NHA.BLACKHOLE) && { blackhole: true }),
    ...(group && { group: readGroup(group) }),
    protocol: buffer.bytes[start + 2]!,
  }
}

/** struct nhmsg: family, scope (the kernel's to say), protocol, reserved, flags. */
function header(writer: MessageWriter, af: number, protocol: number, flags: number): void {
  writer.raw(af, 0, protocol, 0)
  writer.rawU32(flags)
}

function addressFamily(nexthop: Nexthop, gateway: Uint8Array | undefined): number {
  if (nexthop.group) return AF.UNSPEC
  const family: Family = nexthop.family ?? 4
  return gateway && nexthop.family === undefined ? afOf(gateway) : AF_OF[family]
}

/**
 * struct nexthop_grp: id, then weight - 1 in a byte and, since Linux 6.12, its upper half in the byte behind, where
 * older kernels want zero and know weights up to 256.
 */
function groupBytes(group: NonNullable<Nexthop['group']>): Uint8Array {
  const words = new Uint32Array(group.length * 2)
  const bytes = new Uint8Array(words.buffer)
  group.forEach(({ id, weight }, i) => {
    words[i * 2] = id
    bytes[i * GROUP_ENTRY + 4] = (weight - 1) & 0xff
    bytes[i * GROUP_ENTRY + 5] = (weight - 1) >> 8
  })
  return bytes
}

function readGroup(bytes: Uint8Array): { id: number; weight: number }[] {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2)
  return Array.from({ length: Math.floor(bytes.length / GROUP_ENTRY) }, (_, i) => ({
    id: words[i * 2]!,
    weight: (bytes[i * GROUP_ENTRY + 4]! | (bytes[i * GROUP_ENTRY + 5]! << 8)) + 1,
  }))
}
