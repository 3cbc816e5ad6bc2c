import { readUint16, readUint32, writeUint16, writeUint32 } from './bytes.ts'
import type { AfiSafi } from './family.ts'

/** ADD-PATH (RFC 7911 §4): what the sender of the capability can do. */
export const AddPathMode = { RECEIVE: 1, SEND: 2, BOTH: 3 } as const

/** BGP roles (RFC 9234 §4.1). */
export const Role = { PROVIDER: 0, ROUTE_SERVER: 1, ROUTE_SERVER_CLIENT: 2, CUSTOMER: 3, PEER: 4 } as const

/** Graceful restart (RFC 4724 §3, RFC 8538 §2). */
export interface GracefulRestart {
  /** R: the sender has restarted. */
  readonly restarting: boolean
  /** N: graceful restart also on NOTIFICATION and hold timer (RFC 8538). */
  readonly notification: boolean
  /** Seconds until the session is back at the latest, 0 to 4095. */
  readonly time: number
  /** `forwarding`: F, the forwarding state was kept. */
  readonly families: readonly (AfiSafi & { readonly forwarding: boolean })[]
}

/** Long-lived graceful restart of a family (RFC 9494 §3). */
export interface LongLivedFamily extends AfiSafi {
  readonly forwarding: boolean
  /** Seconds, 24 bits. */
  readonly staleTime: number
}

/** What one side announced in its OPEN (RFC 5492), decoded. A capability that was not announced is absent or empty. */
export interface Capabilities {
  /** 1: multiprotocol extensions (RFC 4760 §8). Empty: none was announced, which means IPv4 unicast. */
  readonly families: readonly AfiSafi[]
  /** 2 (RFC 2918). */
  readonly routeRefresh?: boolean
  /** 5: routes of this family may have next hops of `nexthopAfi` (RFC 8950 §4). */
  readonly extendedNexthop?: readonly (AfiSafi & { readonly nexthopAfi: number })[]
  /** 6 (RFC 8654). */
  readonly extendedMessage?: boolean
  /** 9: one of `Role`, as it was first announced. */
  readonly role?: number
  /** 9 was announced more than once with different values (RFC 9234 §4.2). */
  readonly roleConflict?: boolean
  /** 64. */
  readonly gracefulRestart?: GracefulRestart
  /** 65: the AS number in four octets (RFC 6793). */
  readonly as4?: number
  /** 69. `mode`: one of `AddPathMode`. */
  readonly addPath?: readonly (AfiSafi & { readonly mode: number })[]
  /** 70 (RFC 7313). */
  readonly enhancedRefresh?: boolean
  /** 71. */
  readonly longLivedGracefulRestart?: readonly LongLivedFamily[]
  /** 73: name of the host and its domain. */
  readonly hostName?: { readonly host: string; readonly domain: string }
  /** 75: free text on the implementation. */
  readonly softwareVersion?: string
  /** All others, and those whose value could not be read, as they came. They mean nothing to us. */
  readonly unknown?: readonly { readonly code: number; readonly value: Uint8Array }[]
}

type Draft = { -readonly [K in keyof Capabilities]: Capabilities[K] }

/** One capability: how its value is read into and written from `Capabilities`. */
interface CapabilityRow {
  readonly code: number
  readonly name: string
  /** Reads one instance into the draft. False where the value is malformed: it is then kept as unknown, and ignored. */
  decode(value: Uint8Array, draft: Draft): boolean
  /** The values to send, one for each instance of the capability. */
  encode(capabilities: Capabilities): Uint8Array[]
}

const text = new TextDecoder()
const utf8 = new TextEncoder()
const EMPTY = new Uint8Array(0)

/** The fixed-size entries that a value is a list of; undefined where it is not whole entries. */
function entries<T>(value: Uint8Array, size: number, read: (at: number) => T): T[] | undefined {
  if (value.length % size !== 0) return undefined
  return Array.from({ length: value.length / size }, (_, index) => read(index * size))
}

/** A list as one value, or no capability where it is empty. */
function list<T>(
  items: readonly T[] | undefined,
  size: number,
  write: (item: T, out: Uint8Array, at: number) => void,
) {
  if (!items || items.length === 0) return []
  const value = new Uint8Array(items.length * size)
  items.forEach((item, index) => {
    write(item, value, index * size)
  })
  return [value]
}

function sameFamily(a: AfiSafi, b: AfiSafi): boolean {
  return a.afi === b.afi && a.safi === b.safi
}

/** A capability without a value. */
function flag(
  code: number,
  name: string,
  key: 'routeRefresh' | 'extendedMessage' | 'enhancedRefresh',
): CapabilityRow {
  return {
    code,
    name,
    decode(value, draft) {
      if (value.length !== 0) return false
      draft[key] = true
      return true
    },
    encode: capabilities => (capabilities[key] ? [EMPTY] : []),
  }
}

/** A string with its length in one octet in front; `at` behind it, or undefined where it is cut off. */
function shortString(value: Uint8Array, at: number): { text: string; at: number } | undefined {
  const length = value[at]
  if (length === undefined || at + 1 + length > value.length) return undefined
  return { text: text.decode(value.subarray(at + 1, at + 1 + length)), at: at + 1 + length }
}

/** As much of a string as fits `limit` octets, cut at a character. */
function cut(value: string, limit: number): Uint8Array {
  const bytes = utf8.encode(value)
  let length = Math.min(bytes.length, limit)
  if (length < bytes.length) while ((bytes[length]! & 0xc0) === 0x80) length--
  return bytes.subarray(0, length)
}

/** In order of their codes, which is the order that they are sent in. */
export const CAPABILITY_TABLE: readonly CapabilityRow[] = [
  {
    code: 1,
    name: 'multiprotocol',
    decode(value, draft) {
      if (value.length !== 4) return false
      const family = { afi: readUint16(value, 0), safi: value[3]! }
      if (!draft.families.some(known => sameFamily(known, family)))
        draft.families = [...draft.families, family]
      return true
    },
    encode: ({ families }) => families.map(({ afi, safi }) => Uint8Array.of(afi >> 8, afi, 0, safi)),
  },
  flag(2, 'route refresh', 'routeRefresh'),
  {
    code: 5,
    name: 'extended next hop',
    decode(value, draft) {
      // The SAFI has two octets here (RFC 8950 §4).
      const read = entries(value, 6, at => ({
        afi: readUint16(value, at),
        safi: readUint16(value, at + 2),
        nexthopAfi: readUint16(value, at + 4),
      }))
      if (read) draft.extendedNexthop = [...(draft.extendedNexthop ?? []), ...read]
      return read !== undefined
    },
    encode: ({ extendedNexthop }) =>
      list(extendedNexthop, 6, (item, out, at) => {
        writeUint16(out, writeUint16(out, writeUint16(out, at, item.afi), item.safi), item.nexthopAfi)
      }),
  },
  flag(6, 'extended message', 'extendedMessage'),
  {
    code: 9,
    name: 'role',
    decode(value, draft) {
      if (value.length !== 1) return false
      if (draft.role === undefined) draft.role = value[0]!
      else if (draft.role !== value[0]) draft.roleConflict = true
      return true
    },
    encode: ({ role }) => (role === undefined ? [] : [Uint8Array.of(role)]),
  },
  {
    code: 64,
    name: 'graceful restart',
    decode(value, draft) {
      if (value.length < 2) return false
      const read = entries(value.subarray(2), 4, at => ({
        afi: readUint16(value, 2 + at),
        safi: value[4 + at]!,
        forwarding: (value[5 + at]! & 0x80) !== 0,
      }))
      if (!read) return false
      // More than one instance: the last counts, all others are to be ignored (RFC 4724 §3).
      draft.gracefulRestart = {
        restarting: (value[0]! & 0x80) !== 0,
        notification: (value[0]! & 0x40) !== 0,
        time: readUint16(value, 0) & 0xfff,
        families: read,
      }
      return true
    },
    encode({ gracefulRestart }) {
      if (!gracefulRestart) return []
      const { restarting, notification, time, families } = gracefulRestart
      const value = new Uint8Array(2 + families.length * 4)
      writeUint16(value, 0, (restarting ? 0x8000 : 0) | (notification ? 0x4000 : 0) | (time & 0xfff))
      families.forEach(({ afi, safi, forwarding }, index) => {
        const at = writeUint16(value, 2 + index * 4, afi)
        value[at] = safi
        value[at + 1] = forwarding ? 0x80 : 0
      })
      return [value]
    },
  },
  {
    code: 65,
    name: 'four-octet AS',
    decode(value, draft) {
      if (value.length !== 4) return false
      draft.as4 = readUint32(value, 0)
      return true
    },
    encode({ as4 }) {
      if (as4 === undefined) return []
      const value = new Uint8Array(4)
      writeUint32(value, 0, as4)
      return [value]
    },
  },
  {
    code: 69,
    name: 'ADD-PATH',
    decode(value, draft) {
      const read = entries(value, 4, at => ({
        afi: readUint16(value, at),
        safi: value[at + 2]!,
        mode: value[at + 3]!,
      }))
      // An entry with another mode means nothing, and of several for one family the last counts (RFC 7911 §4).
      for (const entry of read ?? []) {
        if (entry.mode < AddPathMode.RECEIVE || entry.mode > AddPathMode.BOTH) continue
        const others = (draft.addPath ?? []).filter(known => !sameFamily(known, entry))
        draft.addPath = [...others, entry]
      }
      return read !== undefined
    },
    encode: ({ addPath }) =>
      list(addPath, 4, ({ afi, safi, mode }, out, at) => {
        out.set([safi, mode], writeUint16(out, at, afi))
      }),
  },
  flag(70, 'enhanced route refresh', 'enhancedRefresh'),
  {
    code: 71,
    name: 'long-lived graceful restart',
    decode(value, draft) {
      const read = entries(value, 7, at => ({
        afi: readUint16(value, at),
        safi: value[at + 2]!,
        forwarding: (value[at + 3]! & 0x80) !== 0,
        staleTime: readUint32(value, at + 3) & 0xffffff,
      }))
      if (read) draft.longLivedGracefulRestart = read
      return read !== undefined
    },
    encode: ({ longLivedGracefulRestart }) =>
      list(longLivedGracefulRestart, 7, ({ afi, safi, forwarding, staleTime }, out, at) => {
        const behind = writeUint16(out, at, afi)
        writeUint32(out, behind + 1, (staleTime & 0xffffff) | (forwarding ? 0x80000000 : 0))
        out[behind] = safi
      }),
  },
  {
    code: 73,
    name: 'host name',
    decode(value, draft) {
      const host = shortString(value, 0)
      const domain = host && shortString(value, host.at)
      if (!host || !domain) return false
      draft.hostName = { host: host.text, domain: domain.text }
      return true
    },
    encode({ hostName }) {
      if (!hostName) return []
      const host = cut(hostName.host, 64)
      const domain = cut(hostName.domain, 64)
      return [Uint8Array.of(host.length, ...host, domain.length, ...domain)]
    },
  },
  {
    code: 75,
    name: 'software version',
    decode(value, draft) {
      const version = shortString(value, 0)
      if (!version) return false
      draft.softwareVersion = version.text
      return true
    },
    encode({ softwareVersion }) {
      if (softwareVersion === undefined) return []
      const version = cut(softwareVersion, 64)
      return [Uint8Array.of(version.length, ...version)]
    },
  },
]

const ROWS = new Map(CAPABILITY_TABLE.map(row => [row.code, row]))

/**
 * Reads the value of one capabilities parameter (RFC 5492 §4) into a draft.
 * @returns false where a capability runs over the end: the parameter is malformed.
 */
export function decodeCapabilities(bytes: Uint8Array, draft: Draft): boolean {
  let at = 0
  while (at < bytes.length) {
    const length = bytes[at + 1]
    if (length === undefined || at + 2 + length > bytes.length) return false
    const code = bytes[at]!
    const value = bytes.slice(at + 2, at + 2 + length)
    if (!ROWS.get(code)?.decode(value, draft)) draft.unknown = [...(draft.unknown ?? []), { code, value }]
    at += 2 + length
  }
  return true
}

/** The value of the capabilities parameter: every capability as code, length, value, in order of the codes. */
export function encodeCapabilities(capabilities: Capabilities): Uint8Array {
  const values = CAPABILITY_TABLE.flatMap(row =>
    row.encode(capabilities).map(value => ({ code: row.code, value })),
  ).concat(capabilities.unknown ?? [])
  const bytes = new Uint8Array(values.reduce((sum, { value }) => sum + 2 + value.length, 0))
  let at = 0
  for (const { code, value } of values) {
    bytes[at] = code
    bytes[at + 1] = value.length
    bytes.set(value, at + 2)
    at += 2 + value.length
  }
  return bytes
}

/** Names of the capabilities that were announced, in order of their codes, for people. Unknown ones by their number. */
export function capabilityNames(capabilities: Capabilities): string[] {
  const known = CAPABILITY_TABLE.filter(row => row.encode(capabilities).length > 0).map(row => row.name)
  return [...known, ...(capabilities.unknown ?? []).map(({ code }) => `capability ${code}`)]
}
