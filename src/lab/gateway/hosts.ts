import { vethLine } from '../ip.ts'
import { type Blueprint, NOTHING } from './blueprint.ts'
import { BOX, type Endpoint, NODES, type NodeName, OUTSIDE, SITE_ROUTER } from './plan.ts'

/** What the machines of the lab have in common, and the two that are no node: the switch and the outside host. */

/**
 * Sysctls of a machine whose kernel shall not add to what is tried: no router solicitations, no duplicate
 * address detection (its second would be a second of waiting), no filter by reverse path unless asked for.
 */
export function machine(options: { forwarding: boolean }): Readonly<Record<string, number>> {
  const forwarding = options.forwarding ? 1 : 0
  return {
    'net/ipv4/ip_forward': forwarding,
    'net/ipv4/conf/all/rp_filter': 0,
    'net/ipv4/conf/default/rp_filter': 0,
    'net/ipv6/conf/all/forwarding': forwarding,
    'net/ipv6/conf/all/accept_dad': 0,
    'net/ipv6/conf/default/accept_dad': 0,
    'net/ipv6/conf/all/accept_ra': 0,
    'net/ipv6/conf/default/accept_ra': 0,
    'net/ipv6/conf/default/router_solicitations': 0,
  }
}

/** The box with its two ports, as it comes out of its carton; and the host at its uplink. */
export const boxAndOutside: Blueprint = {
  ...NOTHING,
  namespaces: ['box', 'outside'],
  links: [
    vethLine(
      { namespace: 'box', name: 'eth0', mac: '02:00:ac:10:00:01' },
      { namespace: 'outside', name: 'eth0', mac: '02:00:ac:10:00:0a' },
    ),
  ],
  sysctls: { outside: quiet('eth0', machine({ forwarding: false })) },
  network: {
    outside: [
      'link set eth0 up',
      `address add ${OUTSIDE.addresses[4]}/24 dev eth0`,
      `address add ${OUTSIDE.addresses[6]}/64 dev eth0 nodad`,
      `route add default via ${BOX.outside[4]}`,
      `route add default via ${BOX.outside[6]}`,
    ],
  },
}

/** The switch between the box's node-side port and the nodes: it passes 802.1Q tags untouched. */
export function nodeSwitch(nodes: readonly NodeName[]): Blueprint {
  const ports = nodes.map(node => ({ node, port: node }))
  return {
    ...NOTHING,
    namespaces: ['switch'],
    links: [
      vethLine(
        { namespace: 'box', name: 'eth1', mac: '02:00:c0:a8:32:01' },
        { namespace: 'switch', name: 'box' },
      ),
      ...ports.map(({ node, port }) =>
        vethLine({ namespace: node, name: 'eth0', mac: nodeMac(node) }, { namespace: 'switch', name: port }),
      ),
    ],
    devices: { switch: ['link add br0 type bridge stp_state 0 forward_delay 0 mcast_snooping 0'] },
    network: {
      switch: [
        ...['box', ...ports.map(({ port }) => port)].map(port => `link set dev ${port} master br0 up`),
        'link set br0 up',
      ],
    },
  }
}

/**
 * A node's addresses on the link to the box. Its default route leads to another router, of which the lab has
 * none: what reaches the box, the node was told of. (Without any, Calico's proxy ARP would not answer.)
 */
export function nodeUplink(node: NodeName): Blueprint {
  return {
    ...NOTHING,
    namespaces: [node],
    sysctls: { [node]: quiet('eth0', machine({ forwarding: true })) },
    network: {
      [node]: [
        'link set eth0 up',
        `address add ${NODES[node][4]}/24 dev eth0`,
        `address add ${NODES[node][6]}/64 dev eth0 nodad`,
        `route add default via ${SITE_ROUTER[4]}`,
        `route add default via ${SITE_ROUTER[6]}`,
      ],
    },
  }
}

function nodeMac(node: NodeName): string {
  const last = NODES[node][4].split('.').at(-1)
  return `02:00:c0:a8:32:${Number(last).toString(16).padStart(2, '0')}`
}

/** The sysctls of a machine, together with those of a link that was there before the defaults changed. */
export function quiet(
  link: string,
  sysctls: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  return {
    ...sysctls,
    [`net/ipv6/conf/${link}/accept_dad`]: 0,
    [`net/ipv6/conf/${link}/accept_ra`]: 0,
    [`net/ipv6/conf/${link}/router_solicitations`]: 0,
    [`net/ipv4/conf/${link}/rp_filter`]: 0,
  }
}

/** A pod of Calico's: behind a veth that answers ARP for 169.254.1.1, its addresses without a subnet. */
export function calicoPod(node: NodeName, host: string, pod: Endpoint): Blueprint {
  const v4 = pod.addresses[4]!
  const v6 = pod.addresses[6]
  return {
    ...NOTHING,
    namespaces: [pod.name],
    // All host ends bear this MAC, so that pods know the link-local address of their gateway.
    links: [
      vethLine(
        { namespace: node, name: host, mac: 'ee:ee:ee:ee:ee:ee' },
        { namespace: pod.name, name: 'eth0' },
      ),
    ],
    sysctls: {
      [pod.name]: quiet('eth0', machine({ forwarding: false })),
      [node]: {
        [`net/ipv4/conf/${host}/proxy_arp`]: 1,
        [`net/ipv4/neigh/${host}/proxy_delay`]: 0,
        [`net/ipv4/conf/${host}/rp_filter`]: 1,
        [`net/ipv6/conf/${host}/proxy_ndp`]: 1,
        [`net/ipv6/conf/${host}/accept_dad`]: 0,
        [`net/ipv6/conf/${host}/accept_ra`]: 0,
      },
    },
    network: {
      [node]: [
        `link set ${host} up`,
        `route add ${v4}/32 dev ${host} scope link`,
        ...(v6 ? [`route add ${v6}/128 dev ${host}`] : []),
      ],
      [pod.name]: [
        'link set eth0 up',
        `address add ${v4}/32 dev eth0`,
        'route add 169.254.1.1 dev eth0 scope link',
        'route add default via 169.254.1.1 dev eth0',
        ...(v6
          ? [
              `address add ${v6}/128 dev eth0 nodad`,
              'route add default via fe80::ecee:eeff:feee:eeee dev eth0',
            ]
          : []),
      ],
    },
  }
}
