import { describe, expect, it } from 'vitest'
import { ribSink } from '../../src/engine/rib-sink.ts'
import { parsePrefix } from '../../src/net/prefix.ts'
import { NexthopSets, Resolver, Rib } from '../../src/routing/index.ts'

const { bytes, length } = parsePrefix('10.1.0.0/16')!

function sink() {
  const sets = new NexthopSets()
  const fib = { set() {}, delete() {} }
  const rib = new Rib({ sets, resolver: new Resolver(), fib, onBest() {} })
  const nexthops = sets.intern([{ via: '192.0.2.1', weight: 1 }])
  return { rib, nexthops, sink: ribSink(rib, () => {}) }
}

describe('the way of BGP into the RIB', () => {
  it('has a prefix by eBGP or by iBGP, as it was told last', () => {
    const { rib, nexthops, sink: to } = sink()
    to.update(4, bytes, 0, length, nexthops, 'eBGP')
    expect(rib.route(4, bytes, length)?.source).toBe('eBGP')
    to.update(4, bytes, 0, length, nexthops, 'iBGP')
    expect(rib.route(4, bytes, length)?.source).toBe('iBGP')
  })

  it('takes a prefix away of whichever it was', () => {
    for (const type of ['eBGP', 'iBGP'] as const) {
      const { rib, nexthops, sink: to } = sink()
      to.update(4, bytes, 0, length, nexthops, type)
      to.withdraw(4, bytes, 0, length)
      expect(rib.size).toBe(0)
    }
  })
})
