import { expect, it } from 'vitest'
import { ALL, Lab } from '../harness.ts'
import { Remote } from '../remote.ts'

it('counts what a neighbour is told also after its update group has become one with another', () => {
  const lab = new Lab()
  const neighbors = ['10.0.0.2', '10.0.0.3'].map(address => ({
    address,
    remoteAs: 64513,
    exportPolicy: 'all',
    passive: true,
  }))
  const box = lab.box('10.0.0.1', { localAs: 64512, neighbors }, [ALL])
  box.originate('192.0.2.0/24')
  for (const host of [2, 3]) {
    Remote.dial(lab.network.host(`10.0.0.${host}`), '10.0.0.1')
      .open({ as: 64513, routerId: host, holdTime: 0 })
      .keepalive()
    lab.seconds(1)
  }
  box.originate('198.51.100.0/24', '203.0.113.0/24')
  lab.seconds(1)
  expect(box.speaker.neighbors().map(({ families }) => families[0]?.advertised)).toEqual([3, 3])
})
