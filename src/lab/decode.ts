import { formatAddress } from '../net/address.ts'
import { formatMac } from '../net/mac.ts'
import type { Layer } from './layers.ts'
import { LINKTYPE_ETHERNET, LINKTYPE_LINUX_SLL2, LINKTYPE_RAW } from './pcap.ts'

/**
 * Takes a packet apart, tunnel by tunnel. Each header is a row: how many bytes it needs, and a function that
 * reads it and says which header follows. Nothing throws, whatever the bytes are: where they end too early the
 * last layer is `malformed`, and what no row is known for is `payload`.
 */

/** What follows a header: the next row, and where it begins; `end` where the rest is padding. */
interface Step {
  readonly layer: Layer
  readonly next: Header | undefined
  readonly at: number
  readonly end?: number
}

interface Header {
  readonly name: string
  /** Bytes that must be there before it can be read. */
  readonly least: number
  read(view: DataView, at: number, end: number): Step | string
}

/** UDP destination ports that carry VXLAN: IANA's, and the kernel's from before (Flannel, Hybridnet, Cilium). */
const VXLAN_PORTS = new Set([4789, 8472])

/** No packet has more headers than this; a longer chain is an attack on the reader. */
const MOST_LAYERS = 32

const ethernet: Header = {
  name: 'Ethernet',
  least: 14,
  read(view, at) {
    const etherType = view.getUint16(at + 12)
    const layer = {
      type: 'ethernet',
      destination: mac(view, at),
      source: mac(view, at + 6),
      etherType,
    } as const
    return { layer, next: ETHER_TYPES[etherType], at: at + 14 }
  },
}

const vlan: Header = {
  name: '802.1Q',
  least: 4,
  read(view, at) {
    const tag = view.getUint16(at)
    const etherType = view.getUint16(at + 2)
    const layer = { type: 'vlan', id: tag & 0xfff, priority: tag >> 13, etherType } as const
    return { layer, next: ETHER_TYPES[etherType], at: at + 4 }
  },
}

const arp: Header = {
  name: 'ARP',
  least: 28,
  read(view, at) {
    if (view.getUint32(at) !== 0x00010800 || view.getUint16(at + 4) !== 0x0604) {
      return 'not ARP for IPv4 over Ethernet'
    }
    const layer = {
      type: 'arp',
      operation: view.getUint16(at + 6),
      senderMac: mac(view, at + 8),
      senderAddress: address(view, at + 14, 4),
      targetMac: mac(view, at + 18),
      targetAddress: address(view, at + 24, 4),
    } as const
    return { layer, next: undefined, at: at + 28, end: at + 28 }
  },
}

const ipv4: Header = {
  name: 'IPv4',
  least: 20,
  read(view, at, end) {
    const version = view.getUint8(at) >> 4
    const headerLength = (view.getUint8(at) & 0xf) * 4
    const totalLength = view.getUint16(at + 2)
    if (version !== 4) return `version ${version}`
    if (headerLength < 20 || totalLength < headerLength || at + headerLength > end) {
      return `header length ${headerLength}, total length ${totalLength}`
    }
    const fragment = view.getUint16(at + 6)
    const layer = {
      type: 'ipv4',
      source: address(view, at + 12, 4),
      destination: address(view, at + 16, 4),
      protocol: view.getUint8(at + 9),
      ttl: view.getUint8(at + 8),
      identification: view.getUint16(at + 4),
      dontFragment: (fragment & 0x4000) !== 0,
      moreFragments: (fragment & 0x2000) !== 0,
      fragmentOffset: (fragment & 0x1fff) * 8,
      totalLength,
    } as const
    const next = layer.fragmentOffset === 0 ? PROTOCOLS[layer.protocol] : undefined
    return { layer, next, at: at + headerLength, end: at + totalLength }
  },
}

const ipv6: Header = {
  name: 'IPv6',
  least: 40,
  read(view, at) {
    const version = view.getUint8(at) >> 4
    if (version !== 6) return `version ${version}`
    const layer = {
      type: 'ipv6',
      source: address(view, at + 8, 16),
      destination: address(view, at + 24, 16),
      nextHeader: view.getUint8(at + 6),
      hopLimit: view.getUint8(at + 7),
      payloadLength: view.getUint16(at + 4),
    } as const
    return { layer, next: PROTOCOLS[layer.nextHeader], at: at + 40, end: at + 40 + layer.payloadLength }
  },
}

const ipv6Fragment: Header = {
  name: 'IPv6 fragment',
  least: 8,
  read(view, at) {
    const offset = view.getUint16(at + 2)
    const layer = {
      type: 'ipv6-fragment',
      nextHeader: view.getUint8(at),
      fragmentOffset: offset & 0xfff8,
      moreFragments: (offset & 1) !== 0,
      identification: view.getUint32(at + 4),
    } as const
    const next = layer.fragmentOffset === 0 ? PROTOCOLS[layer.nextHeader] : undefined
    return { layer, next, at: at + 8 }
  },
}

const udp: Header = {
  name: 'UDP',
  least: 8,
  read(view, at) {
    const layer = {
      type: 'udp',
      sourcePort: view.getUint16(at),
      destinationPort: view.getUint16(at + 2),
      length: view.getUint16(at + 4),
    } as const
    return { layer, next: VXLAN_PORTS.has(layer.destinationPort) ? vxlan : undefined, at: at + 8 }
  },
}

const tcp: Header = {
  name: 'TCP',
  least: 20,
  read(view, at, end) {
    const headerLength = (view.getUint8(at + 12) >> 4) * 4
    if (headerLength < 20 || at + headerLength > end) return `header length ${headerLength}`
    const layer = {
      type: 'tcp',
      sourcePort: view.getUint16(at),
      destinationPort: view.getUint16(at + 2),
      sequence: view.getUint32(at + 4),
      acknowledgment: view.getUint32(at + 8),
      flags: view.getUint8(at + 13),
    } as const
    return { layer, next: undefined, at: at + headerLength }
  },
}

const vxlan: Header = {
  name: 'VXLAN',
  least: 8,
  read(view, at) {
    const flags = view.getUint8(at)
    if ((flags & 0x08) === 0) return `flags 0x${flags.toString(16)}: the VNI is not marked as valid`
    return { layer: { type: 'vxlan', flags, vni: view.getUint32(at + 4) >>> 8 }, next: ethernet, at: at + 8 }
  },
}

const icmp: Header = icmpHeader('icmp', { echo: [8, 0], tooBig: { type: 3, code: 4, at: 6, bytes: 2 } })
const icmpv6: Header = icmpHeader('icmpv6', {
  echo: [128, 129],
  tooBig: { type: 2, code: 0, at: 4, bytes: 4 },
})

function icmpHeader(
  type: 'icmp' | 'icmpv6',
  message: { echo: readonly number[]; tooBig: { type: number; code: number; at: number; bytes: 2 | 4 } },
): Header {
  const { echo, tooBig } = message
  return {
    name: type === 'icmp' ? 'ICMP' : 'ICMPv6',
    least: 8,
    read(view, at) {
      const icmpType = view.getUint8(at)
      const code = view.getUint8(at + 1)
      const isEcho = echo.includes(icmpType)
      const isTooBig = icmpType === tooBig.type && code === tooBig.code
      const layer: Layer = {
        type,
        icmpType,
        code,
        ...(isEcho && { identifier: view.getUint16(at + 4), sequence: view.getUint16(at + 6) }),
        ...(isTooBig && {
          mtu: tooBig.bytes === 2 ? view.getUint16(at + tooBig.at) : view.getUint32(at + 4),
        }),
      }
      return { layer, next: undefined, at: at + 8 }
    },
  }
}

/** IPv6 extension headers that are passed over (RFC 8200 §4): all have their length in the second octet. */
const extension: Header = {
  name: 'IPv6 extension header',
  least: 8,
  read(view, at) {
    const length = (view.getUint8(at + 1) + 1) * 8
    const layer = { type: 'payload', bytes: bytes(view, at, at + length) } as const
    return { layer, next: PROTOCOLS[view.getUint8(at)], at: at + length }
  },
}

const linuxSll2: Header = {
  name: 'Linux cooked capture v2',
  least: 20,
  read(view, at) {
    const layer = { type: 'payload', bytes: bytes(view, at, at + 20) } as const
    return { layer, next: ETHER_TYPES[view.getUint16(at)], at: at + 20 }
  },
}

const rawIp: Header = {
  name: 'IP',
  least: 1,
  read: (view, at, end) => {
    const header = view.getUint8(at) >> 4 === 6 ? ipv6 : ipv4
    return end - at < header.least ? tooShort(header, end - at) : header.read(view, at, end)
  },
}

const ETHER_TYPES: Readonly<Record<number, Header>> = {
  2048: ipv4,
  2054: arp,
  33024: vlan,
  34984: vlan,
  34525: ipv6,
}

const PROTOCOLS: Readonly<Record<number, Header>> = {
  0: extension,
  1: icmp,
  4: ipv4,
  6: tcp,
  17: udp,
  41: ipv6,
  43: extension,
  44: ipv6Fragment,
  58: icmpv6,
  60: extension,
}

const LINK_TYPES: Readonly<Record<number, Header>> = {
  [LINKTYPE_ETHERNET]: ethernet,
  [LINKTYPE_RAW]: rawIp,
  [LINKTYPE_LINUX_SLL2]: linuxSll2,
}

/**
 * The layers of a packet, outermost first, down to the innermost payload. A capture that was cut short
 * (snapshot length) ends in the layer that was cut. Never throws.
 * @param linkType LINKTYPE value of the capture: 1 Ethernet, 101 raw IP, 276 Linux cooked v2.
 */
export function decode(packet: Uint8Array, linkType: number = LINKTYPE_ETHERNET): Layer[] {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength)
  const layers: Layer[] = []
  let header: Header | undefined = LINK_TYPES[linkType]
  let at = 0
  let end = packet.byteLength
  while (header && layers.length < MOST_LAYERS) {
    const step: Step | string =
      end - at < header.least ? tooShort(header, end - at) : header.read(view, at, end)
    if (typeof step === 'string') {
      layers.push({ type: 'malformed', reason: `${header.name}: ${step}` })
      return layers
    }
    layers.push(step.layer)
    header = step.next
    // What a header says of the length can only make the rest shorter: padding goes, a cut stays a cut.
    end = Math.min(end, step.end ?? end)
    at = Math.min(step.at, end)
  }
  if (at < end) layers.push({ type: 'payload', bytes: packet.subarray(at, end) })
  return layers
}

function tooShort(header: Header, length: number): string {
  return `${length} bytes where it needs ${header.least}`
}

function bytes(view: DataView, from: number, to: number): Uint8Array {
  const end = Math.min(to, view.byteLength)
  return new Uint8Array(view.buffer, view.byteOffset + from, end - from)
}

function mac(view: DataView, at: number): string {
  return formatMac(bytes(view, at, at + 6))
}

function address(view: DataView, at: number, length: 4 | 16): string {
  return formatAddress(bytes(view, at, at + length))
}
