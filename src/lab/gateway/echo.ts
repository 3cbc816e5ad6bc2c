import type { CapturedPacket } from '../capture.ts'
import { type IpLayer, ipLayers, type Layer, layersOf } from '../layers.ts'

/** An echo request (ICMP 8, ICMPv6 128) as it was seen somewhere, maybe inside of a tunnel. */
export interface SeenEcho {
  readonly identifier: number
  readonly sequence: number
  /** The innermost IP header. */
  readonly ip: IpLayer
  /** What it travelled in: `plain`, `vlan 10`, `vxlan 1/8472`, `ipip`. */
  readonly wire: string
  /** Whether any IP header on the way to it says that it is a fragment. */
  readonly fragment: boolean
  /** MAC that sent the frame; undefined where the link has none. */
  readonly sender: string | undefined
}

const ECHO_REQUEST: Readonly<Record<string, number>> = { icmp: 8, icmpv6: 128 }

/** The echo request in a packet, or undefined where there is none. */
export function echoOf(packet: CapturedPacket): SeenEcho | undefined {
  const { layers } = packet
  const icmp = layersOf(layers, 'icmp')[0] ?? layersOf(layers, 'icmpv6')[0]
  const ip = ipLayers(layers).at(-1)
  if (!icmp || !ip || icmp.icmpType !== ECHO_REQUEST[icmp.type]) return undefined
  if (icmp.identifier === undefined || icmp.sequence === undefined) return undefined
  return {
    identifier: icmp.identifier,
    sequence: icmp.sequence,
    ip,
    wire: wireOf(layers),
    fragment: layers.some(isFragment),
    sender: layersOf(layers, 'ethernet')[0]?.source,
  }
}

/** What the innermost packet travels in, from the outside in. */
export function wireOf(layers: readonly Layer[]): string {
  const words = layers.flatMap((layer, index) => {
    if (layer.type === 'vlan') return [`vlan ${layer.id}`]
    if (layer.type === 'vxlan') {
      const udp = layersOf(layers.slice(0, index), 'udp').at(-1)
      return [`vxlan ${layer.vni}/${udp?.destinationPort}`]
    }
    return layer.type === 'ipv4' && layer.protocol === 4 ? ['ipip'] : []
  })
  return words.length === 0 ? 'plain' : words.join(' in ')
}

function isFragment(layer: Layer): boolean {
  if (layer.type === 'ipv6-fragment') return true
  return layer.type === 'ipv4' && (layer.moreFragments || layer.fragmentOffset > 0)
}
