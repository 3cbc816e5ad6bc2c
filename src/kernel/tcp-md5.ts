import { ADDRESS_BITS, familyOf } from '../net/address.ts'
import { formatPrefix, type Prefix } from '../net/prefix.ts'
import { AF } from './constants.ts'
import { check, setsockopt } from './libc.ts'

/**
 * Keys of TCP's MD5 signatures (RFC 2385). The kernel signs all segments to and wants a signature on all segments from
 * the addresses that a socket has a key for; connections that a listening socket accepts take its key along.
 */

const SOL_TCP = 6

/** tcp.h. */
const TCP_MD5SIG_EXT = 32
const FLAG_PREFIX = 1
const MAX_KEY = 80

/** struct tcp_md5sig: sockaddr_storage 128, flags 1, prefix length 1, length of the key 2, ifindex 4, key. */
const SIZE = 128 + 8 + MAX_KEY

/**
 * Sets the key for the peers in a prefix, in place of the one that the same prefix has; '' takes it away. Of several
 * prefixes that an address is in, the longest counts.
 * @param password 1 to 80 octets of UTF-8, or ''
 * @throws KernelError ENOENT where there is no key to take away, ENOMEM where `net.core.optmem_max` holds no more keys
 */
export function setMd5Key(fd: number, { bytes: address, length }: Prefix, password: string): void {
  const family = familyOf(address)
  const key = Buffer.from(password)
  const bytes = new Uint8Array(SIZE)
  const halves = new Uint16Array(bytes.buffer)
  halves[0] = family === 4 ? AF.INET : AF.INET6
  bytes.set(address, family === 4 ? 4 : 8)
  bytes[128] = FLAG_PREFIX
  bytes[129] = Math.min(length, ADDRESS_BITS[family])
  halves[65] = Math.min(key.length, MAX_KEY)
  bytes.set(key.subarray(0, MAX_KEY), 136)
  // The words of an error must not have the key in them.
  const what = `${password === '' ? 'removing' : 'setting'} the TCP MD5 key for ${formatPrefix({ bytes: address, length })}`
  check(setsockopt(fd, SOL_TCP, TCP_MD5SIG_EXT, bytes), what)
}
