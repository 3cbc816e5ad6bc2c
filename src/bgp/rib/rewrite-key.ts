import { attributesStart, valueEnd, valueStart, writeAttributeHeader } from '../wire/attribute-key.ts'
import { readUint32, writeUint32 } from '../wire/bytes.ts'
import { AttributeCode as Code, AttributeFlag as Flag, MAX_SEGMENT, Segment } from '../wire/index.ts'
import { type Change, changedNumber } from './change.ts'

const MAX_VALUE = 0xffff

/** What is written last, from 0 on; valid until the next call. */
export let rewritten = new Uint8Array(1024)

/**
 * Applies a change to a key octet by octet, without decoding: what most policies set, in a fraction of the time.
 * @returns the length of the new key in `rewritten`, or -1 where the change is one for `applyChange`
 */
export function rewriteKey(
  key: Uint8Array,
  start: number,
  end: number,
  change: Change,
  defaultPreference: number,
): number {
  const added = addedCommunities(change)
  if (!added || change.onlyToCustomer !== undefined) return -1
  const needed = end - start + 64 + 4 * (added.length + (change.prepend?.length ?? 0))
  if (rewritten.length < needed) rewritten = new Uint8Array(needed * 2)
  const { nexthop } = change
  let at = 0
  if (nexthop) {
    rewritten[0] = nexthop.length
    rewritten.set(nexthop, 1)
    at = 1 + nexthop.length
  } else at = copy(key, start, attributesStart(key, start), 0)
  let step = 0
  for (let from = attributesStart(key, start); from < end; from = valueEnd(key, from)) {
    const code = key[from + 1]!
    for (; step < STEPS.length && STEPS[step]!.code < code && at >= 0; step++)
      at = STEPS[step]!.write(change, added, defaultPreference, key, -1, at)
    if (at < 0) return -1
    if (step < STEPS.length && STEPS[step]!.code === code)
      at = STEPS[step++]!.write(change, added, defaultPreference, key, from, at)
    else at = copy(key, from, valueEnd(key, from), at)
    if (at < 0) return -1
  }
  for (; step < STEPS.length && at >= 0; step++)
    at = STEPS[step]!.write(change, added, defaultPreference, key, -1, at)
  return at
}

const NOTHING: readonly Uint8Array[] = []

/** Standard communities that are added; undefined where more than that is done to communities. */
function addedCommunities({ communities }: Change): readonly Uint8Array[] | undefined {
  if (!communities) return NOTHING
  if (communities.length > 1) return undefined
  const { clear, remove, add = [] } = communities[0]!
  if (clear || remove || add.some(({ kind }) => kind !== 'standard')) return undefined
  return add.map(({ bytes }) => bytes)
}

/** Writes the attribute of a code; `from` is where the key has it, or -1. Returns the place behind it, or -1. */
interface Step {
  readonly code: number
  write(
    change: Change,
    added: readonly Uint8Array[],
    defaultPreference: number,
    key: Uint8Array,
    from: number,
    at: number,
  ): number
}

/** In the order of their codes. */
const STEPS: readonly Step[] = [
  {
    code: Code.ORIGIN,
    write({ origin }, _added, _default, key, from, at) {
      if (origin === undefined) return kept(key, from, at)
      if (from < 0) return -1
      const value = writeAttributeHeader(rewritten, at, key[from]!, Code.ORIGIN, 1)
      rewritten[value] = origin
      return value + 1
    },
  },
  {
    code: Code.AS_PATH,
    write({ prepend }, _added, _default, key, from, at) {
      if (!prepend) return kept(key, from, at)
      return from < 0 ? -1 : writePath(prepend, key, from, at)
    },
  },
  {
    code: Code.MULTI_EXIT_DISC,
    write: ({ med }, _added, _default, key, from, at) =>
      med === undefined
        ? kept(key, from, at)
        : writeNumber(changedNumber(present(key, from), med, 0), key, from, at, MED),
  },
  {
    code: Code.LOCAL_PREF,
    write({ localPreference }, _added, usual, key, from, at) {
      if (localPreference === undefined) return kept(key, from, at)
      return writeNumber(changedNumber(present(key, from), localPreference, usual), key, from, at, LOCAL_PREF)
    },
  },
  {
    code: Code.COMMUNITIES,
    write: (_change, added, _default, key, from, at) =>
      added.length === 0 ? kept(key, from, at) : writeCommunities(added, key, from, at),
  },
]

const MED = { code: Code.MULTI_EXIT_DISC, flags: Flag.OPTIONAL } as const
const LOCAL_PREF = { code: Code.LOCAL_PREF, flags: Flag.TRANSITIVE } as const

function copy(key: Uint8Array, from: number, to: number, at: number): number {
  let out = at
  for (let i = from; i < to; i++) rewritten[out++] = key[i]!
  return out
}

function kept(key: Uint8Array, from: number, at: number): number {
  return from < 0 ? at : copy(key, from, valueEnd(key, from), at)
}

function present(key: Uint8Array, from: number): number | undefined {
  return from < 0 ? undefined : readUint32(key, valueStart(key, from))
}

function writeNumber(
  value: number | undefined,
  key: Uint8Array,
  from: number,
  at: number,
  { code, flags }: { readonly code: number; readonly flags: number },
): number {
  if (value === undefined) return at
  return writeUint32(
    rewritten,
    writeAttributeHeader(rewritten, at, from < 0 ? flags : key[from]!, code, 4),
    value,
  )
}

function writePath(prepend: readonly number[], key: Uint8Array, from: number, at: number): number {
  const start = valueStart(key, from)
  const end = valueEnd(key, from)
  const type = start < end ? key[start]! : Segment.SET
  if (type > Segment.SEQUENCE || prepend.length > MAX_SEGMENT) return -1
  const joined = type === Segment.SEQUENCE && key[start + 1]! + prepend.length <= MAX_SEGMENT
  const length = end - start + 4 * prepend.length + (joined ? 0 : 2)
  if (length > MAX_VALUE) return -1
  let out = writeAttributeHeader(rewritten, at, key[from]!, Code.AS_PATH, length)
  rewritten[out++] = Segment.SEQUENCE
  rewritten[out++] = prepend.length + (joined ? key[start + 1]! : 0)
  for (const as of prepend) out = writeUint32(rewritten, out, as)
  return copy(key, joined ? start + 2 : start, end, out)
}

function writeCommunities(added: readonly Uint8Array[], key: Uint8Array, from: number, at: number): number {
  const start = from < 0 ? 0 : valueStart(key, from)
  const end = from < 0 ? 0 : valueEnd(key, from)
  let more = 0
  for (const [i, bytes] of added.entries()) {
    if (!holds(key, start, end, bytes) && !added.slice(0, i).some(other => same(other, bytes))) more++
  }
  const length = end - start + 4 * more
  if (length > MAX_VALUE) return -1
  if (more === 0) return kept(key, from, at)
  const flags = from < 0 ? Flag.OPTIONAL | Flag.TRANSITIVE : key[from]!
  const value = writeAttributeHeader(rewritten, at, flags, Code.COMMUNITIES, length)
  let out = copy(key, start, end, value)
  for (const bytes of added) {
    if (holds(rewritten, value, out, bytes)) continue
    for (let i = 0; i < 4; i++) rewritten[out++] = bytes[i]!
  }
  return out
}

function holds(bytes: Uint8Array, start: number, end: number, community: Uint8Array): boolean {
  const wanted = readUint32(community, 0)
  for (let at = start; at < end; at += 4) if (readUint32(bytes, at) === wanted) return true
  return false
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return readUint32(a, 0) === readUint32(b, 0)
}
