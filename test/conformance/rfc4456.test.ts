import { describe, expect, it } from 'vitest'
import { INTERNAL, INTERNAL_TOO, Scene } from './scene.ts'

const PREFIX = '192.0.2.0/24'
const CLIENT = { ...INTERNAL, routeReflectorClient: true }
const CLIENT_TOO = { ...INTERNAL_TOO, routeReflectorClient: true }
const LOCAL_PREF = '40 05 04 00000064'

describe('a route from an internal neighbour', () => {
  it.each([
    ['our identifier as ORIGINATOR_ID', '80 09 04 0a000001', 0],
    ['another ORIGINATOR_ID', '80 09 04 0a000009', 1],
    ['our cluster in the CLUSTER_LIST', '80 09 04 0a000009 80 0a 08 00000007 0a0000fe', 0],
    ['other clusters', '80 09 04 0a000009 80 0a 08 00000007 0a000001', 1],
  ])('with %s: %s', (_what, attributes, accepted) => {
    const scene = new Scene([CLIENT], { clusterId: '10.0.0.254' })
    scene.join(CLIENT).announce([PREFIX], `${LOCAL_PREF} ${attributes}`, [65001])
    expect(scene.box.neighbor(CLIENT.address).families[0]).toMatchObject({ received: 1, accepted })
    expect(scene.box.sink.routes.size).toBe(accepted)
  })

  it('is chosen by its ORIGINATOR_ID where it has one, before the identifier of who says it', () => {
    const scene = new Scene([INTERNAL, INTERNAL_TOO])
    scene.join(INTERNAL).announce([PREFIX], `${LOCAL_PREF} 80 09 04 0a000009`, [65001])
    scene.join(INTERNAL_TOO).announce([PREFIX], `${LOCAL_PREF} 80 09 04 0a000003`, [65001])
    const best = () => scene.box.speaker.route(PREFIX)!.paths.find(({ best }) => best)?.neighbor
    expect(best()).toBe('10.0.0.5')
  })

  it('with as good an ORIGINATOR_ID is chosen by the shorter CLUSTER_LIST, before the address', () => {
    const scene = new Scene([INTERNAL, INTERNAL_TOO])
    const originator = `${LOCAL_PREF} 80 09 04 0a000009`
    scene.join(INTERNAL).announce([PREFIX], `${originator} 80 0a 08 00000007 00000008`, [65001])
    scene.join(INTERNAL_TOO).announce([PREFIX], `${originator} 80 0a 04 00000007`, [65001])
    const best = () => scene.box.speaker.route(PREFIX)!.paths.find(({ best }) => best)?.neighbor
    expect(best()).toBe('10.0.0.5')
  })
})

describe('a route that is reflected', () => {
  function reflect(attributes: string) {
    const scene = new Scene([CLIENT, CLIENT_TOO], { clusterId: '10.0.0.254' })
    const to = scene.join(CLIENT_TOO)
    scene.join(CLIENT).announce([PREFIX], attributes, [65001, 65002])
    return to.routes.get(PREFIX)
  }

  it('gets ORIGINATOR_ID of who said it, and a CLUSTER_LIST of our cluster', () => {
    expect(reflect(LOCAL_PREF)).toMatchObject({ originatorId: 0x0a000004, clusterList: [0x0a0000fe] })
  })

  it('keeps an ORIGINATOR_ID that is there, and gets our cluster in front of others', () => {
    expect(reflect(`${LOCAL_PREF} 80 09 04 01020304 80 0a 08 00000007 00000008`)).toMatchObject({
      originatorId: 0x01020304,
      clusterList: [0x0a0000fe, 7, 8],
    })
  })

  it('keeps NEXT_HOP, AS_PATH, LOCAL_PREF and MED', () => {
    expect(reflect('80 04 04 00000007 40 05 04 000000c8')).toMatchObject({
      nexthop: Uint8Array.of(10, 0, 0, 4),
      asPath: [{ type: 2, ases: [65001, 65002] }],
      localPreference: 200,
      med: 7,
    })
  })
})
