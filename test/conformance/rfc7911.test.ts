import { describe, expect, it } from 'vitest'
import { toHex, update } from '../bgp/wire/hex.ts'
import { asPath, EXTERNAL, EXTERNAL_TOO, INTERNAL, nexthop, nlri, ORIGIN, Scene } from './scene.ts'

const PREFIX = '192.0.2.0/24'
const ADD_PATH = { addPath: [{ afi: 1, safi: 1, mode: 3 }] }

/** An UPDATE of the first neighbour for the prefix with a path identifier. */
function announcement(pathId: number, more = '', path: readonly number[] = [64513]): Uint8Array {
  const attributes = `${ORIGIN} ${asPath(...path)} ${nexthop('10.0.0.2')} ${more}`
  return update({ attributes, nlri: `${pathId.toString(16).padStart(8, '0')} ${nlri(PREFIX)}` })
}

describe('our OPEN', () => {
  it('names all families in one capability, ready to send and to receive', () => {
    const both = { ...EXTERNAL, families: ['ipv4-unicast' as const, 'ipv6-unicast' as const] }
    const text = toHex(new Scene([both]).dial(both).remote.heard[0]!.bytes)
    expect(text.match(/4508[0-9a-f]{16}/g)).toEqual(['45080001010300020103'])
    expect(text.split('4508')).toHaveLength(2)
  })
})

describe('paths that are told', () => {
  it('have identifiers of our own, each its own, whatever identifiers they came with', () => {
    const scene = new Scene([EXTERNAL, EXTERNAL_TOO, INTERNAL])
    const to = scene.join(INTERNAL, {}, ADD_PATH)
    const one = scene.join(EXTERNAL, {}, ADD_PATH)
    one.send(announcement(7, '80 04 04 00000001'), announcement(9, '80 04 04 00000002'))
    const two = scene.join(EXTERNAL_TOO, {}, ADD_PATH)
    const attributes = `${ORIGIN} ${asPath(64514)} ${nexthop('10.0.0.3')}`
    two.send(update({ attributes, nlri: `00000007 ${nlri(PREFIX)}` }))
    expect(to.routes.size).toBe(3)
    expect([...to.routes.values()].map(({ asPath, med }) => [asPath[0]!.ases[0], med]).sort()).toEqual([
      [64513, 1],
      [64513, 2],
      [64514, undefined],
    ])
    // One is taken back: the identifier says which.
    one.send(update({ withdrawn: `00000007 ${nlri(PREFIX)}` }))
    expect([...to.routes.values()].map(({ asPath, med }) => [asPath[0]!.ases[0], med]).sort()).toEqual([
      [64513, 2],
      [64514, undefined],
    ])
  })

  it('have the identifier in four octets in front of the prefix', () => {
    const scene = new Scene([EXTERNAL, INTERNAL])
    const to = scene.join(INTERNAL, {}, ADD_PATH)
    scene.join(EXTERNAL).announce([PREFIX])
    expect(to.updates.at(-1)).toMatch(/0000000[1-9a-f]18c00002$/)
  })

  it('include the best one', () => {
    const scene = new Scene([EXTERNAL, EXTERNAL_TOO, INTERNAL])
    const to = scene.join(INTERNAL, {}, ADD_PATH)
    scene.join(EXTERNAL).announce([PREFIX], '', [64513, 65001, 65002])
    scene.join(EXTERNAL_TOO).announce([PREFIX])
    const best = scene.box.speaker.route(PREFIX)!.paths.find(({ best }) => best)!
    expect(best.neighbor).toBe('10.0.0.3')
    expect([...to.routes.values()].map(({ nexthop }) => nexthop[3]).sort()).toEqual([2, 3])
  })

  it.each([
    ['does not know ADD-PATH', {}],
    ['only sends paths', { addPath: [{ afi: 1, safi: 1, mode: 2 }] }],
    ['says it for another family', { addPath: [{ afi: 2, safi: 1, mode: 3 }] }],
    ['says it with a mode that is not defined', { addPath: [{ afi: 1, safi: 1, mode: 4 }] }],
  ])('are one, without an identifier, to a neighbour that %s', (_what, capabilities) => {
    const scene = new Scene([EXTERNAL, EXTERNAL_TOO, INTERNAL])
    const to = scene.join(INTERNAL, {}, capabilities)
    to.addPath = false
    scene.join(EXTERNAL).announce([PREFIX], '', [64513, 65001, 65002])
    scene.join(EXTERNAL_TOO).announce([PREFIX])
    expect(scene.state(INTERNAL)).toBe('Established')
    expect(to.updates.at(-1)).toMatch(/000018c00002$|[0-9a-f]{8}18c00002$/)
    expect([...to.routes.keys()]).toEqual([PREFIX])
    expect([...to.routes.get(PREFIX)!.nexthop]).toEqual([10, 0, 0, 3])
  })
})

describe('paths that come', () => {
  it('are several of one prefix, by their identifiers', () => {
    const scene = new Scene([EXTERNAL])
    const peer = scene.join(EXTERNAL, {}, ADD_PATH)
    peer.send(
      announcement(1),
      announcement(2, '', [64513, 65001]),
      announcement(1, '', [64513, 65002, 65003]),
    )
    const paths = () =>
      scene.box.speaker.route(PREFIX)!.paths.map(({ received }) => received.asPath[0]!.ases.length)
    expect(paths().sort()).toEqual([2, 3])
    peer.send(update({ withdrawn: `00000002 ${nlri(PREFIX)}` }))
    expect(paths()).toEqual([3])
  })

  it('may end with an identifier that was never seen, without a word', () => {
    const scene = new Scene([EXTERNAL])
    const peer = scene.join(EXTERNAL, {}, ADD_PATH)
    peer.send(announcement(1), update({ withdrawn: `00000063 ${nlri(PREFIX)} 00000001 18 cb0071` }))
    expect(scene.state(EXTERNAL)).toBe('Established')
    expect(scene.box.sink.routes.size).toBe(1)
    expect(scene.box.events.filter(({ kind }) => kind === 'problem')).toEqual([])
  })

  it('may have other identifiers after a restart: what forwards them does not notice', () => {
    const gracefulRestart = {
      restarting: false,
      notification: false,
      time: 120,
      families: [{ afi: 1, safi: 1, forwarding: true }],
    }
    const scene = new Scene([EXTERNAL])
    scene.join(EXTERNAL, {}, { ...ADD_PATH, gracefulRestart }).send(announcement(1), update({}))
    const { changes } = scene.box.sink
    scene.lab.network.kill(EXTERNAL.address)
    scene.lab.seconds(1)
    const again = scene.join(
      EXTERNAL,
      {},
      {
        ...ADD_PATH,
        gracefulRestart: { ...gracefulRestart, restarting: true },
      },
    )
    again.send(announcement(77), update({}))
    expect(scene.box.neighbor(EXTERNAL.address).families[0]).toMatchObject({ received: 1, stale: 0 })
    expect(scene.box.sink.routes.get(PREFIX)).toEqual(['10.0.0.2'])
    expect(scene.box.sink.changes).toBe(changes)
  })
})
