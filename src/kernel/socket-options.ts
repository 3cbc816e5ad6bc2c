import { type Family, familyOf, parseAddress } from '../net/address.ts'
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
} from './libc.ts'

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

/** Longest name of a link with its NUL (if.h, IFNAMSIZ). */
const IFNAMSIZ = 16

interface Option {
  readonly level: number
  readonly name: number
}

/** bits/in.h and linux/in6.h. */
const OPTIONS = {
  IP_TTL: { level: 0, name: 2 },
  IP_MINTTL: { level: 0, name: 21 },
  IPV6_UNICAST_HOPS: { level: 41, name: 16 },
  IPV6_V6ONLY: { level: 41, name: 26 },
  IPV6_MINHOPCOUNT: { level: 41, name: 73 },
} as const satisfies Record<string, Option>

/** Options whose value is an int. */
export type IntegerOption = keyof typeof OPTIONS

/** What is asked of a TCP socket before it connects or listens. */
export interface TcpSocketSettings {
  /** Address that will be connected to or listened on: it decides the family. */
  readonly address: string
  /** Address to bind to, port 0. */
  readonly localAddress?: string
  /** Time to live, or hop limit, of what is sent; 1 to 255. */
  readonly ttl?: number
  /** Packets that arrive with less are dropped (RFC 5082); 1 to 255. */
  readonly minimumTtl?: number
  /** Name of the link that packets must come and go by. */
  readonly device?: string
}

/** The options that say the same for each family. */
const TTL: Readonly<Record<Family, IntegerOption>> = { 4: 'IP_TTL', 6: 'IPV6_UNICAST_HOPS' }
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
    if (settings.device !== undefined) bindToDevice(fd, settings.device)
    if (settings.localAddress !== undefined) bindTo(fd, settings.localAddress, 0)
    return fd
  } catch (error) {
    close(fd)
    throw error
  }
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

function bytesOf(address: string): Uint8Array {
  const bytes = parseAddress(address)
  if (!bytes) throw new KernelError('EINVAL', `${JSON.stringify(address)} is not an IP address`)
  return bytes
}
