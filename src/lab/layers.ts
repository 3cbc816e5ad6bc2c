/** The layers of a packet as the decoder hands them out, outermost first. Fields bear the names of their RFCs. */

export interface EthernetLayer {
  readonly type: 'ethernet'
  readonly destination: string
  readonly source: string
  readonly etherType: number
}

/** IEEE 802.1Q (or 802.1ad) tag. */
export interface VlanLayer {
  readonly type: 'vlan'
  readonly id: number
  readonly priority: number
  readonly etherType: number
}

/** RFC 826, for IPv4 over Ethernet. */
export interface ArpLayer {
  readonly type: 'arp'
  readonly operation: number
  readonly senderMac: string
  readonly senderAddress: string
  readonly targetMac: string
  readonly targetAddress: string
}

/** RFC 791. */
export interface Ipv4Layer {
  readonly type: 'ipv4'
  readonly source: string
  readonly destination: string
  readonly protocol: number
  readonly ttl: number
  readonly identification: number
  readonly dontFragment: boolean
  readonly moreFragments: boolean
  /** In bytes. */
  readonly fragmentOffset: number
  /** Header and payload, in bytes. */
  readonly totalLength: number
}

/** RFC 8200. */
export interface Ipv6Layer {
  readonly type: 'ipv6'
  readonly source: string
  readonly destination: string
  readonly nextHeader: number
  readonly hopLimit: number
  readonly payloadLength: number
}

/** RFC 8200 §4.5. */
export interface Ipv6FragmentLayer {
  readonly type: 'ipv6-fragment'
  readonly nextHeader: number
  /** In bytes. */
  readonly fragmentOffset: number
  readonly moreFragments: boolean
  readonly identification: number
}

/** RFC 768. */
export interface UdpLayer {
  readonly type: 'udp'
  readonly sourcePort: number
  readonly destinationPort: number
  readonly length: number
}

/** RFC 9293. */
export interface TcpLayer {
  readonly type: 'tcp'
  readonly sourcePort: number
  readonly destinationPort: number
  readonly sequence: number
  readonly acknowledgment: number
  /** The octet of CWR (0x80) to FIN (0x01). */
  readonly flags: number
}

/** RFC 7348 §5. */
export interface VxlanLayer {
  readonly type: 'vxlan'
  readonly flags: number
  readonly vni: number
}

/** What ICMP and ICMPv6 have in common. */
interface IcmpMessage {
  readonly icmpType: number
  readonly code: number
  /** Of echo messages. */
  readonly identifier?: number
  /** Of echo messages. */
  readonly sequence?: number
  /** Where a packet was too big: the MTU of the link that it did not fit. */
  readonly mtu?: number
}

/** RFC 792. */
export interface IcmpLayer extends IcmpMessage {
  readonly type: 'icmp'
}

/** RFC 4443. */
export interface Icmpv6Layer extends IcmpMessage {
  readonly type: 'icmpv6'
}

/** What lies behind the last header that was understood. */
export interface PayloadLayer {
  readonly type: 'payload'
  readonly bytes: Uint8Array
}

/** Where the bytes end too early or contradict themselves. */
export interface MalformedLayer {
  readonly type: 'malformed'
  readonly reason: string
}

export type Layer =
  | EthernetLayer
  | VlanLayer
  | ArpLayer
  | Ipv4Layer
  | Ipv6Layer
  | Ipv6FragmentLayer
  | UdpLayer
  | TcpLayer
  | VxlanLayer
  | IcmpLayer
  | Icmpv6Layer
  | PayloadLayer
  | MalformedLayer

export type IpLayer = Ipv4Layer | Ipv6Layer

/** The layers of one type, outermost first. */
export function layersOf<T extends Layer['type']>(
  layers: readonly Layer[],
  type: T,
): Extract<Layer, { type: T }>[] {
  return layers.filter((layer): layer is Extract<Layer, { type: T }> => layer.type === type)
}

/** The IP headers, outermost first. */
export function ipLayers(layers: readonly Layer[]): IpLayer[] {
  return layers.filter(layer => layer.type === 'ipv4' || layer.type === 'ipv6')
}
