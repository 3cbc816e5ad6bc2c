import { describe, expect, it } from 'vitest'
import {
  type AsPathSegment,
  decodeKey,
  encodeKey,
  encodeOutgoing,
  type Outgoing,
} from '../../../src/bgp/wire/index.ts'
import { isPrivateAs } from '../../../src/bgp/wire/outgoing-path.ts'

const OURS = 65000
const PEER = 64999

const EBGP: Outgoing = {
  type: 'eBGP',
  as4: true,
  localAs: OURS,
  prepend: 1,
  localPreference: 100,
  keepMed: false,
}

const sequence = (...ases: number[]): AsPathSegment => ({ type: 2, ases })
const set = (...ases: number[]): AsPathSegment => ({ type: 1, ases })

/** The AS_PATH that goes out for one that came. */
function sent(asPath: readonly AsPathSegment[], change: Partial<Outgoing>): readonly AsPathSegment[] {
  const key = encodeKey({ nexthop: Uint8Array.of(192, 0, 2, 1), origin: 0, asPath })
  const { bytes } = encodeOutgoing(key, 0, key.length, 4, { ...EBGP, ...change })
  return decodeKey(Uint8Array.of(0, ...bytes)).asPath
}

const edit = (path: Partial<NonNullable<Outgoing['path']>>): Partial<Outgoing> => ({
  path: { override: false, peerAs: PEER, ...path },
})

describe('private AS numbers (RFC 6996)', () => {
  it.each([
    [64511, false],
    [64512, true],
    [65534, true],
    [65535, false],
    [4199999999, false],
    [4200000000, true],
    [4294967294, true],
    [4294967295, false],
  ])('%d: %s', (as, expected) => {
    expect(isPrivateAs(as)).toBe(expected)
  })

  it('are left out, of two octets and of four, before our own is put in front', () => {
    const path = [sequence(64512, 3356, 4200000001, 174, 65534)]
    expect(sent(path, edit({ privateAs: 'remove' }))).toEqual([sequence(OURS, 3356, 174)])
  })

  it('leave nothing of a segment that has no others', () => {
    const path = [sequence(64512, 64513), set(64514), sequence(3356)]
    expect(sent(path, edit({ privateAs: 'remove' }))).toEqual([sequence(OURS, 3356)])
    expect(sent([sequence(64512)], edit({ privateAs: 'remove' }))).toEqual([sequence(OURS)])
    expect(sent([], edit({ privateAs: 'remove' }))).toEqual([sequence(OURS)])
  })

  it('give way to ours, in sets too', () => {
    const path = [sequence(64512, 3356), set(64513, 174)]
    expect(sent(path, edit({ privateAs: 'replace' }))).toEqual([sequence(OURS, OURS, 3356), set(OURS, 174)])
  })

  it('stay where they are the AS of the neighbour, which finds its loop by it', () => {
    expect(sent([sequence(64512, PEER)], edit({ privateAs: 'remove' }))).toEqual([sequence(OURS, PEER)])
    expect(sent([sequence(64512, PEER)], edit({ privateAs: 'replace' }))).toEqual([
      sequence(OURS, OURS, PEER),
    ])
  })

  it('go with segments of 255, which have room for ours then', () => {
    const ases = Array.from({ length: 255 }, (_, i) => (i < 2 ? 64512 : 3356))
    expect(sent([sequence(...ases)], edit({ privateAs: 'remove' }))).toEqual([
      sequence(OURS, ...ases.slice(2)),
    ])
  })

  it('stay inside the AS and the confederation', () => {
    const path = [sequence(64512, 3356)]
    expect(sent(path, { type: 'iBGP', ...edit({ privateAs: 'remove' }) })).toEqual(path)
  })
})

describe('the AS of the neighbour', () => {
  it('becomes ours with asOverride, wherever it stands', () => {
    const path = [sequence(PEER, 3356, PEER), set(PEER, 174)]
    expect(sent(path, edit({ override: true }))).toEqual([sequence(OURS, OURS, 3356, OURS), set(OURS, 174)])
  })

  it('becomes ours before private ones are taken out', () => {
    const path = [sequence(PEER, 64512, 3356)]
    expect(sent(path, edit({ override: true, privateAs: 'remove' }))).toEqual([sequence(OURS, OURS, 3356)])
  })
})

describe('another AS of ours (innerAs)', () => {
  it('stands behind the one that the neighbour knows us by', () => {
    expect(sent([sequence(3356)], { innerAs: 64900 })).toEqual([sequence(OURS, 64900, 3356)])
    expect(sent([], { innerAs: 64900 })).toEqual([sequence(OURS, 64900)])
    expect(sent([set(3356)], { innerAs: 64900 })).toEqual([sequence(OURS, 64900), set(3356)])
  })

  it('keeps its place where the first segment has room for one only', () => {
    const ases = Array.from({ length: 254 }, () => 3356)
    expect(sent([sequence(...ases)], { innerAs: 64900 })).toEqual([sequence(OURS), sequence(64900, ...ases)])
  })
})
