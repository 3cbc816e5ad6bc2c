import { describe, expect, it } from 'vitest'
import type { Bgp } from '../../src/model/config-bgp.ts'
import { announcement } from './announcement.ts'
import { ALL, Lab } from './harness.ts'
import { Remote } from './remote.ts'

const US = 'fe80::1%eth1'
const THEM = 'fe80::2%eth1'
const both = { importPolicy: 'all', exportPolicy: 'all' }

const bare = (remoteAs: number, more: object = {}) => ({ interface: 'eth1', remoteAs, ...both, ...more })

function two(ours: Partial<Bgp>, theirs: Partial<Bgp> = { neighbors: [bare(64500)] }) {
  const lab = new Lab()
  const other = lab.box(THEM, { localAs: 64601, ...theirs }, [ALL])
  lab.network.advertise = () => {}
  const box = lab.box(US, { localAs: 64500, ...ours }, [ALL])
  return { lab, box, other }
}

describe('a neighbour without address', () => {
  it('is looked for on its link, and dialled where it shows itself', () => {
    const { lab, box } = two({ neighbors: [bare(64601)], listen: false })
    lab.seconds(10)
    expect([lab.network.links, box.neighbor('%eth1').state]).toEqual([['eth1'], 'Active'])
    lab.network.advertise('fe80::2', 'eth1')
    lab.seconds(1)
    expect(box.neighbor('%eth1')).toMatchObject({
      address: '%eth1',
      state: 'Established',
      families: [{ family: 'ipv4-unicast' }, { family: 'ipv6-unicast' }],
    })
    expect(box.neighbor('%eth1').capabilities).toContain('extended next hop')
  })

  it('is not found on another link', () => {
    const { lab, box } = two({ neighbors: [bare(64601)], listen: false })
    lab.network.advertise('fe80::2', 'eth2')
    lab.seconds(10)
    expect(box.neighbor('%eth1').state).toBe('Active')
  })

  it('is found by its own connection, whatever its address', () => {
    const { lab, box } = two(
      { neighbors: [bare(64601, { passive: true })] },
      { neighbors: [{ address: US, remoteAs: 64500, ...both }] },
    )
    lab.seconds(6)
    expect(box.neighbor('%eth1').state).toBe('Established')
  })

  it('is followed when another router takes its place', () => {
    const { lab, box, other } = two({ neighbors: [bare(64601)], listen: false })
    lab.network.advertise('fe80::9', 'eth1')
    lab.seconds(10)
    expect(box.neighbor('%eth1').state).toBe('Active')
    lab.network.advertise('fe80::2', 'eth1')
    lab.seconds(10)
    expect(box.neighbor('%eth1').state).toBe('Established')
    void other.speaker.stop()
    lab.seconds(1)
    expect(box.neighbor('%eth1').lastDown?.reason).toMatch(/Administrative Shutdown/)
  })

  it('is no longer looked for when the configuration has none', () => {
    const { lab, box } = two({ neighbors: [bare(64601)] })
    box.speaker.configure({ localAs: 64500, routerId: '10.0.0.1' }, [ALL])
    expect(lab.network.links).toEqual([])
  })
})

describe('a neighbour with a link-local address', () => {
  it('is another one on each link', () => {
    const { lab, box } = two({
      neighbors: [
        { address: 'fe80::2%eth2', remoteAs: 64601, ...both },
        { address: 'FE80:0::2%eth1', remoteAs: 64601, ...both },
      ],
    })
    lab.seconds(6)
    expect(box.speaker.neighbors().map(row => [row.address, row.state])).toEqual([
      ['fe80::2%eth2', 'Active'],
      ['fe80::2%eth1', 'Established'],
    ])
  })

  it('is taken from a listen range, with its link', () => {
    const { lab, box } = two(
      { neighborGroups: [{ name: 'bare', remoteAs: 64601, listenRanges: ['fe80::/10'] }] },
      { neighbors: [{ address: US, remoteAs: 64500, ...both }] },
    )
    lab.seconds(6)
    expect(box.neighbor(THEM)).toMatchObject({ dynamic: true, state: 'Established' })
  })
})

describe('several BGP daemons of one host', () => {
  const nodes: Partial<Bgp> & { localAs: number } = {
    localAs: 64512,
    neighborGroups: [
      { name: 'nodes', remoteAs: 64601, listenRanges: ['10.0.0.0/16'], ...both, gracefulRestartTime: 0 },
    ],
  }
  const routerId = (last: number) => 0x0a090900 + last

  function daemon(lab: Lab, last: number): Remote {
    return Remote.dial(lab.network.host('10.0.0.2'), '10.0.0.1')
      .open({ as: 64601, routerId: routerId(last) })
      .keepalive()
  }

  it('have a session each, told apart by their BGP identifiers', () => {
    const lab = new Lab()
    const box = lab.box('10.0.0.1', nodes, [ALL])
    const first = daemon(lab, 1)
    lab.seconds(1)
    const second = daemon(lab, 2)
    lab.seconds(1)
    expect(box.speaker.neighbors().map(row => [row.address, row.routerId, row.state])).toEqual([
      ['10.0.0.2', '10.9.9.1', 'Established'],
      ['10.0.0.2#10.9.9.2', '10.9.9.2', 'Established'],
    ])
    expect([first.notification, second.notification]).toEqual([undefined, undefined])
    second.send(announcement(['172.16.2.0/24'], { as: 64601, nexthop: '10.0.0.2' }))
    lab.seconds(1)
    expect([...box.sink.routes.keys()]).toEqual(['172.16.2.0/24'])
    first.notify(6, 2)
    lab.seconds(1)
    expect([...box.sink.routes.keys()]).toEqual(['172.16.2.0/24'])
    expect(box.speaker.neighbors().map(row => row.address)).toEqual(['10.0.0.2#10.9.9.2'])
  })

  it('come back as who they were', () => {
    const lab = new Lab()
    const box = lab.box('10.0.0.1', nodes, [ALL])
    daemon(lab, 1)
    lab.seconds(1)
    daemon(lab, 2)
    lab.seconds(1)
    box.speaker.configure({ routerId: '10.0.0.1', ...nodes }, [ALL])
    const again = daemon(lab, 2)
    lab.seconds(1)
    expect(again.notification).toMatchObject({ code: 6, subcode: 7 })
    expect(box.speaker.neighbors().map(row => [row.address, row.state])).toEqual([
      ['10.0.0.2', 'Established'],
      ['10.0.0.2#10.9.9.2', 'Established'],
    ])
  })

  it('are eight at most', () => {
    const lab = new Lab()
    const box = lab.box('10.0.0.1', nodes, [ALL])
    for (let last = 1; last <= 12; last++) {
      daemon(lab, last)
      lab.seconds(1)
    }
    expect(box.speaker.neighbors()).toHaveLength(8)
  })
})
