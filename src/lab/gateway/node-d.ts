import { type Blueprint, NOTHING, together } from './blueprint.ts'
import { calicoPod, nodeUplink } from './hosts.ts'
import { BOX, NETWORKS, PODS } from './plan.ts'

/**
 * Node D, like Calico with IPIP Always. Since Calico 3.33 it is Felix that programs the routes of IPIP pools,
 * also those of a disabled pool that stands for what lies outside: each by the tunnel to the next hop.
 * (`rtprot 80` is Felix's own.)
 */
export const nodeD: Blueprint = together([
  nodeUplink('node-d'),
  {
    ...NOTHING,
    network: {
      'node-d': [
        // The kernel makes tunl0 itself, local and remote any, in each namespace.
        'link set tunl0 up mtu 1480',
        'address add 10.244.4.1/32 dev tunl0',
        ...Object.entries(NETWORKS[4])
          .filter(([where]) => where !== 'node-d')
          .map(([, network]) => `route add ${network} via ${BOX.nodes[4]} dev tunl0 onlink proto 80`),
      ],
    },
  },
  calicoPod('node-d', 'cali0d1', PODS.d1),
  calicoPod('node-d', 'cali0d2', PODS.d2),
])
