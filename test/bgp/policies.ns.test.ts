import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Policy } from '../../src/model/config-policy.ts'
import { Bird, Node, until } from './bird.ts'
import { ALL } from './harness.ts'
import { LiveBox } from './live-box.ts'

/** AS 64601: three routes, marked by a filter of its own. */
const FIRST = `
router id 10.9.1.2;
protocol device {}
protocol static own { ipv4; route 10.244.1.0/26 blackhole; route 10.244.2.0/26 blackhole; route 198.51.100.7/32 blackhole; }
filter marked {
  if net = 10.244.1.0/26 then { bgp_community.add((64601, 1)); bgp_large_community.add((64601, 1, 9)); bgp_ext_community.add((rt, 64601, 5)); }
  if net = 198.51.100.7/32 then bgp_community.add((65535, 666));
  if net = 10.244.2.0/26 then { bgp_community.add((65535, 0)); }
  accept;
}
protocol bgp box {
  local 10.9.1.2 as 64601; neighbor 10.9.1.1 as 64512;
  connect delay time 1; connect retry time 2; error wait time 1, 2;
  ipv4 { import none; export filter marked; };
}`

const SECOND = `
router id 10.9.2.2;
protocol device {}
protocol bgp box {
  local 10.9.2.2 as 64602; neighbor 10.9.2.1 as 64512;
  connect delay time 1; connect retry time 2; error wait time 1, 2;
  ipv4 { import all; export none; };
}`

const IN: Policy = {
  name: 'in',
  rules: [
    {
      match: { communities: { any: ['blackhole'] }, prefixes: ['198.51.100.0/24 ge 32'] },
      action: 'accept',
      set: { blackhole: true, communities: { add: ['no-export'] } },
    },
    {
      match: { communities: { all: ['64601:*', '64601:1:*', 'rt:64601:5'] }, asPath: ['^ 64601 $'] },
      action: 'accept',
      set: { localPreference: 300 },
    },
    { match: { prefixes: ['10.244.0.0/16 le 26'] }, action: 'accept' },
  ],
}

const OUT: Policy = {
  name: 'out',
  rules: [
    {
      match: { communities: { any: ['64601:1'] } },
      action: 'accept',
      set: {
        med: 40,
        asPathPrepend: { times: 2 },
        nexthop: '10.9.2.77',
        communities: {
          remove: ['64601:*', '64601:1:*', 'rt:64601:5'],
          add: ['64512:7', '64512:1:2', 'ro:64512:8'],
        },
      },
    },
    { action: 'accept' },
  ],
}

describe('policies between BIRDs', () => {
  let nodes: Node[] = []
  let birds: Bird[] = []
  let box: LiveBox

  beforeEach(async () => {
    nodes = [new Node(1), new Node(2)]
    birds = [new Bird(nodes[0]!, FIRST), new Bird(nodes[1]!, SECOND)]
    await Promise.all(birds.map(each => each.start()))
    const neighbors = [
      { address: '10.9.1.2', remoteAs: 64601, importPolicy: 'in', exportPolicy: 'all', connectRetryTime: 1 },
      { address: '10.9.2.2', remoteAs: 64602, importPolicy: 'all', exportPolicy: 'out', connectRetryTime: 1 },
    ]
    box = new LiveBox({ localAs: 64512, routerId: '10.9.1.1', neighbors }, [ALL, IN, OUT])
    await until('all three routes have come', () => box.neighbor('10.9.1.2')?.families[0]?.received === 3)
  })

  afterEach(async () => {
    await box.stop()
    for (const each of birds) await each.remove()
    for (const node of nodes) node.remove()
  })

  const path = (prefix: string) => box.speaker.route(prefix)?.paths[0]

  it('match what a BIRD marks, and act on the well-known', () => {
    expect(path('10.244.1.0/26')?.accepted?.localPreference).toBe(300)
    // GRACEFUL_SHUTDOWN (RFC 8326).
    expect(path('10.244.2.0/26')?.accepted?.localPreference).toBe(0)
    expect(box.sink.sets.get('198.51.100.7/32')).toMatchObject({ blackhole: true, hops: [] })
    expect(box.sink.sets.get('10.244.1.0/26')?.hops.map(({ via }) => via)).toEqual(['10.9.1.2'])
  })

  it('change what a BIRD is told: communities of all kinds, path, MED and next hop', async () => {
    await until('both routes are told', () => box.neighbor('10.9.2.2')?.families[0]?.advertised === 2)
    const told = await until('the BIRD has it', () => {
      const text = birds[1]!.ask('show route all for 10.244.1.0/26')
      return text.includes('BGP.as_path') && text
    })
    expect(told).toMatch(/BGP\.as_path: 64512 64512 64512 64601\n/)
    expect(told).toMatch(/BGP\.next_hop: 10\.9\.2\.77\n/)
    expect(told).toMatch(/BGP\.med: 40\n/)
    expect(told).toMatch(/BGP\.community: \(64512,7\)\n/)
    expect(told).toMatch(/BGP\.large_community: \(64512, 1, 2\)\n/)
    expect(told).toMatch(/BGP\.ext_community: \(ro, 64512, 8\)\n/)
    expect(birds[1]!.ask('show route all for 10.244.2.0/26')).toMatch(/BGP\.as_path: 64512 64601\n/)
    // NO_EXPORT, which the import policy has added.
    expect(birds[1]!.ask('show route')).not.toContain('198.51.100.7')
  })
})
