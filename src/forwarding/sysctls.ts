import type { Interface } from '../model/config.ts'

/** A file below /proc/sys and what it is to hold. */
export interface DesiredSysctl {
  readonly path: string
  readonly value: string
  /** The interface it belongs to; absent for one of the whole box. */
  readonly interface?: string
}

/**
 * Settings that make a host a router (kernel documentation, networking/ip-sysctl). A kernel that lacks one of them
 * (no IPv6, or one that is not per namespace) is left as it is. `ip_forward` comes first: writing it resets others.
 */
export const SYSTEM_SYSCTLS: readonly DesiredSysctl[] = [
  { path: 'net/ipv4/ip_forward', value: '1' },
  { path: 'net/ipv6/conf/all/forwarding', value: '1' },
  // The larger of this and an interface's own value counts: loose everywhere, because with ECMP and tunnels the way
  // back is rarely the way in (RFC 3704 §2.4).
  { path: 'net/ipv4/conf/all/rp_filter', value: '2' },
  // One of this and an interface's own value suffices to send redirects (RFC 1812 §5.2.7.2); nodes must not learn them.
  { path: 'net/ipv4/conf/all/send_redirects', value: '0' },
  // When the first address of a subnet goes, the others stay.
  { path: 'net/ipv4/conf/all/promote_secondaries', value: '1' },
  // A port without carrier forwards nothing: other routes take over.
  { path: 'net/ipv4/conf/all/ignore_routes_with_linkdown', value: '1' },
  { path: 'net/ipv6/conf/all/ignore_routes_with_linkdown', value: '1' },
  // ECMP by addresses and ports, so that flows between two hosts share all paths.
  { path: 'net/ipv4/fib_multipath_hash_policy', value: '1' },
  { path: 'net/ipv6/fib_multipath_hash_policy', value: '1' },
  // A change of a nexthop object is one event, not one for each route that points at it.
  { path: 'net/ipv4/nexthop_compat_mode', value: '0' },
  // The kernel waits for all its readers whenever so many bytes of a growing route table were replaced; the default of
  // 512 KiB makes a full table wait a dozen times. Only where the box has the machine's first network namespace.
  { path: 'net/ipv4/fib_sync_mem', value: '16777216' },
  // Neighbours: the defaults (128, 512, 1024) are for hosts; pods on a VLAN are many more.
  { path: 'net/ipv4/neigh/default/gc_thresh3', value: '16384' },
  { path: 'net/ipv4/neigh/default/gc_thresh2', value: '8192' },
  { path: 'net/ipv4/neigh/default/gc_thresh1', value: '4096' },
  { path: 'net/ipv6/neigh/default/gc_thresh3', value: '16384' },
  { path: 'net/ipv6/neigh/default/gc_thresh2', value: '8192' },
  { path: 'net/ipv6/neigh/default/gc_thresh1', value: '4096' },
]

/** Settings of one interface. */
export function interfaceSysctls(one: Interface): DesiredSysctl[] {
  if (one.type === 'loopback') return []
  const rows: [path: string, value: string][] = [['ipv4/conf/*/send_redirects', '0']]
  if (one.type === 'vxlan' || one.type === 'ipip') rows.push(['ipv4/conf/*/rp_filter', '2'])
  else {
    // On a shared segment: answer ARP only for addresses of this interface, and ask with one of its subnet.
    rows.push(['ipv4/conf/*/arp_ignore', '1'], ['ipv4/conf/*/arp_announce', '2'])
  }
  if (one.addresses?.some(address => address.includes(':'))) rows.push(['ipv6/conf/*/disable_ipv6', '0'])
  // A router takes no address and no default route from another's announcements, and keeps its own
  // addresses while a link is set down.
  rows.push(['ipv6/conf/*/accept_ra', '0'], ['ipv6/conf/*/autoconf', '0'])
  rows.push(['ipv6/conf/*/keep_addr_on_down', '1'])
  return rows.map(([path, value]) => ({
    path: `net/${path.replace('*', one.name)}`,
    value,
    interface: one.name,
  }))
}
