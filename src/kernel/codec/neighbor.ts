import { AF, NDA, NLM_F, NTF, RTM } from '../constants.ts'
import { Attributes, type Message } from '../netlink/message-reader.ts'
import type { MessageWriter } from '../netlink/message-writer.ts'
import type { FdbEntry, Neighbor } from '../objects.ts'
import { addressBytes, afOf, familyOfAf, macBytes, readAddress, readMac } from './fields.ts'

/** Neighbours and FDB entries: both are RTM_NEWNEIGH (neighbour.h), told apart by the address family. */

/** Bytes of struct ndmsg. */
const HEADER = 12

/** A dump of the ARP and ND tables. */
export function requestNeighbors(writer: MessageWriter): void {
  writer.begin(RTM.GETNEIGH, NLM_F.DUMP)
  header(writer, AF.UNSPEC, 0, 0, 0)
  writer.end()
}

/** A dump of the forwarding databases of bridges and VXLANs. */
export function requestFdb(writer: MessageWriter): void {
  writer.begin(RTM.GETNEIGH, NLM_F.DUMP)
  header(writer, AF.BRIDGE, 0, 0, 0)
  writer.end()
}

/** Sets a neighbour, whatever it was before. */
export function writeSetNeighbor(writer: MessageWriter, neighbor: Neighbor): void {
  const address = addressBytes(neighbor.address)
  writer.begin(RTM.NEWNEIGH, NLM_F.CREATE | NLM_F.REPLACE)
  header(writer, afOf(address), neighbor.link, neighbor.state, neighbor.flags)
  writer.attribute(NDA.DST, address)
  if (neighbor.macAddress !== '') writer.attribute(NDA.LLADDR, macBytes(neighbor.macAddress))
  if (neighbor.protocol) writer.u8(NDA.PROTOCOL, neighbor.protocol)
  writer.end()
}

export function writeDeleteNeighbor(writer: MessageWriter, neighbor: Neighbor): void {
  const address = addressBytes(neighbor.address)
  writer.begin(RTM.DELNEIGH, 0)
  header(writer, afOf(address), neighbor.link, 0, neighbor.flags & NTF.PROXY)
  writer.attribute(NDA.DST, address)
  writer.end()
}

/**
 * Sets an FDB entry. A unicast MAC lies behind one VTEP, and the entry is replaced; the all-zero MAC and group
 * MACs go to a list of them (head-end replication), and the destination is added to it (NLM_F_APPEND, which the
 * kernel takes for no others). Either way an entry that is there already is no failure.
 */
export function writeSetFdb(writer: MessageWriter, entry: FdbEntry): void {
  const mac = macBytes(entry.macAddress)
  const replicated = entry.destination !== undefined && ((mac[0]! & 1) === 1 || mac.every(byte => byte === 0))
  writer.begin(RTM.NEWNEIGH, NLM_F.CREATE | (replicated ? NLM_F.APPEND : NLM_F.REPLACE))
  fdbBody(writer, entry, mac)
  writer.end()
}

export function writeDeleteFdb(writer: MessageWriter, entry: FdbEntry): void {
  const mac = macBytes(entry.macAddress)
  writer.begin(RTM.DELNEIGH, 0)
  fdbBody(writer, entry, mac)
  writer.end()
}

/** Reads an ARP or ND entry; undefined for an FDB entry. */
export function readNeighbor({ buffer, start, end }: Message): Neighbor | undefined {
  if (start + HEADER > end || !familyOfAf(buffer.bytes[start]!)) return undefined
  const attributes = new Attributes(buffer, start + HEADER, end)
  const address = readAddress(attributes, NDA.DST)
  if (address === undefined) return undefined
  return {
    link: buffer.words[(start >> 2) + 1]!,
    address,
    macAddress: readMac(attributes, NDA.LLADDR),
    state: buffer.halves[(start >> 1) + 4]!,
    flags: buffer.bytes[start + 10]!,
    protocol: attributes.u8(NDA.PROTOCOL) ?? 0,
  }
}

/** Reads an FDB entry; undefined for an ARP or ND entry. */
export function readFdbEntry({ buffer, start, end }: Message): FdbEntry | undefined {
  if (start + HEADER > end || buffer.bytes[start] !== AF.BRIDGE) return undefined
  const attributes = new Attributes(buffer, start + HEADER, end)
  const macAddress = readMac(attributes, NDA.LLADDR)
  if (macAddress === '') return undefined
  const destination = readAddress(attributes, NDA.DST)
  const master = attributes.u32(NDA.MASTER)
  return {
    link: buffer.words[(start >> 2) + 1]!,
    macAddress,
    ...(destination !== undefined && { destination }),
    ...(master !== undefined && { master }),
    state: buffer.halves[(start >> 1) + 4]!,
    flags: buffer.bytes[start + 10]!,
  }
}

/** struct ndmsg. */
function header(writer: MessageWriter, af: number, link: number, state: number, flags: number): void {
  writer.raw(af, 0, 0, 0)
  writer.rawU32(link)
  writer.rawU16s(state, flags)
}

/** An entry is the device's own (NTF_SELF) or its bridge's (NTF_MASTER); a destination is only known to the first. */
function fdbBody(writer: MessageWriter, entry: FdbEntry, mac: Uint8Array): void {
  const flags = entry.flags & (NTF.SELF | NTF.MASTER) ? entry.flags : entry.flags | NTF.SELF
  header(writer, AF.BRIDGE, entry.link, entry.state, flags)
  writer.attribute(NDA.LLADDR, mac)
  if (entry.destination !== undefined) writer.attribute(NDA.DST, addressBytes(entry.destination))
}
