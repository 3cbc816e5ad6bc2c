import type { LinkAttrs } from 'netlink/dist/rt/ifla.js'
import { formatInfo, formatIptun, formatLinkAttrs, formatVlan, formatVxlan } from 'netlink/dist/rt/ifla.js'
import { AttrStream, readU32, type StreamData } from 'netlink/dist/structs.js'
import {
  AF,
  ARPHRD,
  IFF,
  IFLA,
  IFLA_INFO,
  IFLA_IPTUN,
  IFLA_VLAN,
  IFLA_VXLAN,
  NLM_F,
  RTM,
} from '../constants.ts'
import { KernelError } from '../errors.ts'
import { Attributes, type Message } from '../netlink/message-reader.ts'
import type { MessageWriter } from '../netlink/message-writer.ts'
import type { IpipLink, Link, LinkCounters, LinkSettings, MadeKind, VxlanLink } from '../objects.ts'
import { addressBytes, macBytes, readMac, readSetAddress } from './fields.ts'

/**
 * Links: RTM_NEWLINK and its kin (rtnetlink.h, if_link.h, if_tunnel.h).
 *
 * What we write is put together with the `netlink` package's typed attributes, so that the compiler checks names and
 * widths. What the kernel sends is read by our own reader: the package's parsers throw at any length they do not
 * expect, which would hide a link because of one attribute that nobody asked for.
 */

/** Bytes of struct ifinfomsg. */
const HEADER = 16

/** A dump of all links. */
export function requestLinks(writer: MessageWriter): void {
  writer.begin(RTM.GETLINK, NLM_F.DUMP)
  header(writer, 0)
  writer.end()
}

/**
 * Makes a link. Its alias is not among what RTM_NEWLINK takes when it creates (rtnetlink.c,
 * rtnl_newlink_create): that is a `setLink` afterwards.
 */
export function writeAddLink(writer: MessageWriter, link: LinkSettings): void {
  writer.begin(RTM.NEWLINK, NLM_F.CREATE | NLM_F.EXCL)
  header(writer, 0, link.up)
  const info = creationInfo(link)
  writer.rawBytes(
    bytesOf(
      formatLinkAttrs({
        ifname: link.name,
        ...commonAttributes(link),
        ...(link.kind === 'vlan' && { link: u32Bytes(link.parent ?? 0) }),
        ...(info && { linkinfo: info }),
      }),
    ),
  )
  writer.end()
}

/** Sets the alias of the link of a name. */
export function writeAliasByName(writer: MessageWriter, name: string, alias: string): void {
  writer.begin(RTM.NEWLINK, 0)
  header(writer, 0)
  writer.rawBytes(bytesOf(formatLinkAttrs({ ifname: name, ifalias: alias })))
  writer.end()
}

/**
 * Changes what is given of a link. Of a VXLAN that is local, ttl, learning and parent, where what is left out stays.
 * Of an IPIP tunnel all of `ipip` and the parent must be given: what is left out the kernel takes for none.
 */
export function writeSetLink(writer: MessageWriter, index: number, link: Partial<LinkSettings>): void {
  writer.begin(RTM.NEWLINK, 0)
  header(writer, index, link.up)
  const info = changeInfo(link)
  writer.rawBytes(
    bytesOf(
      formatLinkAttrs({
        ...(link.name !== undefined && { ifname: link.name }),
        ...commonAttributes(link),
        ...(link.alias !== undefined && { ifalias: link.alias }),
        ...(info && { linkinfo: info }),
      }),
    ),
  )
  writer.end()
}

export function writeDeleteLink(writer: MessageWriter, index: number): void {
  writer.begin(RTM.DELLINK, 0)
  header(writer, index)
  writer.end()
}

export function writeDeleteLinkByName(writer: MessageWriter, name: string): void {
  writer.begin(RTM.DELLINK, 0)
  header(writer, 0)
  writer.rawBytes(bytesOf(formatLinkAttrs({ ifname: name })))
  writer.end()
}

/**
 * Reads a link. Messages of AF_BRIDGE speak of a bridge's port, not of the link (a port that leaves its bridge is
 * told as a deletion there): they answer undefined.
 */
export function readLink({ buffer, start, end }: Message): Link | undefined {
  if (start + HEADER > end || buffer.bytes[start] !== AF.UNSPEC) return undefined
  const attributes = new Attributes(buffer, start + HEADER, end)
  const flags = buffer.words[(start >> 2) + 2]!
  const info = attributes.nested(IFLA.LINKINFO)
  const kind = info?.text(IFLA_INFO.KIND) ?? ''
  const data = info?.nested(IFLA_INFO.DATA)
  const counters = readCounters(attributes)
  return {
    index: buffer.words[(start >> 2) + 1]!,
    name: attributes.text(IFLA.IFNAME) ?? '',
    kind,
    loopback: buffer.halves[(start >> 1) + 1] === ARPHRD.LOOPBACK,
    macAddress: readMac(attributes, IFLA.ADDRESS),
    mtu: attributes.u32(IFLA.MTU) ?? 0,
    up: (flags & IFF.UP) !== 0,
    carrier: (flags & IFF.LOWER_UP) !== 0,
    parent: readParent(attributes, kind, data),
    master: attributes.u32(IFLA.MASTER) ?? 0,
    alias: attributes.text(IFLA.IFALIAS) ?? '',
    ...(data && READERS[kind]?.(data)),
    ...(counters && { counters }),
  }
}

const READERS: Readonly<Record<string, (data: Attributes) => Partial<Link>>> = {
  vlan: data => {
    const vlanId = data.u16(IFLA_VLAN.ID)
    return vlanId === undefined ? {} : { vlanId }
  },
  vxlan: data => {
    const local = readSetAddress(data, IFLA_VXLAN.LOCAL) ?? readSetAddress(data, IFLA_VXLAN.LOCAL6)
    const vxlan: VxlanLink = {
      vni: data.u32(IFLA_VXLAN.ID) ?? 0,
      port: data.u16be(IFLA_VXLAN.PORT) ?? 0,
      ...(local && { local }),
      learning: (data.u8(IFLA_VXLAN.LEARNING) ?? 0) !== 0,
      ttl: data.u8(IFLA_VXLAN.TTL) ?? 0,
    }
    return { vxlan }
  },
  ipip: data => {
    const local = readSetAddress(data, IFLA_IPTUN.LOCAL)
    const remote = readSetAddress(data, IFLA_IPTUN.REMOTE)
    const ipip: IpipLink = {
      ...(local && { local }),
      ...(remote && { remote }),
      ttl: data.u8(IFLA_IPTUN.TTL) ?? 0,
    }
    return { ipip }
  },
}

/** Tunnels tell their underlay device inside of their own attributes, not always in IFLA_LINK. */
const PARENT_IN_DATA: Readonly<Record<string, number>> = { vxlan: IFLA_VXLAN.LINK, ipip: IFLA_IPTUN.LINK }

function readParent(attributes: Attributes, kind: string, data: Attributes | undefined): number {
  // An index in another namespace names nothing in ours.
  if (attributes.has(IFLA.LINK_NETNSID)) return 0
  const inside = PARENT_IN_DATA[kind]
  return (inside && data?.u32(inside)) || (attributes.u32(IFLA.LINK) ?? 0)
}

/** struct rtnl_link_stats64: packets, bytes, errors, dropped, of each first what was received, then what was sent. */
function readCounters(attributes: Attributes): LinkCounters | undefined {
  const at = (index: number) => attributes.u64At(IFLA.STATS64, index * 8)
  if (at(7) === undefined) return undefined
  return {
    rxPackets: at(0)!,
    txPackets: at(1)!,
    rxBytes: at(2)!,
    txBytes: at(3)!,
    rxErrors: at(4)!,
    txErrors: at(5)!,
    rxDropped: at(6)!,
    txDropped: at(7)!,
  }
}

/** struct ifinfomsg. `up` left out changes nothing. */
function header(writer: MessageWriter, index: number, up?: boolean): void {
  writer.raw(AF.UNSPEC, 0, 0, 0)
  writer.rawU32(index)
  writer.rawU32(up ? IFF.UP : 0)
  writer.rawU32(up === undefined ? 0 : IFF.UP)
}

function commonAttributes(link: Partial<LinkSettings>): LinkAttrs {
  return {
    ...(link.macAddress !== undefined && { address: Buffer.from(macBytes(link.macAddress)) }),
    ...(link.mtu !== undefined && { mtu: link.mtu }),
    ...(link.master !== undefined && { master: link.master }),
  }
}

/** IFLA_LINKINFO of a link that is made. */
function creationInfo(link: LinkSettings): Buffer | undefined {
  return link.kind && CREATORS[link.kind](link)
}

const CREATORS: Readonly<Record<MadeKind, (link: LinkSettings) => Buffer>> = {
  bridge: () => linkInfo('bridge'),
  vlan: link => {
    if (link.vlanId === undefined || !link.parent) throw incomplete(link, 'vlanId and parent')
    return linkInfo('vlan', formatVlan({ id: link.vlanId }))
  },
  vxlan: link => {
    if (!link.vxlan) throw incomplete(link, 'vxlan')
    const attributes = vxlanAttributes(link.vxlan, link.parent)
    return linkInfo('vxlan', formatVxlan({ ...attributes, port: u16beBytes(link.vxlan.port) }))
  },
  ipip: link => {
    if (!link.ipip) throw incomplete(link, 'ipip')
    return linkInfo('ipip', formatIptun(ipipAttributes(link.ipip, link.parent)))
  },
}

/** IFLA_LINKINFO of a change; the port of a VXLAN cannot be changed and must not be sent (vxlan_core.c). */
function changeInfo({ parent, vxlan, ipip }: Partial<LinkSettings>): Buffer | undefined {
  if (vxlan) return linkInfo('vxlan', formatVxlan(vxlanAttributes(vxlan, parent)))
  if (ipip) return linkInfo('ipip', formatIptun(ipipAttributes(ipip, parent)))
  return undefined
}

function incomplete(link: LinkSettings, what: string): KernelError {
  return new KernelError('EINVAL', `a link of kind ${link.kind} needs ${what}: ${link.name}`)
}

/** UDP checksums are left as the kernel has them: sent over IPv4, sent and asked for over IPv6. */
function vxlanAttributes({ vni, local, ttl, learning }: VxlanLink, parent: number | undefined) {
  const address = local === undefined ? undefined : Buffer.from(addressBytes(local))
  return {
    id: vni,
    ...(parent !== undefined && { link: parent }),
    ...(address?.length === 4 && { local: address }),
    ...(address?.length === 16 && { local6: address }),
    ttl,
    learning: Number(learning),
  }
}

function ipipAttributes({ local, remote, ttl }: IpipLink, parent: number | undefined) {
  return {
    ...(parent !== undefined && { link: parent }),
    ...(local !== undefined && { local: inAddr(local) }),
    ...(remote !== undefined && { remote: inAddr(remote) }),
    ttl,
  }
}

/** An IPv4 address as the number whose bytes in the host's order are the address's in network order. */
function inAddr(text: string): number {
  const bytes = Buffer.from(addressBytes(text))
  if (bytes.length !== 4) throw new KernelError('EINVAL', `an IPIP tunnel runs over IPv4, not over ${text}`)
  return readU32.call(bytes, 0)
}

function linkInfo(kind: string, data?: StreamData): Buffer {
  return bytesOf(formatInfo({ kind, ...(data && { data: bytesOf(data) }) }))
}

function bytesOf(data: StreamData): Buffer {
  const stream = new AttrStream()
  stream.emit(data)
  return Buffer.concat(stream.bufs)
}

function u32Bytes(value: number): Buffer {
  return Buffer.from(Uint32Array.of(value).buffer)
}

function u16beBytes(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff])
}
