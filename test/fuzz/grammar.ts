import {
  buildNotification,
  buildOpen,
  buildRouteRefresh,
  type Capabilities,
  AttributeCode as Code,
  AttributeFlag as Flag,
  MessageType,
  type Open,
  UNICAST,
} from '../../src/bgp/wire/index.ts'
import type { Random } from './random.ts'

/** How a message is made: which session it is for, and how many octets it may have. */
export interface Shape {
  readonly as4: boolean
  readonly addPath: boolean
  /** The AS of the sender, first in most paths. */
  readonly as: number
  readonly limit: number
  /** How many times more seldom than else there is something that ends a session. */
  readonly mild: number
}

type Attribute = (random: Random, shape: Shape) => { flags: number; value: number[] }

const WELL_KNOWN = Flag.TRANSITIVE
const OPTIONAL = Flag.OPTIONAL
const OPTIONAL_TRANSITIVE = Flag.OPTIONAL | Flag.TRANSITIVE

const word = (value: number) => [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff]
const short = (value: number) => [(value >>> 8) & 0xff, value & 0xff]
const several = (random: Random, most: number, make: () => number[]) =>
  Array.from({ length: random.below(most + 1) }, make).flat()

function asPath(random: Random, shape: Shape, as4: boolean): number[] {
  const size = as4 ? word : short
  const segments = Array.from({ length: 1 + random.below(3) }, (_, index) => {
    const type = random.oneIn(8) ? random.below(6) : index === 0 ? 2 : 1 + random.below(4)
    const ases = Array.from({ length: random.oneIn(10) ? random.below(300) : 1 + random.below(5) }, () =>
      random.oneIn(4) ? random.uint32() : 64512 + random.below(1000),
    )
    if (index === 0 && !random.oneIn(6)) ases[0] = shape.as
    const kept = ases.slice(0, 255)
    return [type, kept.length, ...kept.flatMap(as => size(as4 ? as : Math.min(as, 65535)))]
  })
  return random.oneIn(6) ? [] : segments.flat()
}

function address4(random: Random): number[] {
  return random.oneIn(5) ? word(random.uint32()) : [10, 0, 0, 2 + random.below(3)]
}

function address6(random: Random, linkLocal = false): number[] {
  if (random.oneIn(6)) return Array.from(random.bytes(16))
  const host = [0, 0, 0, 0, 0, 0, 0, 1 + random.below(9)]
  return linkLocal ? [0xfe, 0x80, 0, 0, 0, 0, 0, 0, ...host] : [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, ...host]
}

/** NLRI of a family; now and then with a length that is none, or host bits that should not be there. */
function nlri(random: Random, family: 4 | 6, { addPath, mild }: Shape, most: number): number[] {
  return several(random, most, () => {
    const bits = random.oneIn(40 * mild)
      ? random.below(256)
      : family === 4
        ? 8 + random.below(25)
        : 16 + random.below(113)
    const octets = Math.ceil(Math.min(bits, 136) / 8)
    const first = family === 4 ? [198, 51] : [0x20, 1]
    const body = [...first, ...random.bytes(Math.max(0, octets - 2))].slice(0, octets)
    return [...(addPath ? word(random.below(4)) : []), bits, ...body]
  })
}

function onePrefix(random: Random, { addPath }: Shape): number[] {
  return [...(addPath ? word(random.below(4)) : []), 24, 198, 51, random.below(256)]
}

function mpReach(random: Random, shape: Shape): number[] {
  const family = random.oneIn(3) ? 4 : 6
  const afi = random.oneIn(15 * shape.mild) ? random.uint16() : family === 4 ? 1 : 2
  const safi = random.oneIn(15 * shape.mild) ? random.below(256) : 1
  const nexthop = random.pick([
    () => address4(random),
    () => address6(random),
    () => [...address6(random), ...address6(random, true)],
    () => address6(random, true),
    () => Array.from(random.bytes(random.oneIn(shape.mild) ? random.below(49) : 16)),
  ])()
  return [
    ...short(afi),
    safi,
    nexthop.length,
    ...nexthop,
    random.oneIn(20) ? 1 : 0,
    ...nlri(random, family, shape, 30),
  ]
}

/** How each attribute is made when it is made well; the flags and the length are spoilt now and then by `attribute`. */
const ATTRIBUTES: ReadonlyMap<number, Attribute> = new Map<number, Attribute>([
  [
    Code.ORIGIN,
    random => ({ flags: WELL_KNOWN, value: [random.oneIn(12) ? random.below(256) : random.below(3)] }),
  ],
  [Code.AS_PATH, (random, shape) => ({ flags: WELL_KNOWN, value: asPath(random, shape, shape.as4) })],
  [Code.NEXT_HOP, random => ({ flags: WELL_KNOWN, value: address4(random) })],
  [Code.MULTI_EXIT_DISC, random => ({ flags: OPTIONAL, value: word(random.uint32()) })],
  [Code.LOCAL_PREF, random => ({ flags: WELL_KNOWN, value: word(random.uint32()) })],
  [Code.ATOMIC_AGGREGATE, () => ({ flags: WELL_KNOWN, value: [] })],
  [
    Code.AGGREGATOR,
    (random, { as4 }) => ({
      flags: OPTIONAL_TRANSITIVE,
      value: [...(as4 ? word(random.uint32()) : short(random.uint16())), ...address4(random)],
    }),
  ],
  [
    Code.COMMUNITIES,
    random => ({
      flags: OPTIONAL_TRANSITIVE,
      value: several(random, 40, () =>
        word(random.oneIn(4) ? 0xffff0000 + random.below(16) : 0xffffff00 + random.below(8)),
      ),
    }),
  ],
  [Code.ORIGINATOR_ID, random => ({ flags: OPTIONAL, value: word(random.uint32()) })],
  [
    Code.CLUSTER_LIST,
    random => ({ flags: OPTIONAL, value: several(random, 20, () => word(random.uint32())) }),
  ],
  [Code.MP_REACH_NLRI, (random, shape) => ({ flags: OPTIONAL, value: mpReach(random, shape) })],
  [
    Code.MP_UNREACH_NLRI,
    (random, shape) => {
      const family = random.oneIn(3) ? 4 : 6
      return {
        flags: OPTIONAL,
        value: [
          0,
          family === 4 ? 1 : 2,
          random.oneIn(15) ? random.below(256) : 1,
          ...nlri(random, family, shape, 30),
        ],
      }
    },
  ],
  [
    Code.EXTENDED_COMMUNITIES,
    random => ({
      flags: OPTIONAL_TRANSITIVE,
      value: several(random, 20, () => [
        random.pick([0, 1, 2, 3, 0x40, 0x43, 0x80]),
        random.pick([2, 3, 4, 11]),
        ...random.bytes(6),
      ]),
    }),
  ],
  [Code.AS4_PATH, (random, shape) => ({ flags: OPTIONAL_TRANSITIVE, value: asPath(random, shape, true) })],
  [
    Code.AS4_AGGREGATOR,
    random => ({ flags: OPTIONAL_TRANSITIVE, value: [...word(random.uint32()), ...address4(random)] }),
  ],
  [
    Code.LARGE_COMMUNITY,
    random => ({
      flags: OPTIONAL_TRANSITIVE,
      value: several(random, 20, () => [...word(random.below(3)), ...word(1), ...word(random.uint32())]),
    }),
  ],
  [Code.ONLY_TO_CUSTOMER, random => ({ flags: OPTIONAL_TRANSITIVE, value: word(random.uint32()) })],
])

const CODES = [...ATTRIBUTES.keys()]
const MANDATORY = [Code.ORIGIN, Code.AS_PATH, Code.NEXT_HOP]

function attribute(code: number, random: Random, shape: Shape): number[] {
  const known = ATTRIBUTES.get(code)
  let { flags, value } = known?.(random, shape) ?? {
    flags: random.oneIn(5 * shape.mild)
      ? WELL_KNOWN
      : random.pick([OPTIONAL_TRANSITIVE, OPTIONAL, OPTIONAL_TRANSITIVE | Flag.PARTIAL]),
    value: Array.from(random.bytes(random.below(40))),
  }
  // A multiprotocol attribute that cannot be read, or an unknown one that claims to be well-known, ends the session.
  const seldom =
    25 * (code === Code.MP_REACH_NLRI || code === Code.MP_UNREACH_NLRI || !known ? shape.mild : 1)
  if (random.oneIn(seldom)) flags = random.below(256)
  if (random.oneIn(seldom)) value = value.slice(0, random.below(value.length + 1))
  if (random.oneIn(seldom)) value = [...value, ...random.bytes(1 + random.below(8))]
  const length = random.oneIn(60 * shape.mild) ? random.uint16() : value.length
  const wide = value.length > 255 || random.oneIn(4)
  return [
    wide ? flags | Flag.EXTENDED_LENGTH : flags & ~Flag.EXTENDED_LENGTH,
    code,
    ...(wide ? short(length) : [length & 0xff]),
    ...value,
  ]
}

function message(type: number, body: readonly number[], limit: number): Uint8Array {
  const bytes = Uint8Array.from([...Array<number>(16).fill(255), 0, 0, type, ...body]).slice(0, limit)
  bytes[16] = bytes.length >> 8
  bytes[17] = bytes.length & 0xff
  return bytes
}

/** An UPDATE as a speaker might send it, with now and then something in it that none should. */
export function randomUpdate(random: Random, shape: Shape): Uint8Array {
  const withdrawn = random.oneIn(3) ? nlri(random, 4, shape, 20) : []
  const announced = random.oneIn(5 * shape.mild)
    ? []
    : [...nlri(random, 4, shape, 20), ...(shape.mild > 1 ? onePrefix(random, shape) : [])]
  const codes = new Set<number>(random.oneIn(10) ? [] : MANDATORY)
  for (let more = random.below(6); more > 0; more--) codes.add(random.pick(CODES))
  if (random.oneIn(4)) codes.add(1 + random.below(255))
  const ordered = [...codes]
  if (random.oneIn(3)) ordered.sort(() => random.next() - 0.5)
  if (random.oneIn(15) && ordered.length > 0) ordered.push(random.pick(ordered))
  const attributes =
    announced.length === 0 && random.oneIn(3) ? [] : ordered.flatMap(code => attribute(code, random, shape))
  const room = Math.max(0, shape.limit - 23 - withdrawn.length)
  const kept = attributes.slice(0, room)
  const length = random.oneIn(60 * shape.mild) ? random.uint16() : kept.length
  return message(
    MessageType.UPDATE,
    [...short(withdrawn.length), ...withdrawn, ...short(length), ...kept, ...announced],
    shape.limit,
  )
}

/** Capabilities as a speaker might announce them, and some that nobody knows. */
export function randomCapabilities(random: Random): Partial<Capabilities> {
  const families = random.pick([
    [UNICAST[4]],
    [UNICAST[6]],
    [UNICAST[4], UNICAST[6]],
    [{ afi: 25, safi: 70 }, UNICAST[4]],
  ])
  const maybe = <T>(key: string, value: T) => (random.oneIn(2) ? { [key]: value } : {})
  return {
    families,
    ...maybe('routeRefresh', true),
    ...maybe('enhancedRefresh', true),
    ...maybe('extendedMessage', true),
    ...maybe('extendedNexthop', [{ ...UNICAST[4], nexthopAfi: 2 }]),
    ...maybe(
      'addPath',
      families.map(family => ({
        ...family,
        mode: random.oneIn(8) ? random.below(256) : 1 + random.below(3),
      })),
    ),
    ...maybe('role', random.below(6)),
    ...maybe('gracefulRestart', {
      restarting: random.oneIn(2),
      notification: random.oneIn(2),
      time: random.below(4096),
      families: families.map(family => ({ ...family, forwarding: random.oneIn(2) })),
    }),
    ...maybe(
      'longLivedGracefulRestart',
      families.map(family => ({ ...family, forwarding: random.oneIn(2), staleTime: random.below(1 << 24) })),
    ),
    ...maybe('hostName', { host: 'node', domain: 'example.net' }),
    ...maybe('softwareVersion', 'a speaker of routes 1.0'),
    ...maybe('unknown', [{ code: 128 + random.below(128), value: random.bytes(random.below(60)) }]),
  }
}

/** An OPEN that is mostly one of that AS. */
export function randomOpen(random: Random, as: number): Open {
  return {
    as: random.oneIn(10) ? random.uint32() : as,
    holdTime: random.oneIn(8) ? random.uint16() : 90,
    routerId: random.oneIn(8) ? random.uint32() : 0x0a000002,
    capabilities: randomCapabilities(random) as Capabilities,
  }
}

/** Any message but OPEN and UPDATE. */
function randomOther(random: Random): Uint8Array {
  return random.pick([
    () => buildRouteRefresh(random.pick([1, 2, 25]), random.pick([1, 2, 70]), random.below(5)),
    () =>
      buildNotification({
        code: random.below(10),
        subcode: random.below(12),
        data: random.bytes(random.below(60)),
      }),
    () => message(random.below(8), Array.from(random.bytes(random.below(60))), 4096),
  ])()
}

/** A message of any type, most often an UPDATE. */
export function randomMessage(random: Random, shape: Shape): Uint8Array {
  if (random.oneIn(12 * shape.mild)) return buildOpen(randomOpen(random, shape.as))
  if (random.oneIn(8 * shape.mild)) return randomOther(random)
  if (random.oneIn(30)) return buildRouteRefresh(random.pick([1, 2]), 1, random.below(3))
  return randomUpdate(random, shape)
}
