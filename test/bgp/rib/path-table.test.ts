import { describe, expect, it } from 'vitest'
import { Fixture } from './fixture.ts'

const SETTINGS = { multipath: 64, multipathRelax: true, linkBandwidth: true, installRoutes: true }

describe('a table that installs nothing', () => {
  it('tells the sink nothing, and its followers all the same', () => {
    const fixture = new Fixture()
    const marked: number[] = []
    fixture.table.follow({
      allPaths: false,
      mark: slot => marked.push(slot),
      holdsSlot: () => false,
      holdsRow: () => false,
    })
    fixture.table.configure({ ...SETTINGS, installRoutes: false })
    const peer = fixture.peer('10.0.0.2', true, 2)
    fixture.announce(peer, '192.0.2.0/24', fixture.set({ via: '10.0.0.2' }))
    fixture.settle()
    expect(fixture.sink.routes.size).toBe(0)
    expect(marked).toHaveLength(1)
    expect(fixture.best('192.0.2.0/24')).toBe(peer)
  })

  it('withdraws what the sink knows when it begins to, and tells it anew when it ends', () => {
    const fixture = new Fixture()
    const peer = fixture.peer('10.0.0.2', true, 2)
    fixture.announce(peer, '192.0.2.0/24', fixture.set({ via: '10.0.0.2' }))
    fixture.settle()
    expect([...fixture.sink.routes.keys()]).toEqual(['192.0.2.0/24'])
    fixture.table.configure({ ...SETTINGS, installRoutes: false })
    fixture.settle()
    expect(fixture.sink.routes.size).toBe(0)
    fixture.table.configure(SETTINGS)
    fixture.settle()
    expect([...fixture.sink.routes.keys()]).toEqual(['192.0.2.0/24'])
    expect(fixture.sink.changes).toBe(3)
  })
})
