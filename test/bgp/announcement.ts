import { type Attributes, encodeKey, encodeOutgoing, UpdateWriter } from '../../src/bgp/wire/index.ts'
import { parsePrefix } from '../../src/net/prefix.ts'

const AS_SENT = {
  type: 'eBGP',
  as4: true,
  localAs: 0,
  prepend: 0,
  localPreference: 100,
  keepMed: true,
} as const

/** UPDATEs of IPv4 prefixes that an eBGP neighbour of AS `as` at `nexthop` sends. */
export function announcement(
  prefixes: readonly string[],
  { as, nexthop, ...attributes }: { as: number; nexthop: string } & Omit<Partial<Attributes>, 'nexthop'>,
): Uint8Array {
  const address = Uint8Array.from(nexthop.split('.').map(Number))
  const key = encodeKey({ nexthop: address, origin: 0, asPath: [{ type: 2, ases: [as] }], ...attributes })
  return written(writer => {
    writer.announce(encodeOutgoing(key, 0, key.length, 4, AS_SENT))
    add(writer, prefixes)
  })
}

/** An UPDATE that takes IPv4 prefixes back. */
export function withdrawal(prefixes: readonly string[]): Uint8Array {
  return written(writer => {
    writer.withdraw(4)
    add(writer, prefixes)
  })
}

/** End-of-RIB of IPv4 unicast (RFC 4724 §2). */
export const END_OF_RIB = Uint8Array.of(...new Array(16).fill(0xff), 0, 23, 2, 0, 0, 0, 0)

function add(writer: UpdateWriter, prefixes: readonly string[]): void {
  for (const text of prefixes) {
    const { bytes, length } = parsePrefix(text)!
    writer.add(bytes, 0, length)
  }
}

function written(write: (writer: UpdateWriter) => void): Uint8Array {
  const pieces: Uint8Array[] = []
  const writer = new UpdateWriter({
    limit: 4096,
    addPath: [],
    emit: bytes => pieces.push(Uint8Array.from(bytes)),
  })
  write(writer)
  writer.flush()
  return Buffer.concat(pieces)
}
