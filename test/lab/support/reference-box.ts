import { Bird } from '../../../src/lab/bird.ts'
import type { Topology } from '../../../src/lab/gateway/topology.ts'
import { bridgeBatch } from '../../../src/lab/ip.ts'

/**
 * The box of the gateway lab as a person would set it up with `ip` and BIRD, without a line of ours: it proves
 * the topology, and that whatever fails with the engine is the engine's.
 */
export async function startReferenceBox(topology: Topology, directory: string): Promise<Bird> {
  const box = topology.namespaces.get('box')!
  const has = (node: 'node-b' | 'node-c' | 'node-d') => topology.nodes.includes(node)
  await box.sysctl({
    'net/ipv4/ip_forward': 1,
    'net/ipv4/conf/all/rp_filter': 0,
    'net/ipv4/conf/all/send_redirects': 0,
    'net/ipv6/conf/all/forwarding': 1,
    'net/ipv6/conf/default/accept_dad': 0,
    'net/ipv6/conf/eth0/accept_dad': 0,
    'net/ipv6/conf/eth1/accept_dad': 0,
  })
  await box.ip([
    'link set eth0 up',
    'link set eth1 up',
    'address add 172.16.0.1/24 dev eth0',
    'address add fd00:16::1/64 dev eth0',
    'address add 192.168.50.1/24 dev eth1',
    'address add fd00:50::1/64 dev eth1',
    ...(has('node-b')
      ? [
          'link add flannel.1 address 0e:00:c0:a8:32:01 mtu 1450 type vxlan id 1 local 192.168.50.1 dev eth1 dstport 8472 nolearning',
          'link add flannel-v6.1 address 0e:00:fd:00:50:01 mtu 1430 type vxlan id 1 local fd00:50::1 dev eth1 dstport 8472 nolearning',
          'link set flannel.1 up',
          'link set flannel-v6.1 up',
          'address add 10.244.0.0/32 dev flannel.1',
          'address add fd00:10:244::/128 dev flannel-v6.1',
          'neighbor add 10.244.2.0 lladdr 1a:00:c0:a8:32:0c dev flannel.1 nud permanent',
          'neighbor add fd00:10:244:2:: lladdr 1a:00:fd:00:50:0c dev flannel-v6.1 nud permanent',
          'route add 10.244.2.0/24 via 10.244.2.0 dev flannel.1 onlink',
          'route add fd00:10:244:2::/64 via fd00:10:244:2:: dev flannel-v6.1 onlink',
        ]
      : []),
    ...(has('node-c')
      ? [10, 20].flatMap(vlan => [
          `link add link eth1 name eth1.${vlan} type vlan id ${vlan}`,
          `link set eth1.${vlan} up`,
          `address add 10.${vlan}.0.1/24 dev eth1.${vlan}`,
          `address add fd00:10:${vlan}::1/64 dev eth1.${vlan}`,
        ])
      : []),
    ...(has('node-d')
      ? [
          'link add ipip0 mtu 1480 type ipip local 192.168.50.1',
          'link set ipip0 up',
          'route add 10.244.4.0/26 via 192.168.50.14 dev ipip0 onlink',
        ]
      : []),
  ])
  if (has('node-b')) {
    await bridgeBatch(
      [
        'fdb add 1a:00:c0:a8:32:0c dev flannel.1 dst 192.168.50.12 self permanent',
        'fdb add 1a:00:fd:00:50:0c dev flannel-v6.1 dst fd00:50::12 self permanent',
      ],
      'box',
    )
  }
  return await Bird.start({ namespace: box, config: config(has('node-d')), directory })
}

function config(nodeD: boolean): string {
  return `log stderr all;
router id 192.168.50.1;
protocol device { scan time 2; }
protocol direct { ipv4; ipv6; }
protocol kernel kernel4 { learn; ipv4 { import all; export where source = RTS_BGP && net != 10.244.4.0/26; }; }
protocol kernel kernel6 { learn; ipv6 { import all; export where source = RTS_BGP; }; }
protocol bgp calico {
  local 192.168.50.1 as 64512;
  neighbor 192.168.50.11 as 64512;
  multihop;
  connect delay time 1;
  ipv4 { import all; export where net != 192.168.50.0/24; next hop self; add paths on; };
}
protocol bgp calico6 {
  local fd00:50::1 as 64512;
  neighbor fd00:50::11 as 64512;
  multihop;
  connect delay time 1;
  ipv6 { import all; export where net != fd00:50::/64; next hop self; add paths on; };
}
${
  nodeD
    ? `protocol bgp node_d {
  local 192.168.50.1 as 64512;
  neighbor 192.168.50.14 as 64514;
  multihop;
  connect delay time 1;
  ipv4 { import all; export where net != 192.168.50.0/24; add paths on; };
}`
    : ''
}
`
}
