import { readUint32, writeUint32 } from '../wire/bytes.ts'
import {
  type AsPathSegment,
  type Attributes,
  isConfederation,
  MAX_SEGMENT,
  readLargeCommunity,
  Segment,
  segmentsLength,
  writeLargeCommunity,
} from '../wire/index.ts'

/** A number as it is to be, or how much more it is to be. */
export type NumberChange = number | { readonly add: number }

/** What of the bits of a community counts: those of `mask`. */
export interface CommunityBits {
  readonly kind: 'standard' | 'large' | 'extended'
  readonly bytes: Uint8Array
  readonly mask: Uint8Array
}

/** A change of communities: first all or some go, then others come. */
export interface CommunityEdit {
  readonly clear?: boolean
  readonly remove?: readonly CommunityBits[]
  readonly add?: readonly CommunityBits[]
}

/** Which next hop a route is announced with, where a policy says so and not the neighbour's own settings. */
export const NexthopChoice = { USUAL: 0, SELF: 1, UNCHANGED: 2 } as const

/** What a policy, or the way in, does to attributes. */
export interface Change {
  readonly localPreference?: NumberChange
  /** null: remove it. */
  readonly med?: NumberChange | null
  readonly origin?: number
  readonly communities?: readonly CommunityEdit[]
  /** Put in front of the AS_PATH, the first of them outermost. */
  readonly prepend?: readonly number[]
  /** 4 or 16 octets. */
  readonly nexthop?: Uint8Array
  /** One of `NexthopChoice`. */
  readonly nexthopChoice?: number
  /** ONLY_TO_CUSTOMER where there is none (RFC 9234 §5). */
  readonly onlyToCustomer?: number
  /** Packets are dropped. */
  readonly blackhole?: true
  /** Packets leave through this interface, with the next hop as far end. */
  readonly tunnel?: string
}

const UINT32 = 0xffffffff
/** Octets of the value of a path attribute, at most. */
const MAX_VALUE = 0xffff

/** A text that is equal for equal changes. */
export function changeText(change: Change): string {
  const known = { ...ORDER, ...change }
  return JSON.stringify(known, (_key, value) => (value instanceof Uint8Array ? String(value) : value))
}

/** So that the keys of a change stand in one order. */
const ORDER: { readonly [K in keyof Required<Change>]: undefined } = {
  localPreference: undefined,
  med: undefined,
  origin: undefined,
  communities: undefined,
  prepend: undefined,
  nexthop: undefined,
  nexthopChoice: undefined,
  onlyToCustomer: undefined,
  blackhole: undefined,
  tunnel: undefined,
}

/** The change that is the first one and then the second. */
export function composeChanges(first: Change, second: Change): Change {
  const localPreference = composeNumber(first.localPreference, second.localPreference)
  const med = composeNumber(first.med, second.med)
  const communities = [...(first.communities ?? []), ...(second.communities ?? [])]
  const prepend = [...(second.prepend ?? []), ...(first.prepend ?? [])]
  return {
    ...first,
    ...second,
    ...(localPreference !== undefined && localPreference !== null && { localPreference }),
    ...(med !== undefined && { med }),
    ...(communities.length > 0 && { communities }),
    ...(prepend.length > 0 && { prepend }),
  }
}

function composeNumber(
  first: NumberChange | null | undefined,
  second: NumberChange | null | undefined,
): NumberChange | null | undefined {
  if (second === undefined) return first
  if (second === null || typeof second === 'number') return second
  if (first === undefined) return second
  if (first === null || typeof first === 'number') return clamp((first ?? 0) + second.add)
  return { add: first.add + second.add }
}

function clamp(value: number): number {
  return Math.min(UINT32, Math.max(0, value))
}

/** The attributes that a change makes of others. What would be longer than an attribute can be is left as it is. */
export function applyChange(attributes: Attributes, change: Change, defaultPreference: number): Attributes {
  const { med, localPreference, ...rest } = attributes
  const newMed = changedNumber(med, change.med, 0)
  const newPreference = changedNumber(localPreference, change.localPreference, defaultPreference)
  const result: Attributes = {
    ...rest,
    ...(newMed !== undefined && { med: newMed }),
    ...(newPreference !== undefined && { localPreference: newPreference }),
    ...(change.origin !== undefined && { origin: change.origin }),
    ...(change.prepend && { asPath: prepended(rest.asPath, change.prepend) }),
    ...(change.nexthop && { nexthop: change.nexthop }),
    ...(change.onlyToCustomer !== undefined &&
      rest.onlyToCustomer === undefined && { onlyToCustomer: change.onlyToCustomer }),
  }
  return (change.communities ?? []).reduce(edited, result)
}

/** What a change makes of a number; undefined: there is none. `otherwise`: what counts where there is none. */
export function changedNumber(
  value: number | undefined,
  change: NumberChange | null | undefined,
  otherwise: number,
): number | undefined {
  if (change === undefined) return value
  if (change === null) return undefined
  return typeof change === 'number' ? change : clamp((value ?? otherwise) + change.add)
}

/** Inside a confederation its segments stay in front (RFC 5065 §4.1). */
function prepended(path: readonly AsPathSegment[], ases: readonly number[]): readonly AsPathSegment[] {
  const inside = path.findIndex(({ type }) => !isConfederation(type))
  const at = inside < 0 ? path.length : inside
  const first = path[at]
  const joined = first?.type === Segment.SEQUENCE && first.ases.length + ases.length <= MAX_SEGMENT
  const head: AsPathSegment = { type: Segment.SEQUENCE, ases: joined ? [...ases, ...first.ases] : ases }
  const longer = [...path.slice(0, at), head, ...path.slice(joined ? at + 1 : at)]
  return segmentsLength(longer, 4) <= MAX_VALUE ? longer : path
}

function edited(attributes: Attributes, edit: CommunityEdit): Attributes {
  const { communities, largeCommunities, extendedCommunities, ...rest } = attributes
  const standard = editKind('standard', 4, communities?.map(bytesOf), edit)
  const large = editKind(
    'large',
    12,
    largeCommunities?.map(community => {
      const bytes = new Uint8Array(12)
      writeLargeCommunity(community, bytes, 0)
      return bytes
    }),
    edit,
  )
  const extended = editKind('extended', 8, extendedCommunities, edit)
  return {
    ...rest,
    ...(standard.length > 0 && { communities: standard.map(bytes => readUint32(bytes, 0)) }),
    ...(large.length > 0 && { largeCommunities: large.map(bytes => readLargeCommunity(bytes, 0)) }),
    ...(extended.length > 0 && { extendedCommunities: extended }),
  }
}

function bytesOf(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  writeUint32(bytes, 0, value)
  return bytes
}

function editKind(
  kind: CommunityBits['kind'],
  octets: number,
  present: readonly Uint8Array[] | undefined,
  { clear, remove, add }: CommunityEdit,
): readonly Uint8Array[] {
  const gone = (remove ?? []).filter(bits => bits.kind === kind)
  const kept = clear ? [] : (present ?? []).filter(bytes => !gone.some(bits => fits(bits, bytes)))
  const all = [...kept]
  for (const bits of add ?? []) {
    if (bits.kind === kind && !all.some(bytes => fits(bits, bytes))) all.push(bits.bytes)
  }
  return all.length * octets <= MAX_VALUE ? all : kept
}

function fits({ bytes, mask }: CommunityBits, community: Uint8Array): boolean {
  return bytes.every((octet, i) => ((octet ^ community[i]!) & mask[i]!) === 0)
}
