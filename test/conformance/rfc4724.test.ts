import { describe, expect, it } from 'vitest'
import type { SpeakerOptions } from '../../src/bgp/speaker-options.ts'
import type { GracefulRestart } from '../../src/bgp/wire/index.ts'
import { ALL, Lab } from '../bgp/harness.ts'
import { Remote } from '../bgp/remote.ts'
import { hex, message, toHex, update } from '../bgp/wire/hex.ts'
import { AS, asPath, EXTERNAL, EXTERNAL_TOO, nexthop, nlri, ORIGIN, Scene, US } from './scene.ts'

const PREFIX = '192.0.2.0/24'
const OTHER = '198.51.100.0/24'
const END_OF_RIB = toHex(update({}))
const END_OF_RIB6 = toHex(update({ attributes: '90 0f 0003 0002 01' }))

const RESTART: GracefulRestart = {
  restarting: false,
  notification: false,
  time: 120,
  families: [{ afi: 1, safi: 1, forwarding: true }],
}
const BACK: GracefulRestart = { ...RESTART, restarting: true }

/** The value of each capability of a code in an OPEN, in hexadecimal. */
function capabilities(open: Uint8Array, code: number): string[] {
  const found: string[] = []
  // Optional parameters from octet 29 on, all of them capabilities.
  for (let at = 29; at < open.length; ) {
    const end = at + 2 + open[at + 1]!
    for (at += 2; at < end; at += 2 + open[at + 1]!)
      if (open[at] === code) found.push(toHex(open.subarray(at + 2, at + 2 + open[at + 1]!)))
  }
  return found
}

/** A neighbour with graceful restart that has announced two prefixes, and who else hears of them. */
function helped(restart: GracefulRestart = RESTART) {
  const scene = new Scene([EXTERNAL, EXTERNAL_TOO])
  const listener = scene.join(EXTERNAL_TOO)
  const peer = scene.join(EXTERNAL, {}, { gracefulRestart: restart })
  peer.announce([PREFIX, OTHER]).send(update({}))
  const kept = () => scene.box.neighbor(EXTERNAL.address).families[0]!
  const die = () => {
    scene.lab.network.kill(EXTERNAL.address)
    scene.lab.clock.advance(100)
  }
  return { scene, peer, listener, kept, die }
}

describe('our OPEN', () => {
  it('has graceful restart once, its flags but R, N and F zero', () => {
    const scene = new Scene([{ ...EXTERNAL, families: ['ipv4-unicast', 'ipv6-unicast'] }])
    const peer = scene.dial(EXTERNAL)
    const values = capabilities(peer.remote.heard[0]!.bytes, 64)
    expect(values).toHaveLength(1)
    const bytes = hex(values[0]!)
    expect(bytes).toHaveLength(2 + 4 + 4)
    expect(bytes[0]! & 0x30).toBe(0)
    expect([bytes[5]! & 0x7f, bytes[9]! & 0x7f]).toEqual([0, 0])
  })

  it('does not say that we have restarted where only the session did', () => {
    const { scene, die } = helped()
    die()
    const peer = scene.dial(EXTERNAL)
    expect(peer.remote.heard[0]?.open?.capabilities.gracefulRestart?.restarting).toBe(false)
  })
})

describe('the OPEN of a neighbour', () => {
  it('may have all reserved bits set', () => {
    const scene = new Scene([EXTERNAL])
    const peer = scene.dial(EXTERNAL)
    // Flags 0x3 reserved, time 120; IPv4 unicast with F and all reserved bits.
    const parameters = '02 06 01 04 0001 00 01  02 06 41 04 0000fc01  02 08 40 06 3078 0001 01 ff'
    const length = hex(parameters).length.toString(16)
    peer.remote.send(message(1, `04 fc01 005a 0a000002 ${length} ${parameters}`)).keepalive()
    scene.lab.seconds(1)
    peer.announce([PREFIX])
    scene.lab.network.kill(EXTERNAL.address)
    scene.lab.seconds(119)
    expect(scene.box.sink.routes.size).toBe(1)
    scene.lab.seconds(3)
    expect(scene.box.sink.routes.size).toBe(0)
  })

  it('that says graceful restart twice means the second', () => {
    const scene = new Scene([EXTERNAL])
    const peer = scene.dial(EXTERNAL)
    const parameters =
      '02 06 01 04 0001 00 01  02 06 41 04 0000fc01  02 08 40 06 0078 0001 01 80  02 08 40 06 000a 0001 01 80'
    peer.remote.send(message(1, `04 fc01 005a 0a000002 ${hex(parameters).length.toString(16)} ${parameters}`))
    peer.remote.keepalive()
    scene.lab.seconds(1)
    peer.announce([PREFIX])
    scene.lab.network.kill(EXTERNAL.address)
    scene.lab.seconds(9)
    expect(scene.box.sink.routes.size).toBe(1)
    scene.lab.seconds(3)
    expect(scene.box.sink.routes.size).toBe(0)
  })

  it('that says it has restarted is told our routes at once, before its End-of-RIB', () => {
    const scene = new Scene([EXTERNAL])
    scene.box.originate(PREFIX)
    const peer = scene.join(EXTERNAL, {}, { gracefulRestart: BACK })
    expect([...peer.routes.keys()]).toEqual([PREFIX])
    expect(peer.updates.at(-1)).toBe(END_OF_RIB)
  })
})

describe('End-of-RIB', () => {
  it('ends the first table of each family, also where that is empty', () => {
    const both = { ...EXTERNAL, families: ['ipv4-unicast' as const, 'ipv6-unicast' as const] }
    const families = [
      { afi: 1, safi: 1 },
      { afi: 2, safi: 1 },
    ]
    const gracefulRestart = { ...RESTART, families: families.map(row => ({ ...row, forwarding: true })) }
    const empty = new Scene([both])
    const first = empty.join(both, {}, { families, gracefulRestart })
    expect([...first.updates].sort()).toEqual([END_OF_RIB, END_OF_RIB6].sort())
    const full = new Scene([both])
    full.box.originate(PREFIX, '2001:db8:1::/48')
    const second = full.join(both, {}, { families, gracefulRestart })
    expect([...second.routes.keys()].sort()).toEqual([PREFIX, '2001:db8:1::/48'])
    const position = (text: string) => second.updates.indexOf(text)
    const announced = (part: string) => second.updates.findIndex(text => text.includes(part))
    expect(position(END_OF_RIB)).toBeGreaterThan(announced('18c00002'))
    expect(position(END_OF_RIB6)).toBeGreaterThan(announced('3020010db80001'))
    expect(second.updates).toHaveLength(4)
  })
})

describe('the end of a session', () => {
  it.each([
    ['it sends a NOTIFICATION', (peer: Remote) => peer.notify(6, 4)],
    ['we send one', (peer: Remote) => peer.send(new Uint8Array(19))],
  ])('withdraws everything where %s', (_what, end) => {
    const { scene, peer, listener } = helped()
    end(peer.remote)
    scene.lab.clock.advance(100)
    expect(scene.box.sink.routes.size).toBe(0)
    expect(listener.routes.size).toBe(0)
  })
})

describe('a neighbour whose TCP dies', () => {
  it('has its routes kept as they are: marked, used, and told to others without a change', () => {
    const { scene, listener, kept, die } = helped()
    const before = [scene.box.sink.changes, listener.told.length]
    die()
    expect(kept()).toMatchObject({ received: 2, stale: 2 })
    expect([scene.box.sink.changes, listener.told.length]).toEqual(before)
    expect(scene.box.sink.routes.get(PREFIX)).toEqual(['10.0.0.2'])
  })

  it('has kept routes compete with others like any route', () => {
    const { scene, listener, die } = helped()
    die()
    listener.announce([PREFIX], '', [64514, 65001, 65002])
    expect(scene.box.sink.routes.get(PREFIX)).toEqual(['10.0.0.2'])
  })

  it('a second time before all was said again loses what was kept from the first time', () => {
    const { scene, die, kept } = helped()
    die()
    const again = scene.join(EXTERNAL, {}, { gracefulRestart: BACK })
    again.announce([PREFIX])
    expect(kept()).toMatchObject({ received: 2, stale: 1 })
    die()
    expect(kept()).toMatchObject({ received: 1, stale: 1 })
    expect([...scene.box.sink.routes.keys()]).toEqual([PREFIX])
  })

  it('and does not come back within its restart time loses them', () => {
    const { scene, die } = helped({ ...RESTART, time: 30 })
    die()
    scene.lab.seconds(29)
    expect(scene.box.sink.routes.size).toBe(2)
    scene.lab.seconds(2)
    expect(scene.box.sink.routes.size).toBe(0)
  })

  it.each([
    ['did not keep its forwarding state', { ...BACK, families: [{ afi: 1, safi: 1, forwarding: false }] }],
    ['does not name the family', { ...BACK, families: [] }],
    ['has no graceful restart any more', undefined],
  ])('and comes back, but %s, loses them at once', (_what, gracefulRestart) => {
    const { scene, die, listener } = helped()
    die()
    scene.join(EXTERNAL, {}, gracefulRestart && { gracefulRestart })
    expect(scene.state(EXTERNAL)).toBe('Established')
    expect(scene.box.sink.routes.size).toBe(0)
    expect(listener.routes.size).toBe(0)
  })

  it('and comes back has its new routes take the place of the old, and the rest go with End-of-RIB', () => {
    const { scene, die, kept } = helped()
    die()
    const again = scene.join(EXTERNAL, {}, { gracefulRestart: BACK })
    const attributes = `${ORIGIN} ${asPath(64513)} ${nexthop('10.0.0.77')}`
    again.send(update({ attributes, nlri: nlri(PREFIX) }))
    expect(scene.box.sink.routes.get(PREFIX)).toEqual(['10.0.0.77'])
    expect(scene.box.sink.routes.get(OTHER)).toEqual(['10.0.0.2'])
    again.send(update({}))
    expect([...scene.box.sink.routes.keys()]).toEqual([PREFIX])
    expect(kept()).toMatchObject({ received: 1, stale: 0 })
  })

  it('without us noticing has its old connection closed when it opens a new one', () => {
    const { scene, peer, kept } = helped()
    const second = scene.join(EXTERNAL, {}, { gracefulRestart: BACK })
    expect(peer.remote.closed).toBe(true)
    expect(scene.state(EXTERNAL)).toBe('Established')
    expect(second.remote.notification).toBeUndefined()
    expect(kept()).toMatchObject({ received: 2, stale: 2 })
  })
})

describe('our own restart', () => {
  const NEIGHBORS = [EXTERNAL, EXTERNAL_TOO]

  function restarted(more: object = {}) {
    const lab = new Lab()
    const options: Partial<SpeakerOptions> = { restarting: { expected: ['10.0.0.2', '10.0.0.3'] } }
    const neighbors = NEIGHBORS.map(neighbor => ({ ...neighbor, ...more }))
    const box = lab.box(US, { localAs: AS, neighbors }, [ALL], options)
    box.originate('203.0.113.0/24')
    const join = (address: string, as: number, gracefulRestart?: GracefulRestart) => {
      const remote = Remote.dial(lab.network.host(address), US)
      remote.open({ as, routerId: as }, gracefulRestart && { gracefulRestart }).keepalive()
      lab.seconds(1)
      return remote
    }
    const updates = (remote: Remote) => remote.names.filter(name => name === 'UPDATE').length
    return { lab, box, join, updates }
  }

  it('is said in the OPEN with R, and that the kernel went on forwarding with F', () => {
    const { join } = restarted()
    const open = join('10.0.0.2', 64513, RESTART).heard[0]!.open!
    expect(open.capabilities.gracefulRestart).toMatchObject({
      restarting: true,
      families: [{ afi: 1, safi: 1, forwarding: true }],
    })
  })

  it('chooses nothing before End-of-RIB of all who have not restarted themselves and know of it', () => {
    const { join, lab, updates } = restarted()
    const two = join('10.0.0.2', 64513, RESTART)
    two.send(update({}))
    lab.seconds(1)
    expect(updates(two)).toBe(0)
    join('10.0.0.3', 64514, BACK)
    expect(updates(two)).toBe(2)
    const other = restarted()
    const another = other.join('10.0.0.2', 64513, RESTART).send(update({}))
    other.lab.seconds(1)
    expect(other.updates(another)).toBe(0)
    other.join('10.0.0.3', 64514)
    expect(other.updates(another)).toBe(2)
  })

  it('waits no longer than a time that is configured, then tells its routes and End-of-RIB', () => {
    for (const gracefulRestartTime of [20, 200]) {
      const { box, join, lab, updates } = restarted({ gracefulRestartTime, holdTime: 600 })
      const two = join('10.0.0.2', 64513, RESTART)
      for (let time = 1; time < gracefulRestartTime - 1; time++) {
        lab.seconds(1)
        two.keepalive()
      }
      expect([box.sink.convergedCalls, updates(two)]).toEqual([0, 0])
      lab.seconds(2)
      expect([box.sink.convergedCalls, updates(two)]).toEqual([1, 2])
      expect(toHex(two.heard.findLast(({ name }) => name === 'UPDATE')!.bytes)).toBe(END_OF_RIB)
    }
  })
})
