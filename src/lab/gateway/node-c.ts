import { type Blueprint, NOTHING, together } from './blueprint.ts'
import { machine, nodeUplink, quiet } from './hosts.ts'
import { BOX, type Endpoint, PODS } from './plan.ts'

/**
 * Node C, like Bifrost: a pod is a macvlan child of a VLAN of the node's port, so that it stands on that VLAN
 * with a MAC of its own, and its default gateway is the box.
 */
export const nodeC: Blueprint = together([
  nodeUplink('node-c'),
  macvlanPod(10, PODS.c10, BOX.vlan10),
  macvlanPod(20, PODS.c20, BOX.vlan20),
])

function macvlanPod(vlan: number, pod: Endpoint, gateway: Readonly<Record<4 | 6, string>>): Blueprint {
  const parent = `eth0-vlan-${vlan}`
  return {
    ...NOTHING,
    namespaces: [pod.name],
    devices: {
      'node-c': [
        `link add link eth0 name ${parent} type vlan id ${vlan}`,
        `link add link ${parent} name ${pod.name} type macvlan mode bridge`,
        `link set dev ${pod.name} netns ${pod.name} name eth0`,
      ],
    },
    sysctls: { [pod.name]: quiet('eth0', machine({ forwarding: false })) },
    network: {
      'node-c': [`link set ${parent} up`],
      [pod.name]: [
        'link set eth0 up',
        `address add ${pod.addresses[4]}/24 dev eth0`,
        `address add ${pod.addresses[6]}/64 dev eth0 nodad`,
        `route add default via ${gateway[4]}`,
        `route add default via ${gateway[6]}`,
      ],
    },
  }
}
