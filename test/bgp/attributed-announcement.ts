import { type Attributes, encodeKey, encodeOutgoing, UpdateWriter } from '../../src/bgp/wire/index.ts'
import { parsePrefix } from '../../src/net/prefix.ts'

/** An UPDATE that announces IPv4 prefixes with these attributes, as a neighbour of another AS sends it. */
export function announcement(
  attributes: Partial<Attributes> & { readonly nexthop: Uint8Array },
  ...prefixes: string[]
): Uint8Array {
  const pieces: Uint8Array[] = []
  const writer = new UpdateWriter({
    limit: 4096,
    addPath: [],
    emit: bytes => pieces.push(Uint8Array.from(bytes)),
  })
  const key = encodeKey({ origin: 0, asPath: [], ...attributes })
  const how = {
    type: 'eBGP',
    as4: true,
    localAs: 0,
    prepend: 0,
    localPreference: 100,
    keepMed: true,
  } as const
  writer.announce(encodeOutgoing(key, 0, key.length, 4, how))
  for (const prefix of prefixes) {
    const { bytes, length } = parsePrefix(prefix)!
    writer.add(bytes, 0, length)
  }
  writer.flush()
  return Buffer.concat(pieces)
}
