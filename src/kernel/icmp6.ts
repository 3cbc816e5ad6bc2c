import { formatAddress, isLinkLocal, parseAddress } from '../net/address.ts'
import { ACCEPT, attachProgram, BPF, DROP, encodeProgram, FROM_IP_HEADER } from './bpf.ts'
import { AF } from './constants.ts'
import {
  check,
  close,
  ifIndex,
  ifName,
  recvfrom,
  SOCK,
  sendto,
  setsockopt,
  setsockoptInt,
  socket,
} from './libc.ts'

/** A raw ICMPv6 socket for Neighbor Discovery's router messages (RFC 4861), which Node cannot open. */

const IPPROTO_ICMPV6 = 58
const IPPROTO_IPV6 = 41
/** in6.h, icmpv6.h. */
const IPV6_MULTICAST_HOPS = 18
const IPV6_MULTICAST_LOOP = 19
const ICMP6_FILTER = 1
/** Where the hop limit stands in the header of IPv6 (RFC 8200 §3). */
const HOP_LIMIT = 7

/** RFC 4861 §4. */
export const ND = { ROUTER_SOLICITATION: 133, ROUTER_ADVERTISEMENT: 134 } as const

/** All nodes, and all routers, of a link (RFC 4291 §2.7.1). */
const GROUPS = {
  [ND.ROUTER_SOLICITATION]: 'ff02::2',
  [ND.ROUTER_ADVERTISEMENT]: 'ff02::1',
} as const

export type RouterMessage = keyof typeof GROUPS

export interface ReceivedRouterMessage {
  readonly type: number
  /** Link-local address of the sender, without zone. */
  readonly address: string
  readonly link: string
}

export class RouterMessages {
  readonly #fd: number
  readonly #buffer = new Uint8Array(2048)

  /** @throws KernelError EPERM without CAP_NET_RAW */
  constructor() {
    const type = SOCK.RAW | SOCK.CLOEXEC | SOCK.NONBLOCK
    this.#fd = check(socket(AF.INET6, type, IPPROTO_ICMPV6), 'opening a raw ICMPv6 socket')
    try {
      check(setsockopt(this.#fd, IPPROTO_ICMPV6, ICMP6_FILTER, typeFilter()), 'setting ICMP6_FILTER')
      check(attachHopFilter(this.#fd), 'attaching a filter')
      for (const [option, value] of [
        [IPV6_MULTICAST_HOPS, 255],
        [IPV6_MULTICAST_LOOP, 0],
      ] as const)
        check(setsockoptInt(this.#fd, IPPROTO_IPV6, option, value), 'setting an option of multicast')
    } catch (error) {
      close(this.#fd)
      throw error
    }
  }

  /**
   * Sends a message to its group on a link. An advertisement says of itself that the sender is no default router
   * (lifetime 0), and of the link nothing.
   * @returns false where it could not be sent: there is no such link, or it has no link-local address now
   */
  send(link: string, type: RouterMessage): boolean {
    const index = ifIndex(link)
    if (index === 0) return false
    const message = new Uint8Array(type === ND.ROUTER_ADVERTISEMENT ? 16 : 8)
    message[0] = type
    return sendto(this.#fd, message, address6(GROUPS[type], index)) >= 0
  }

  /** The next message that has come, or undefined where none is left. */
  receive(): ReceivedRouterMessage | undefined {
    for (;;) {
      const from = new Uint8Array(28)
      const length = recvfrom(this.#fd, this.#buffer, from)
      if (length < 0) return undefined
      const link = ifName(new Uint32Array(from.buffer)[6]!)
      const bytes = from.subarray(8, 24)
      if (length < 8 || link === undefined || !isLinkLocal(bytes)) continue
      return { type: this.#buffer[0]!, address: formatAddress(bytes), link }
    }
  }

  close(): void {
    close(this.#fd)
  }
}

/** struct icmp6_filter: a bit for each type that is not to come. */
function typeFilter(): Uint8Array {
  const words = new Uint32Array(8).fill(0xffffffff)
  for (const type of Object.values(ND)) words[type >> 5]! &= ~(1 << (type & 31))
  return new Uint8Array(words.buffer)
}

/** RFC 4861 §6.1: a hop limit of 255 says that the sender is on the link. The program reads it from the IPv6 header. */
function attachHopFilter(fd: number): number {
  const program = [
    { code: BPF.LD_B_ABS, k: FROM_IP_HEADER + HOP_LIMIT },
    { code: BPF.JEQ_K, ifFalse: 1, k: 255 },
    { code: BPF.RET_K, k: ACCEPT },
    { code: BPF.RET_K, k: DROP },
  ]
  return attachProgram(fd, encodeProgram(program))
}

/** struct sockaddr_in6 with a scope. */
function address6(text: string, index: number): Uint8Array {
  const bytes = new Uint8Array(28)
  new Uint16Array(bytes.buffer)[0] = AF.INET6
  bytes.set(parseAddress(text)!, 8)
  new Uint32Array(bytes.buffer)[6] = index
  return bytes
}
