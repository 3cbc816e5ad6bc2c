import type { Family } from '../../net/address.ts'
import { vethLine } from '../ip.ts'
import { type Blueprint, NOTHING, together } from './blueprint.ts'
import { machine, nodeUplink, quiet } from './hosts.ts'
import { BOX, type Endpoint, NETWORKS, NODES, PODS } from './plan.ts'

/**
 * Node B, like Flannel with its VXLAN backend. For each network behind the box there is a Node in the API
 * server that stands for it, with the network as its podCIDR and the box as its VTEP; flanneld makes of it a
 * neighbour, an FDB entry and a route, which is what is put here by hand.
 */

const DEVICE: Readonly<Record<Family, string>> = { 4: 'flannel.1', 6: 'flannel-v6.1' }
const SUBNET: Readonly<Record<Family, string>> = { 4: '10.244.2.0', 6: 'fd00:10:244:2::' }
const MAC: Readonly<Record<Family, string>> = { 4: '1a:00:c0:a8:32:0c', 6: '1a:00:fd:00:50:0c' }
const HOST_BITS: Readonly<Record<Family, number>> = { 4: 32, 6: 128 }
/** The network that stands for the box itself, so that its own addresses in the tunnel have a way back. */
const BOX_SUBNET: Readonly<Record<Family, string>> = { 4: '10.244.0.0/24', 6: 'fd00:10:244::/64' }
/** What flanneld sets, for either family: its 50 bytes are 20 too few over IPv6. */
const MTU = 1450

export const nodeB: Blueprint = together([
  nodeUplink('node-b'),
  vtep(4),
  vtep(6),
  bridge(),
  bridgedPod('vethb1', PODS.b1),
  bridgedPod('vethb2', PODS.b2),
])

function vtep(family: Family): Blueprint {
  const device = DEVICE[family]
  const behindBox = [
    BOX_SUBNET[family],
    ...Object.entries(NETWORKS[family])
      .filter(([where]) => where !== 'node-b')
      .map(([, network]) => network),
  ]
  return {
    ...NOTHING,
    devices: {
      'node-b': [
        `link add ${device} address ${MAC[family]} mtu ${MTU} type vxlan id 1 local ${NODES['node-b'][family]} dev eth0 dstport 8472 nolearning`,
      ],
    },
    sysctls: { 'node-b': quiet(device, {}) },
    network: {
      'node-b': [
        `link set ${device} up`,
        `address add ${SUBNET[family]}/${HOST_BITS[family]} dev ${device} ${family === 6 ? 'nodad' : ''}`,
        ...behindBox.flatMap(network => {
          const gateway = network.slice(0, network.indexOf('/'))
          return [
            `neighbor replace ${gateway} lladdr ${BOX.vtepMac[family]} dev ${device} nud permanent`,
            `route add ${network} via ${gateway} dev ${device} onlink`,
          ]
        }),
      ],
    },
    fdb: {
      'node-b': [`fdb replace ${BOX.vtepMac[family]} dev ${device} dst ${BOX.nodes[family]} self permanent`],
    },
  }
}

/** The bridge that Flannel's CNI plugin has made, with the node's address in the pod network. */
function bridge(): Blueprint {
  return {
    ...NOTHING,
    devices: {
      'node-b': ['link add cni0 mtu 1450 type bridge stp_state 0 forward_delay 0 mcast_snooping 0'],
    },
    sysctls: { 'node-b': quiet('cni0', {}) },
    network: {
      'node-b': [
        'link set cni0 up',
        'address add 10.244.2.1/24 dev cni0',
        'address add fd00:10:244:2::1/64 dev cni0 nodad',
      ],
    },
  }
}

function bridgedPod(host: string, pod: Endpoint): Blueprint {
  return {
    ...NOTHING,
    namespaces: [pod.name],
    links: [
      vethLine(
        { namespace: 'node-b', name: host, mtu: MTU },
        { namespace: pod.name, name: 'eth0', mtu: MTU },
      ),
    ],
    sysctls: { [pod.name]: quiet('eth0', machine({ forwarding: false })) },
    network: {
      'node-b': [`link set ${host} master cni0 up`],
      [pod.name]: [
        'link set eth0 up',
        `address add ${pod.addresses[4]}/24 dev eth0`,
        `address add ${pod.addresses[6]}/64 dev eth0 nodad`,
        'route add default via 10.244.2.1',
        'route add default via fd00:10:244:2::1',
      ],
    },
  }
}
