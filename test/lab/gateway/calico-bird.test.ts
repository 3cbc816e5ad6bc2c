import { describe, expect, it } from 'vitest'
import { birdConfigs } from '../../../src/lab/gateway/topology.ts'

/** Statements of a configuration, comments and layout aside. */
const statements = (config: string) =>
  config
    .split('\n')
    .map(line => line.replace(/#.*/, '').trim())
    .filter(line => line !== '')

describe("the BIRDs of the lab's Calico nodes", () => {
  it('are one for each family on node A, and one on node D', () => {
    const all = birdConfigs(['node-a', 'node-b', 'node-c', 'node-d'])
    expect(all.map(({ node, name }) => `${node} ${name}`)).toEqual([
      'node-a bird',
      'node-a bird6',
      'node-d bird',
    ])
    expect(birdConfigs(['node-b'])).toEqual([])
  })

  it('speak with the box as Calico has them: iBGP, ADD-PATH both ways, hold 240, recursive next hops', () => {
    const [bird] = birdConfigs(['node-a'])
    expect(statements(bird!.config)).toEqual(
      expect.arrayContaining([
        'local 192.168.50.11 as 64512;',
        'neighbor 192.168.50.1 as 64512;',
        'multihop;',
        'hold time 240;',
        'keepalive time 80;',
        'graceful restart on;',
        'gateway recursive;',
        'add paths on;',
        'merge paths on;',
        'route 10.244.1.0/26 blackhole;',
      ]),
    )
  })

  it('announce only the own block, with the LOCAL_PREF of Calico since 3.32', () => {
    const [, bird6] = birdConfigs(['node-a'])
    const config = statements(bird6!.config).join(' ')
    expect(config).toContain(
      'filter to_peers { if net = fd00:10:244:1::/122 then { bgp_local_pref = 2147482623; accept; } reject; }',
    )
  })

  it('leave to Felix, on node D, the routes that lead through the tunnel', () => {
    const config = birdConfigs(['node-d'])[0]!.config
    expect(statements(config)).toEqual(
      expect.arrayContaining([
        'local 192.168.50.14 as 64514;',
        'if net ~ 172.16.0.0/24 then reject;',
        'if net ~ 10.244.1.0/26 then reject;',
      ]),
    )
    expect(config).not.toContain('if net ~ 10.244.4.0/26')
  })
})
