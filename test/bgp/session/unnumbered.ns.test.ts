import { execFileSync } from 'node:child_process'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Bgp } from '../../../src/model/config-bgp.ts'
import { Node, until } from '../bird.ts'
import { Frr } from '../frr.ts'
import { LiveBox } from '../live-box.ts'

let node: Node
let frr: Frr | undefined
let box: LiveBox | undefined

beforeAll(() => {
  node = new Node(1)
  // A bare link: what it has are the addresses that the kernel makes.
  for (const where of [[], ['-n', node.name]])
    for (const family of ['-4', '-6'])
      execFileSync('ip', [...where, family, 'addr', 'flush', 'scope', 'global'])
})
afterAll(() => node.remove())
afterEach(async () => {
  await box?.stop()
  await frr?.remove()
  box = undefined
  frr = undefined
})

function frrConfig(more = ''): string {
  return `
router bgp 64601
 bgp router-id 10.9.1.2
 no bgp ebgp-requires-policy
 no bgp network import-check
 timers bgp 3 9
 neighbor eth0 interface remote-as external
 neighbor eth0 timers connect 1
 ${more}
 address-family ipv4 unicast
  network 10.244.7.0/24
 exit-address-family
 address-family ipv6 unicast
  neighbor eth0 activate
  network fd00:244:7::/64
 exit-address-family
`
}

function bgp(more: object = {}): Bgp {
  return {
    localAs: 64500,
    routerId: '10.9.1.1',
    neighbors: [
      {
        interface: 'veth1',
        remoteAs: 64601,
        connectRetryTime: 1,
        importPolicy: 'all',
        exportPolicy: 'all',
        ...more,
      },
    ],
  }
}

describe('a neighbour without address, FRR at the other end of the link', () => {
  it.each([
    ['is found by its router advertisements and dialled', { listen: false }, {}],
    ['finds us by ours and dials', {}, { passive: true }],
  ])('%s', async (_, top, more) => {
    frr = await new Frr(node, frrConfig()).start()
    box = new LiveBox({ ...bgp(more), ...top })
    await until('the session is up', () => box!.established('%veth1'), 40)
    const row = box.neighbor('%veth1')!
    expect(row.families.map(({ family }) => family)).toEqual(['ipv4-unicast', 'ipv6-unicast'])
    expect(row.capabilities).toContain('extended next hop')
    await until('its routes', () => box!.sink.routes.size === 2)
    const [hop] = box.sink.sets.get('10.244.7.0/24')!.hops
    expect(hop).toMatchObject({ interface: 'veth1', via: expect.stringMatching(/^fe80::/) })
    expect(box.sink.sets.get('fd00:244:7::/64')!.hops).toEqual([hop])
    box.originate('172.16.0.0/24', 'fd16::/64')
    await until('FRR has our IPv6 route', () => frr!.ask('show bgp ipv6 unicast').includes('fd16::/64'))
    await until('FRR has our IPv4 route', () => frr!.ask('show bgp ipv4 unicast').includes('172.16.0.0/24'))
  })

  it('is held to its password from when it is found', async () => {
    frr = await new Frr(node, frrConfig('neighbor eth0 password bare')).start()
    box = new LiveBox(bgp({ password: 'bare' }))
    await until('the session is up', () => box!.established('%veth1'), 40)
  })
})
