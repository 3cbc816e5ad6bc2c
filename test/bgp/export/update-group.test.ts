import { describe, expect, it } from 'vitest'
import { compiled } from '../policy/compiled.ts'
import { Bench, type Listener, path } from './bench.ts'

/** A hundred members that know a thousand prefixes. */
function crowd() {
  const bench = new Bench()
  const source = bench.fixture.peer('10.0.0.2', true, 2)
  for (let i = 0; i < 1000; i++)
    bench.fixture.announce(source, `10.${i >> 8}.${i & 255}.0/24`, bench.fixture.set({ med: i >> 3 }))
  const members = Array.from({ length: 100 }, () => bench.member())
  bench.run()
  return { bench, members }
}

describe('an update group', () => {
  it('tells a new member the whole table, many prefixes in one UPDATE', () => {
    const bench = new Bench()
    const { fixture } = bench
    const source = fixture.peer('10.0.0.2', true, 2)
    const even = fixture.set({ med: 2 })
    const odd = fixture.set({ med: 1 })
    for (let i = 0; i < 200; i++) fixture.announce(source, `10.1.${i}.0/24`, i % 2 === 0 ? even : odd)
    fixture.settle()
    const member = bench.member()
    bench.run()
    expect(member.routes.size).toBe(200)
    expect(member.updates).toBe(2)
    expect(member.caught).toBeGreaterThan(0)
    expect(member.routes.get('10.1.4.0/24')?.med).toBe(2)
    expect(member.routes.get('10.1.5.0/24')?.med).toBe(1)
  })

  it('gives all its members the same bytes, the very same array', () => {
    const bench = new Bench()
    const members = [bench.member({}, '10.0.9.1'), bench.member({}, '10.0.9.2'), bench.member({}, '10.0.9.3')]
    const source = bench.fixture.peer('10.0.0.2', true, 2)
    bench.run()
    bench.fixture.announce(source, '10.1.0.0/24', bench.fixture.set({}))
    bench.run()
    expect(bench.groups.size).toBe(1)
    expect(members[1]!.pieces).toEqual(members[0]!.pieces)
    expect(members[2]!.pieces[0]).toBe(members[0]!.pieces[0])
  })

  it('writes exactly these bytes for a route of eBGP told to iBGP', () => {
    const bench = new Bench()
    const member = bench.member()
    const source = bench.fixture.peer('10.0.0.2', true, 2)
    bench.fixture.announce(
      source,
      '192.0.2.0/24',
      bench.fixture.set({ via: '10.0.0.2', asPath: path(64513), med: 50 }),
    )
    bench.run()
    const expected = [
      'ffffffffffffffffffffffffffffffff 003d 02', // header: 61 octets, UPDATE
      '0000 0022', // nothing withdrawn, 34 octets of attributes
      '40 01 01 00', // ORIGIN IGP
      '40 02 06 02 01 0000fc01', // AS_PATH 64513
      '40 03 04 0a000002', // NEXT_HOP as it was
      '80 04 04 00000032', // MED 50
      '40 05 04 00000064', // LOCAL_PREF 100
      '18 c00002', // 192.0.2.0/24
    ]
    expect(Buffer.from(member.pieces[0]!).toString('hex')).toBe(expected.join('').replaceAll(' ', ''))
  })

  it('says nothing twice, and nothing of a change that was undone before its turn', () => {
    const bench = new Bench()
    const member = bench.member()
    const source = bench.fixture.peer('10.0.0.2', true, 2)
    const [one, two] = [bench.fixture.set({ med: 1 }), bench.fixture.set({ med: 2 })]
    bench.fixture.announce(source, '10.1.0.0/24', one)
    bench.run()
    bench.fixture.announce(source, '10.1.0.0/24', two)
    bench.fixture.settle()
    bench.fixture.announce(source, '10.1.0.0/24', one)
    bench.fixture.settle()
    bench.fixture.announce(source, '10.2.0.0/24', one)
    bench.fixture.withdraw(source, '10.2.0.0/24')
    bench.run()
    expect(member.log).toEqual(['+10.1.0.0/24'])
    bench.fixture.withdraw(source, '10.1.0.0/24')
    bench.run()
    expect(member.log).toEqual(['+10.1.0.0/24', '-10.1.0.0/24'])
    expect(bench.fixture.table.prefixes.size).toBe(0)
  })

  it('tells eBGP neighbours with our AS in front and our next hop, without LOCAL_PREF and MED', () => {
    const bench = new Bench()
    const policy = compiled([{ action: 'accept' }], {
      attributes: bench.fixture.attributes,
      direction: 'export',
      removeMed: true,
    })
    const member = bench.member({ type: 'eBGP', policy })
    const source = bench.fixture.peer('10.0.0.2', false, 2)
    bench.fixture.announce(
      source,
      '192.0.2.0/24',
      bench.fixture.set({ via: '10.0.0.2', asPath: path(65001), med: 50, localPreference: 700 }),
    )
    bench.run()
    const told = member.routes.get('192.0.2.0/24')!
    expect(told.asPath).toEqual(path(64512, 65001))
    expect([...told.nexthop]).toEqual([10, 0, 0, 1])
    expect(told.med).toBeUndefined()
    expect(told.localPreference).toBeUndefined()
  })

  it('does not repeat to iBGP what iBGP said', () => {
    const bench = new Bench()
    const member = bench.member()
    bench.fixture.announce(bench.fixture.peer('10.0.0.2', false, 2), '10.1.0.0/24', bench.fixture.set({}))
    bench.run()
    expect(member.log).toEqual([])
  })

  it('honours NO_EXPORT and NO_ADVERTISE', () => {
    const bench = new Bench()
    const inside = bench.member()
    const outside = bench.member({ type: 'eBGP' })
    const source = bench.fixture.peer('10.0.0.2', true, 2)
    bench.fixture.announce(source, '10.1.0.0/24', bench.fixture.set({ communities: [0xffffff01] }))
    bench.fixture.announce(source, '10.2.0.0/24', bench.fixture.set({ communities: [0xffffff02] }))
    bench.fixture.announce(source, '10.3.0.0/24', bench.fixture.set({ communities: [0xffffff03] }))
    bench.run()
    expect(inside.log.sort()).toEqual(['+10.1.0.0/24', '+10.3.0.0/24'])
    expect(outside.log).toEqual([])
  })

  it('tells a member nothing of its own, and takes back what it was told when its own path becomes the best', () => {
    const bench = new Bench()
    const one = bench.member({ type: 'eBGP' }, '10.0.0.2', true)
    const two = bench.member({ type: 'eBGP' }, '10.0.0.3', true)
    bench.fixture.announce(one.peer, '10.1.0.0/24', bench.fixture.set({ asPath: path(1, 2) }))
    bench.run()
    expect([one.log, two.log]).toEqual([[], ['+10.1.0.0/24']])
    // Now the path of the second is better: it must forget what it heard, and the first hears of it.
    bench.fixture.announce(two.peer, '10.1.0.0/24', bench.fixture.set({ asPath: path(3) }))
    bench.run()
    expect(two.log).toEqual(['+10.1.0.0/24', '-10.1.0.0/24'])
    expect(one.log).toEqual(['+10.1.0.0/24'])
    bench.fixture.withdraw(two.peer, '10.1.0.0/24')
    bench.run()
    expect(one.log).toEqual(['+10.1.0.0/24', '-10.1.0.0/24'])
    expect(two.routes.get('10.1.0.0/24')?.asPath).toEqual(path(64512, 1, 2))
    bench.fixture.withdraw(one.peer, '10.1.0.0/24')
    bench.run()
    expect([one.routes.size, two.routes.size]).toEqual([0, 0])
    expect(bench.fixture.table.prefixes.size).toBe(0)
  })

  it('keeps both members right where the same attributes come from one and then from the other', () => {
    const bench = new Bench()
    const policy = compiled([{ action: 'accept' }], {
      attributes: bench.fixture.attributes,
      direction: 'export',
      removeMed: true,
    })
    const treatment = { type: 'eBGP', policy } as const
    const one = bench.member(treatment, '10.0.0.2', true)
    const two = bench.member(treatment, '10.0.0.3', true)
    const third = bench.member(treatment, '10.0.0.4', true)
    bench.fixture.announce(two.peer, '10.1.0.0/24', bench.fixture.set({ asPath: path(9), med: 5 }))
    bench.run()
    bench.fixture.announce(one.peer, '10.1.0.0/24', bench.fixture.set({ asPath: path(9), med: 1 }))
    bench.run()
    expect(one.routes.size).toBe(0)
    expect(two.routes.size).toBe(1)
    expect(third.log).toEqual(['+10.1.0.0/24'])
  })
})

describe('groups', () => {
  it('take a late member in, which hears all, and the others nothing of it', () => {
    const bench = new Bench()
    const source = bench.fixture.peer('10.0.0.2', true, 2)
    const early = bench.member()
    bench.fixture.announce(source, '10.1.0.0/24', bench.fixture.set({}))
    bench.run()
    const late = bench.member()
    const group = bench.groups.of(late.peer)!
    expect([group.hasToldAll(early), group.hasToldAll(late)]).toEqual([true, false])
    const slot = bench.fixture.table.prefixes.find(Uint8Array.of(10, 1, 0, 0), 0, 24)
    expect([group.advertised(late.peer), group.hasTold(slot, late.peer)]).toEqual([0, false])
    expect([group.advertised(early.peer), group.hasTold(slot, early.peer)]).toEqual([1, true])
    bench.run()
    expect([group.advertised(late.peer), group.hasTold(slot, late.peer)]).toEqual([1, true])
    expect([group.hasToldAll(early), group.hasToldAll(late)]).toEqual([true, true])
    expect(bench.groups.size).toBe(1)
    expect([early.log, late.log]).toEqual([['+10.1.0.0/24'], ['+10.1.0.0/24']])
    expect([early.caught, late.caught]).toEqual([1, 1])
    bench.fixture.withdraw(source, '10.1.0.0/24')
    bench.run()
    expect(early.routes.size + late.routes.size).toBe(0)
    expect(bench.fixture.table.prefixes.size).toBe(0)
  })

  it('say all again to who asks, and the ends that it must not miss', () => {
    const bench = new Bench()
    const source = bench.fixture.peer('10.0.0.2', true, 2)
    const member = bench.member()
    const other = bench.member()
    for (const i of [1, 2]) bench.fixture.announce(source, `10.${i}.0.0/24`, bench.fixture.set({}))
    bench.run()
    member.log.length = 0
    other.log.length = 0
    bench.fixture.withdraw(source, '10.2.0.0/24')
    bench.fixture.settle()
    bench.groups.again(member)
    bench.run()
    expect(member.log.sort()).toEqual(['+10.1.0.0/24', '-10.2.0.0/24'])
    expect(other.log).toEqual(['-10.2.0.0/24'])
    expect([member.caught, other.caught]).toEqual([2, 1])
  })

  it('tell a hundred that ask while one is being told by one more walk, which they share', () => {
    const { bench, members } = crowd()
    bench.groups.again(members[0]!)
    // 128 prefixes a turn: the walk is under way when the others come, and the first asks once more.
    bench.turn()
    for (const member of members) bench.groups.again(member)
    for (const member of members) member.pieces.length = 0
    bench.finish()
    for (const member of members) {
      expect([...member.pieces].length).toBeGreaterThan(0)
      expect([member.routes.size, member.caught]).toEqual([1000, 2])
    }
    const last = members.map(({ pieces }) => pieces.at(-1))
    expect(new Set(last).size).toBe(1)
    expect(members[1]!.log.length).toBe(2000)
    expect(members[0]!.log.length).toBeLessThanOrEqual(3000)
  })

  it('let nobody wait for one that asked for all and does not read', () => {
    const { bench, members } = crowd()
    const [stuck, other] = members as [Listener, Listener]
    bench.groups.again(stuck)
    bench.turn()
    stuck.waiting = 1 << 20
    bench.groups.again(other)
    const late = bench.member()
    bench.finish()
    expect(other.log.length).toBe(2000)
    expect(late.log.length).toBe(1000)
    expect([other.caught, late.caught]).toEqual([2, 1])
  })

  it('hold back what only one hears that does not read, and go on with what all do', () => {
    const { bench, members } = crowd()
    const [stuck, other] = members as [Listener, Listener]
    const source = bench.fixture.peer('10.0.0.3', true, 3)
    bench.groups.again(stuck)
    bench.turn()
    stuck.waiting = 1 << 20
    const heard = stuck.log.length
    for (let i = 0; i < 20; i++) bench.turn()
    expect(stuck.log.length).toBe(heard)
    bench.fixture.announce(source, '10.200.0.0/24', bench.fixture.set({}))
    bench.turn()
    expect(other.log.at(-1)).toBe('+10.200.0.0/24')
    // A walk for all goes on in any case.
    bench.groups.review()
    bench.groups.again(other)
    bench.finish()
    expect(other.caught).toBe(2)
    stuck.waiting = 0
    bench.finish()
    expect([stuck.caught, bench.groups.busy]).toEqual([2, false])
  })

  it('forget a walk for one that has left', () => {
    const { bench, members } = crowd()
    bench.groups.again(members[0]!)
    bench.turn()
    members[0]!.waiting = 1 << 20
    bench.groups.leave(members[0]!)
    expect(bench.groups.busy).toBe(false)
    bench.groups.again(members[1]!)
    bench.turn()
    bench.groups.again(members[2]!)
    bench.groups.leave(members[1]!)
    bench.finish()
    expect([members[2]!.log.length, members[2]!.caught]).toEqual([2000, 2])
  })

  it('begin no walk for new members while others are about to come', () => {
    const { bench } = crowd()
    const late = bench.member()
    bench.turn(true)
    expect([late.log.length, bench.groups.busy]).toEqual([0, true])
    bench.member()
    bench.finish()
    expect([late.log.length, late.caught]).toEqual([1000, 1])
  })

  it('wait for no member that does not read, which catches up by what is so then', () => {
    const bench = new Bench()
    const source = bench.fixture.peer('10.0.0.2', true, 2)
    const quick = bench.member()
    const slow = bench.member()
    bench.run()
    slow.waiting = 8 << 20
    for (let round = 0; round < 50; round++) {
      bench.fixture.announce(source, '10.1.0.0/24', bench.fixture.set({ med: round }))
      bench.fixture.announce(source, `10.2.${round}.0/24`, bench.fixture.set({}))
      bench.run()
    }
    expect(quick.routes.size).toBe(51)
    expect(quick.routes.get('10.1.0.0/24')?.med).toBe(49)
    expect(slow.log.length).toBeLessThan(3)
    expect(bench.groups.size).toBe(2)
    slow.waiting = 0
    bench.run()
    expect(slow.routes.get('10.1.0.0/24')?.med).toBe(49)
    expect(slow.routes.size).toBe(51)
    expect(slow.log.filter(entry => entry.includes('10.1.0.0/24')).length).toBeLessThan(3)
    expect(bench.groups.size).toBe(1)
  })

  it('take a changed policy by saying only what differs', () => {
    const bench = new Bench()
    const { attributes } = bench.fixture
    const source = bench.fixture.peer('10.0.0.2', true, 2)
    const member = bench.member()
    for (const i of [1, 2, 3]) bench.fixture.announce(source, `10.${i}.0.0/24`, bench.fixture.set({}))
    bench.run()
    member.log.length = 0
    const policy = compiled(
      [
        { match: { prefixes: [{ prefix: '10.1.0.0/24' }] }, action: 'reject' },
        {
          match: { prefixes: [{ prefix: '10.2.0.0/24' }] },
          action: 'accept',
          set: { localPreference: 300 },
        },
        { action: 'accept' },
      ],
      { attributes, direction: 'export' },
    )
    bench.groups.retarget(() => bench.treatment({ policy }))
    bench.run()
    expect(member.log.sort()).toEqual(['+10.2.0.0/24', '-10.1.0.0/24'])
    expect(member.routes.get('10.2.0.0/24')?.localPreference).toBe(300)
  })

  it('let go of every attribute set when the last member leaves', () => {
    const bench = new Bench()
    const source = bench.fixture.peer('10.0.0.2', true, 2)
    const member = bench.member({ addPath: true })
    const set = bench.fixture.set({})
    for (let i = 0; i < 10; i++) bench.fixture.announce(source, `10.1.${i}.0/24`, set)
    bench.fixture.attributes.release(set)
    bench.run()
    bench.groups.leave(member)
    for (let i = 0; i < 10; i++) bench.fixture.withdraw(source, `10.1.${i}.0/24`)
    bench.run()
    expect(bench.fixture.attributes.size).toBe(0)
    expect(bench.fixture.table.size).toBe(0)
  })
})
