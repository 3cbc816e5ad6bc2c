import { describe, expect, it } from 'vitest'
import type { Bgp } from '../../src/model/config-bgp.ts'
import { END_OF_RIB } from './announcement.ts'
import { ALL, Lab } from './harness.ts'
import { Remote } from './remote.ts'

const GRACEFUL = {
  restarting: false,
  notification: false,
  time: 120,
  families: [{ afi: 1, safi: 1, forwarding: true }],
}

function restarted(bgp: Partial<Bgp>, unsure = true) {
  const lab = new Lab()
  const neighbors = [2, 3].map(host => ({
    address: `10.0.0.${host}`,
    remoteAs: 64513,
    passive: true,
    ...(host === 3 && { enabled: false }),
  }))
  const options = { restarting: { expected: [], unsure: () => unsure } }
  const box = lab.box('10.0.0.1', { localAs: 64512, neighbors, ...bgp }, [ALL], options)
  const connect = (address: string) => {
    const remote = Remote.dial(lab.network.host(address), '10.0.0.1')
      .open({ as: 64513, routerId: 9 }, { gracefulRestart: GRACEFUL })
      .keepalive()
    lab.seconds(1)
    return remote
  }
  return { lab, box, connect }
}

describe('a restart of which nobody knows who was established', () => {
  it('waits for all that are configured and enabled, and says R', () => {
    const { lab, box, connect } = restarted({})
    lab.seconds(10)
    expect(box.sink.convergedCalls).toBe(0)
    const remote = connect('10.0.0.2')
    expect(remote.heard[0]?.open?.capabilities.gracefulRestart?.restarting).toBe(true)
    remote.send(END_OF_RIB)
    lab.seconds(1)
    expect(box.sink.convergedCalls).toBe(1)
  })

  it('waits for the whole time where others may come from listen ranges', () => {
    const group = { name: 'nodes', remoteAs: 64513, listenRanges: ['10.0.1.0/24'] }
    const { lab, box, connect } = restarted({ neighborGroups: [group], selectionDeferralTime: 30 })
    connect('10.0.0.2').send(END_OF_RIB)
    lab.seconds(28)
    expect(box.sink.convergedCalls).toBe(0)
    lab.seconds(2)
    expect(box.sink.convergedCalls).toBe(1)
  })

  it('does not wait where the kernel has nothing of ours', () => {
    const { lab, box } = restarted({}, false)
    lab.clock.advance(0)
    expect(box.sink.convergedCalls).toBe(1)
  })
})
