import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Bgp } from '../../src/model/config-bgp.ts'
import { Bird, Node, until } from './bird.ts'
import { ALL } from './harness.ts'
import { LiveBox } from './live-box.ts'

/** A BIRD in the AS of the box, with a route of its own. */
const bird = (number: number, more = '', channel = 'import all; export all;') => `
router id 10.9.${number}.2;
protocol device {}
protocol static own { ipv4; route 10.24${number}.0.0/24 blackhole; }
protocol bgp box {
  local 10.9.${number}.2 as 64512; neighbor 10.9.${number}.1 as 64512;
  connect delay time 1; connect retry time 2; error wait time 1, 2; multihop; ${more}
  ipv4 { ${channel} };
}`

const neighbors = (clients: readonly number[], all = [1, 2, 3]) =>
  all.map(number => ({
    address: `10.9.${number}.2`,
    remoteAs: 64512,
    connectRetryTime: 1,
    routeReflectorClient: clients.includes(number),
  }))

const bgp = (more: Partial<Bgp>): Bgp => ({ localAs: 64512, routerId: '10.9.1.1', ...more })

describe('a route reflector among BIRDs', () => {
  let nodes: Node[] = []
  let birds: Bird[] = []
  let box: LiveBox

  beforeEach(async () => {
    nodes = [1, 2, 3].map(number => new Node(number))
    birds = [1, 2, 3].map(number => new Bird(nodes[number - 1]!, bird(number)))
    await Promise.all(birds.map(each => each.start()))
  })

  afterEach(async () => {
    await box.stop()
    for (const each of birds) await each.remove()
    for (const node of nodes) node.remove()
  })

  const routes = (number: number) =>
    (birds[number - 1]!.ask('show route protocol box').match(/10\.24\d\.0\.0\/24/g) ?? []).sort().join(' ')

  it('gives routes of clients to all, and routes of others to clients', async () => {
    box = new LiveBox(bgp({ neighbors: neighbors([1, 2]), clusterId: '10.0.0.9' }), [ALL])
    await until(
      'the clients know all',
      () => routes(1) === '10.242.0.0/24 10.243.0.0/24' && routes(2) === '10.241.0.0/24 10.243.0.0/24',
    )
    await until('the other one too', () => routes(3) === '10.241.0.0/24 10.242.0.0/24')
    const told = birds[2]!.ask('show route protocol box all for 10.241.0.0/24')
    expect(told).toMatch(/BGP\.next_hop: 10\.9\.1\.2\n/)
    expect(told).toMatch(/BGP\.originator_id: 10\.9\.1\.2\n/)
    expect(told).toMatch(/BGP\.cluster_list: 10\.0\.0\.9\n/)
    expect(told).toMatch(/BGP\.local_pref: 100\n/)
  })

  it('takes another neighbour as client without a reset, and back', async () => {
    box = new LiveBox(bgp({ neighbors: neighbors([1]) }), [ALL])
    await until('the client knows both others', () => routes(1) === '10.242.0.0/24 10.243.0.0/24')
    await until(
      'each of the others the client',
      () => routes(2) === '10.241.0.0/24' && routes(3) === '10.241.0.0/24',
    )
    box.configure(bgp({ neighbors: neighbors([1, 2]) }))
    await until(
      'all know all',
      () => routes(2) === '10.241.0.0/24 10.243.0.0/24' && routes(3) === '10.241.0.0/24 10.242.0.0/24',
    )
    box.configure(bgp({ neighbors: neighbors([1]) }))
    await until('as before', () => routes(2) === '10.241.0.0/24' && routes(3) === '10.241.0.0/24')
    for (const { lastDown, state } of box.speaker.neighbors())
      expect([state, lastDown]).toEqual(['Established', undefined])
  })

  it('is refused by a reflector of the same cluster', async () => {
    birds[0]!.configure(bird(1, 'rr client; rr cluster id 10.0.0.9;'))
    box = new LiveBox(bgp({ neighbors: neighbors([2]), clusterId: '10.0.0.9' }), [ALL])
    await until('the third BIRD has the route of our client', () => routes(3) === '10.242.0.0/24')
    await until('we told the first', () => box.neighbor('10.9.1.2')!.families[0]!.advertised === 1)
    expect(routes(1)).toBe('')
  })
})
