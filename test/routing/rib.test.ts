import { describe, expect, it } from 'vitest'
import { type Family, formatAddress } from '../../src/net/address.ts'
import { formatPrefix, parsePrefix, prefixFamily } from '../../src/net/prefix.ts'
import {
  type NexthopSet,
  NexthopSets,
  type ResolvedNexthops,
  Resolver,
  Rib,
  type SourceName,
} from '../../src/routing/index.ts'

function table() {
  const sets = new NexthopSets()
  const resolver = new Resolver()
  resolver.setTopology({
    connected: [{ network: parsePrefix('192.168.50.0/24')!, interface: 'eth1' }],
    statics: [],
  })
  const kernel = new Map<string, string>()
  const best: string[] = []
  const text = (family: Family, bytes: Uint8Array, offset: number, length: number) =>
    `${formatAddress(bytes, offset, family === 4 ? 4 : 16)}/${length}`
  const rib = new Rib({
    sets,
    resolver,
    fib: {
      set: (family, bytes, offset, length, nexthops: ResolvedNexthops) =>
        kernel.set(
          text(family, bytes, offset, length),
          nexthops.hops.map(hop => hop.gateway).join(' ') || 'blackhole',
        ),
      delete: (family, bytes, offset, length) => kernel.delete(text(family, bytes, offset, length)),
    },
    onBest: (family, bytes, offset, length, source) =>
      best.push(`${text(family, bytes, offset, length)} ${source ?? 'gone'}`),
  })
  const set = (source: SourceName, prefix: string, nexthops: NexthopSet, distance?: number) => {
    const { bytes, length } = parsePrefix(prefix)!
    rib.set(source, prefixFamily({ bytes, length }), bytes, 0, length, nexthops, distance)
  }
  const remove = (source: SourceName, prefix: string) => {
    const { bytes, length } = parsePrefix(prefix)!
    rib.remove(source, prefixFamily({ bytes, length }), bytes, 0, length)
  }
  const via = (address: string) => sets.intern([{ via: address, weight: 1 }])
  return { rib, resolver, kernel, best, set, remove, via, sets }
}

describe('the RIB', () => {
  it('gives the kernel the source of least distance, and the next one when that goes', () => {
    const { kernel, best, set, remove, via } = table()
    set('iBGP', '10.1.0.0/16', via('192.168.50.2'))
    set('eBGP', '10.1.0.0/16', via('192.168.50.3'))
    set('static', '10.1.0.0/16', via('192.168.50.4'))
    expect(kernel.get('10.1.0.0/16')).toBe('192.168.50.4')
    remove('static', '10.1.0.0/16')
    expect(kernel.get('10.1.0.0/16')).toBe('192.168.50.3')
    remove('eBGP', '10.1.0.0/16')
    expect(kernel.get('10.1.0.0/16')).toBe('192.168.50.2')
    remove('iBGP', '10.1.0.0/16')
    expect(kernel.size).toBe(0)
    expect(best.at(-1)).toBe('10.1.0.0/16 gone')
  })

  it('lets a static route of greater distance stand behind BGP', () => {
    const { kernel, set, via } = table()
    set('static', '10.1.0.0/16', via('192.168.50.4'), 250)
    set('iBGP', '10.1.0.0/16', via('192.168.50.2'))
    expect(kernel.get('10.1.0.0/16')).toBe('192.168.50.2')
  })

  it('never writes over a connected network, and takes away what stood there', () => {
    const { kernel, best, set, remove, sets, via } = table()
    set('eBGP', '192.168.50.0/24', via('192.168.50.2'))
    expect(kernel.has('192.168.50.0/24')).toBe(true)
    set('connected', '192.168.50.0/24', sets.intern([{ interface: 'eth1', weight: 1 }]))
    expect(kernel.has('192.168.50.0/24')).toBe(false)
    expect(best.at(-1)).toBe('192.168.50.0/24 connected')
    remove('connected', '192.168.50.0/24')
    expect(kernel.get('192.168.50.0/24')).toBe('192.168.50.2')
  })

  it('keeps a route whose next hop does not resolve out of the kernel until it does', () => {
    const { rib, resolver, kernel, set, via } = table()
    set('eBGP', '10.2.0.0/16', via('172.16.0.9'))
    expect(kernel.size).toBe(0)
    const changed = resolver.setTopology({
      connected: [{ network: parsePrefix('172.16.0.0/24')!, interface: 'eth0' }],
      statics: [],
    })
    expect(rib.resolveAgain(changed, () => 0)(1)).toBe(false)
    expect(kernel.get('10.2.0.0/16')).toBe('172.16.0.9')
    const { bytes, length } = parsePrefix('10.2.0.0/16')!
    expect(rib.route(4, bytes, length)).toMatchObject({
      prefix: '10.2.0.0/16',
      source: 'eBGP',
      distance: 20,
    })
  })

  it('is walked over with chances to pause, in which it may change', () => {
    const { rib, set, remove, via } = table()
    const prefixes = Array.from({ length: 3000 }, (_, i) => `10.${i >> 8}.${i & 255}.0/24`)
    for (const prefix of prefixes) set('eBGP', prefix, via('192.168.50.3'))
    const seen: string[] = []
    let pauses = 0
    for (const _ of rib.walk(4, prefix => seen.push(formatPrefix(prefix)))) {
      if (pauses++ === 0) remove('eBGP', prefixes.at(-1)!)
    }
    expect(pauses).toBe(2)
    expect(seen).toEqual(prefixes.slice(0, -1))
    expect([...rib.walk(6, () => expect.unreachable())]).toEqual([])
  })

  it('tells nothing when a source offers what it offered', () => {
    const { best, set, via } = table()
    set('eBGP', '10.1.0.0/16', via('192.168.50.3'))
    set('eBGP', '10.1.0.0/16', via('192.168.50.3'))
    set('iBGP', '10.1.0.0/16', via('192.168.50.9'))
    expect(best).toEqual(['10.1.0.0/16 eBGP'])
  })

  it('keeps thousands of prefixes apart while it grows, IPv6 too', () => {
    const { rib, kernel, set, remove, via } = table()
    const hop = via('192.168.50.3')
    for (let i = 0; i < 5000; i++) set('eBGP', `10.${i >> 8}.${i & 255}.0/24`, hop)
    for (let i = 0; i < 5000; i++) set('iBGP', `2001:db8:${i.toString(16)}::/48`, hop)
    expect(rib.size).toBe(10_000)
    for (let i = 0; i < 5000; i += 2) remove('eBGP', `10.${i >> 8}.${i & 255}.0/24`)
    expect(rib.size).toBe(7500)
    expect(kernel.size).toBe(7500)
    expect(kernel.has('10.0.1.0/24')).toBe(true)
    expect(kernel.has('10.0.2.0/24')).toBe(false)
  })
})
