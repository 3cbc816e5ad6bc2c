import { describe, expect, it } from 'vitest'
import type { BgpNeighbor } from '../../src/model/config-bgp.ts'
import { announcement } from './announcement.ts'
import { ALL, Lab } from './harness.ts'
import { Remote } from './remote.ts'

function session(settings: Partial<BgpNeighbor>, as = 64513) {
  const lab = new Lab()
  const neighbors = [
    {
      address: '10.0.0.2',
      remoteAs: as,
      importPolicy: 'all',
      exportPolicy: 'all',
      passive: true,
      ...settings,
    },
  ]
  const box = lab.box('10.0.0.1', { localAs: 64512, neighbors }, [ALL])
  const remote = Remote.dial(lab.network.host('10.0.0.2'), '10.0.0.1').open({ as }).keepalive()
  lab.seconds(1)
  return { lab, box, remote }
}

describe('another AS for a neighbour', () => {
  it('stands in our OPEN, and decides whether the session is internal', () => {
    const outside = session({ localAs: { as: 65000 } })
    expect(outside.remote.heard[0]?.open).toMatchObject({ as: 65000, capabilities: { as4: 65000 } })
    expect(outside.box.neighbor('10.0.0.2')).toMatchObject({ localAs: 65000, type: 'eBGP' })
    const inside = session({ localAs: { as: 65000 } }, 65000)
    expect(inside.box.neighbor('10.0.0.2')).toMatchObject({ type: 'iBGP', state: 'Established' })
    const before = session({ localAs: { as: 65000 } }, 64512)
    expect(before.box.neighbor('10.0.0.2')).toMatchObject({ type: 'eBGP', state: 'Established' })
  })

  it('is in front of what the neighbour announces, unless noPrepend', () => {
    for (const noPrepend of [false, true]) {
      const { lab, box, remote } = session({ localAs: { as: 65000, noPrepend } })
      remote.send(announcement(['192.0.2.0/24'], { as: 64513, nexthop: '10.0.0.2' }))
      lab.seconds(1)
      expect(box.speaker.route('192.0.2.0/24')?.paths[0]?.accepted?.asPath).toEqual([
        { type: 2, ases: noPrepend ? [64513] : [65000, 64513] },
      ])
    }
  })

  it('resets the session when it changes, and only then', () => {
    const { lab, box, remote } = session({ localAs: { as: 65000 } })
    const configure = (localAs: BgpNeighbor['localAs']) => {
      const neighbors = [{ address: '10.0.0.2', remoteAs: 64513, passive: true, localAs: localAs! }]
      box.speaker.configure({ localAs: 64512, routerId: '10.0.0.1', neighbors }, [])
      lab.seconds(1)
    }
    configure({ as: 65000, noPrepend: true, replaceAs: true })
    expect(remote.notification).toBeUndefined()
    configure({ as: 65001 })
    expect(remote.notification).toMatchObject({ code: 6, subcode: 6 })
  })
})
