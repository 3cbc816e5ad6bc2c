import { type Family, familyOf, parseAddress } from '../net/address.ts'
import { hostPrefix } from '../net/prefix.ts'
import { AF } from './constants.ts'
import { KernelError } from './errors.ts'
import {
  bindSocket,
  check,
  close,
  getsockopt,
  getsockoptInt,
  SOCK,
  setsockopt,
  setsockoptInt,
  socket,
  tryGetsockopt,
} from './libc.ts'
import { setMd5Key } from './tcp-md5.ts'

/**
 * Options of TCP and UDP sockets that Node hides, on sockets that are made here and handed to Node by their
 * descriptor. With Node 24 this works by public API only:
 *
 *     const fd = openTcpSocket({ address: '192.0.2.1', ttl: 1 })
 *     const socket = new net.Socket({ fd, manualStart: true })
 *     socket.connect({ host: '192.0.2.1', port: 179 })
 *
 * The options stand before the SYN goes out. `manualStart` keeps Node from reading before there is a connection.
 * Once handed over, the descriptor is Node's: it closes it. `localAddress` of `connect` works too, as the socket
 * is bound only then. For a listening socket the same goes by `server.listen({ fd })`; connections that it accepts
 * inherit its options (IP_TTL, IP_MINTTL, SO_BINDTODEVICE), which is the only public way to set them there.
 */

const SOL_SOCKET = 1
const SO_BINDTODEVICE = 25
const SO_REUSEADDR = 2

const SOL_TCP = 6
/** tcp.h. */
const TCP_SAVED_SYN = 28
const TCP_INFO = 11

/** States of TCP in which the peer sends no more, or nothing is left of the connection (tcp_states.h). */
const PEER_IS_DONE: ReadonlySet<number> = new Set([7, 8, 9, 11])

/** Longest name of a link with its NUL (if.h, IFNAMSIZ). */
const IFNAMSIZ = 16

interface Option {
  readonly level: number
  readonly name: number
}

/** bits/in.h and linux/in6.h. */
const OPTIONS = {
  IP_TOS: { level: 0, name: 1 },
  IP_TTL: { level: 0, name: 2 },
  IP_MINTTL: { level: 0, name: 21 },
  IPV6_UNICAST_HOPS: { level: 41, name: 16 },
  IPV6_V6ONLY: { level: 41, name: 26 },
  IPV6_TCLASS: { level: 41, name: 67 },
  IPV6_MINHOPCOUNT: { level: 41, name: 73 },
  TCP_SAVE_SYN: { level: SOL_TCP, name: 27 },
} as const satisfies Record<string, Option>

/** Options whose value is an int. */
export type IntegerOption = keyof typeof OPTIONS

/** What is asked of a TCP socket before it connects or listens. */
export interface TcpSocketSettings {
  /** Address that will be connected to or listened on: it decides the family. */
  readonly address: string
  /** Address to bind to, port 0. */
  readonly localAddress?: string | undefined
  /** Time to live, or hop limit, of what is sent; 1 to 255. */
  readonly ttl?: number | undefined
  /** Packets that arrive with less are dropped (RFC 5082); 1 to 255. */
  readonly minimumTtl?: number | undefined
  /** Traffic class, or type of service: DSCP in the upper six bits; 0 to 255. */
  readonly trafficClass?: number | undefined
  /** Name of the link that packets must come and go by. */
  readonly device?: string | undefined
  /** Key of the MD5 signatures (RFC 2385) that both sides sign with. */
  readonly password?: string | undefined
}

/** Time to live, or hop limit, of what is sent, and the least that is taken; undefined leaves the latter open. */
export interface HopLimits {
  readonly ttl: number
  readonly minimumTtl?: number | undefined
}

/** The options that say the same for each family. */
const TTL: Readonly<Record<Family, IntegerOption>> = { 4: 'IP_TTL', 6: 'IPV6_UNICAST_HOPS' }
const TRAFFIC_CLASS: Readonly<Record<Family, IntegerOption>> = { 4: 'IP_TOS', 6: 'IPV6_TCLASS' }
const MINIMUM_TTL: Readonly<Record<Family, IntegerOption>> = { 4: 'IP_MINTTL', 6: 'IPV6_MINHOPCOUNT' }

/**
 * Makes a TCP socket with the options given, neither connected nor listening.
 * @returns its descriptor: hand it to Node, or close it with `closeSocket`
 * @throws KernelError
 */
export function openTcpSocket(settings: TcpSocketSettings): number {
  const family = familyOf(bytesOf(settings.address))
  const domain = family === 4 ? AF.INET : AF.INET6
  const fd = check(socket(domain, SOCK.STREAM | SOCK.CLOEXEC | SOCK.NONBLOCK, 0), 'opening a TCP socket')
  try {
    if (settings.ttl !== undefined) setIntegerOption(fd, TTL[family], settings.ttl)
    if (settings.minimumTtl !== undefined) setIntegerOption(fd, MINIMUM_TTL[family], settings.minimumTtl)
    if (settings.trafficClass !== undefined)
      setIntegerOption(fd, TRAFFIC_CLASS[family], settings.trafficClass)
    if (settings.device !== undefined) bindToDevice(fd, settings.device)
    if (settings.password !== undefined)
      setMd5Key(fd, hostPrefix(bytesOf(settings.address)), settings.password)
    if (settings.localAddress !== undefined) bindTo(fd, settings.localAddress, 0)
    return fd
  } catch (error) {
    close(fd)
    throw error
  }
}

/**
 * Makes a TCP socket bound to a port of all addresses of one family, ready for `server.listen({ fd })`. Its answers to
 * SYNs leave with the largest TTL, so that peers with GTSM take them, and it keeps the SYN of each connection for
 * `arrivalTtl`. Connections that it accepts inherit its traffic class.
 * @throws KernelError
 */
export function openTcpListener(family: Family, port: number, trafficClass: number): number {
  const address = family === 4 ? '0.0.0.0' : '::'
  const fd = openTcpSocket({ address, ttl: 255, trafficClass })
  try {
    if (family === 6) setIntegerOption(fd, 'IPV6_V6ONLY', 1)
    setIntegerOption(fd, 'TCP_SAVE_SYN', 1)
    bindTo(fd, address, port)
    return fd
  } catch (error) {
    close(fd)
    throw error
  }
}

/**
 * The TTL, or hop limit, that the SYN of an accepted connection came with; undefined where the kernel has not kept it.
 * It can be asked for once: the kernel forgets it then.
 */
export function arrivalTtl(fd: number): number | undefined {
  const header = new Uint8Array(128)
  const length = tryGetsockopt(fd, SOL_TCP, TCP_SAVED_SYN, header)
  if (length < 20) return undefined
  return header[0]! >> 4 === 4 ? header[8] : header[7]
}

/** Whether the peer of a connection has closed it or it has broken off, also while what it sent before is not read. */
export function peerIsDone(fd: number): boolean {
  const info = new Uint8Array(8)
  return tryGetsockopt(fd, SOL_TCP, TCP_INFO, info) > 0 && PEER_IS_DONE.has(info[0]!)
}

/** Sets both limits of a socket of this family. @throws KernelError */
export function limitHops(fd: number, family: Family, { ttl, minimumTtl }: HopLimits): void {
  setIntegerOption(fd, TTL[family], ttl)
  setIntegerOption(fd, MINIMUM_TTL[family], minimumTtl ?? 0)
}

/** Binds a socket to an address, and a port or 0 for any that is free. @throws KernelError */
export function bindTo(fd: number, address: string, port: number): void {
  setInt(fd, { level: SOL_SOCKET, name: SO_REUSEADDR }, 1, 'SO_REUSEADDR')
  check(bindSocket(fd, socketAddress(bytesOf(address), port)), `binding to ${address} port ${port}`)
}

/** Sets an option whose value is an int. @throws KernelError */
export function setIntegerOption(fd: number, option: IntegerOption, value: number): void {
  setInt(fd, OPTIONS[option], value, option)
}

/** Reads an option whose value is an int. @throws KernelError */
export function getIntegerOption(fd: number, option: IntegerOption): number {
  return getsockoptInt(fd, OPTIONS[option].level, OPTIONS[option].name)
}

/** Lets a socket send and receive on one link only (SO_BINDTODEVICE); '' lifts that. @throws KernelError */
export function bindToDevice(fd: number, device: string): void {
  const name = Buffer.from(`${device}\0`)
  check(setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name), `binding to the device ${device}`)
}

/** Name of the link that a socket is bound to, '' for none. @throws KernelError */
export function boundDevice(fd: number): string {
  const name = Buffer.alloc(IFNAMSIZ)
  const length = getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name)
  return name.toString('utf8', 0, Math.max(0, length - 1))
}

/** Closes a socket that was not handed to Node. */
export function closeSocket(fd: number): void {
  close(fd)
}

function setInt(fd: number, { level, name }: Option, value: number, what: string): void {
  check(setsockoptInt(fd, level, name, value), `setting ${what} to ${value}`)
}

/** struct sockaddr_in or sockaddr_in6 (in.h, in6.h). */
function socketAddress(address: Uint8Array, port: number): Uint8Array {
  const v4 = address.length === 4
  const bytes = new Uint8Array(v4 ? 16 : 28)
  new Uint16Array(bytes.buffer)[0] = v4 ? AF.INET : AF.INET6
  bytes[2] = port >> 8
  bytes[3] = port & 0xff
  bytes.set(address, v4 ? 4 : 8)
  return bytes
}

/** The address without its zone. */
function bytesOf(address: string): Uint8Array {
  const bytes = parseAddress(address.replace(/%.*$/, ''))
  if (!bytes) throw new KernelError('EINVAL', `${JSON.stringify(address)} is not an IP address`)
  return bytes
}
