import koffi from 'koffi'
import { errnoName, KernelError } from './errors.ts'

/**
 * The system calls that Node does not offer, by koffi. Each answers what the call answers, or minus errno where the
 * call answers -1, as the kernel itself does: the errno is read at once and cannot be mistaken for a later one's.
 */

const library = koffi.load(null)

type Call = (...args: readonly unknown[]) => number

function bind(prototype: string): Call {
  const native: Call = library.func(prototype)
  return (...args) => {
    const result = native(...args)
    return result < 0 ? -koffi.errno() : result
  }
}

const nativeSocket = bind('int socket(int domain, int type, int protocol)')
const nativeBind = bind('int bind(int fd, const void *address, unsigned int length)')
const nativeGetsockname = bind('int getsockname(int fd, void *address, void *length)')
const nativeSetsockopt = bind(
  'int setsockopt(int fd, int level, int name, const void *value, unsigned int length)',
)
const nativeGetsockopt = bind('int getsockopt(int fd, int level, int name, void *value, void *length)')
const nativeSend = bind('intptr_t send(int fd, const void *bytes, size_t length, int flags)')
const nativeRecv = bind('intptr_t recv(int fd, void *bytes, size_t length, int flags)')
const nativeSendto = bind(
  'intptr_t sendto(int fd, const void *bytes, size_t length, int flags, const void *to, unsigned int toLength)',
)
const nativeRecvfrom = bind(
  'intptr_t recvfrom(int fd, void *bytes, size_t length, int flags, void *from, void *fromLength)',
)
const nativeIfIndex = bind('unsigned int if_nametoindex(const char *name)')
const nativeIfName: (index: number, name: Uint8Array) => unknown = library.func(
  'void *if_indextoname(unsigned int index, void *name)',
)
const nativeMallopt = bind('int mallopt(int parameter, int value)')
const nativeClose = bind('int close(int fd)')

/** bits/socket.h, asm-generic/socket.h, bits/socket_type.h. */
export const SOCK = { STREAM: 1, RAW: 3, CLOEXEC: 0o2000000, NONBLOCK: 0o4000 } as const
export const MSG = { TRUNC: 0x20, DONTWAIT: 0x40 } as const

/** socket(2). @returns a file descriptor, or minus errno */
export function socket(domain: number, type: number, protocol: number): number {
  return nativeSocket(domain, type, protocol)
}

/** bind(2) to a `struct sockaddr_*` as bytes. @returns 0, or minus errno */
export function bindSocket(fd: number, address: Uint8Array): number {
  return nativeBind(fd, address, address.length)
}

/** getsockname(2) into `address`. @returns 0, or minus errno */
export function getsockname(fd: number, address: Uint8Array): number {
  return nativeGetsockname(fd, address, Uint32Array.of(address.length))
}

/** setsockopt(2). @returns 0, or minus errno */
export function setsockopt(fd: number, level: number, name: number, value: Uint8Array): number {
  return nativeSetsockopt(fd, level, name, value, value.length)
}

/** setsockopt(2) of an int. @returns 0, or minus errno */
export function setsockoptInt(fd: number, level: number, name: number, value: number): number {
  return nativeSetsockopt(fd, level, name, Int32Array.of(value), 4)
}

/** getsockopt(2) of an int. @throws KernelError */
export function getsockoptInt(fd: number, level: number, name: number): number {
  const value = new Int32Array(1)
  check(nativeGetsockopt(fd, level, name, value, Uint32Array.of(4)), 'getsockopt')
  return value[0]!
}

/** getsockopt(2) into `value`. @returns bytes written. @throws KernelError */
export function getsockopt(fd: number, level: number, name: number, value: Uint8Array): number {
  const length = Uint32Array.of(value.length)
  check(nativeGetsockopt(fd, level, name, value, length), 'getsockopt')
  return length[0]!
}

/** getsockopt(2) into `value`. @returns bytes written, or minus errno */
export function tryGetsockopt(fd: number, level: number, name: number, value: Uint8Array): number {
  const length = Uint32Array.of(value.length)
  const result = nativeGetsockopt(fd, level, name, value, length)
  return result < 0 ? result : length[0]!
}

/** send(2). @returns bytes taken, or minus errno */
export function send(fd: number, bytes: Uint8Array, flags: number): number {
  return nativeSend(fd, bytes, bytes.length, flags)
}

/** recv(2). @returns bytes received (with MSG_TRUNC: that there were), or minus errno */
export function recv(fd: number, bytes: Uint8Array, flags: number): number {
  return nativeRecv(fd, bytes, bytes.length, flags)
}

/** sendto(2) to a `struct sockaddr_*` as bytes. @returns bytes taken, or minus errno */
export function sendto(fd: number, bytes: Uint8Array, to: Uint8Array): number {
  return nativeSendto(fd, bytes, bytes.length, 0, to, to.length)
}

/** recvfrom(2) of what is there now; the sender's `struct sockaddr_*` goes into `from`. @returns bytes received, or minus errno */
export function recvfrom(fd: number, bytes: Uint8Array, from: Uint8Array): number {
  return nativeRecvfrom(fd, bytes, bytes.length, MSG.DONTWAIT, from, Uint32Array.of(from.length))
}

/** if_nametoindex(3). @returns 0 where there is no such link */
export function ifIndex(name: string): number {
  return nativeIfIndex(name)
}

/** if_indextoname(3). @returns undefined where there is no such link */
export function ifName(index: number): string | undefined {
  const name = new Uint8Array(16)
  if (nativeIfName(index, name) === null) return undefined
  return Buffer.from(name.subarray(0, name.indexOf(0))).toString()
}

/** malloc.h */
const M_MMAP_THRESHOLD = -3

/**
 * mallopt(3): allocations of so many octets or more get pages of their own from now on, which the kernel gives when they
 * are first written and takes back when they are freed. Left alone, glibc takes larger and larger ones from its heap,
 * and writes them full of zeros.
 */
export function mapAllocationsFrom(octets: number): void {
  nativeMallopt(M_MMAP_THRESHOLD, octets)
}

/** close(2). @returns 0, or minus errno */
export function close(fd: number): number {
  return nativeClose(fd)
}

/** The address of a buffer's first byte, for structures that point at others. */
export function addressOf(bytes: Uint8Array): bigint {
  return koffi.address(bytes)
}

/** What a call answered, where that is no failure. @throws KernelError with the errno's name */
export function check(result: number, what: string): number {
  if (result >= 0) return result
  const code = errnoName(-result)
  throw new KernelError(code, `${what} failed: ${code}`)
}
