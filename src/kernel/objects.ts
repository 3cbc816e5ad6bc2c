import type { Family } from '../net/address.ts'
import type { Prefix } from '../net/prefix.ts'

/**
 * What the kernel's network holds, as one would say it: links by index and name, prefixes and addresses as
 * canonical text. `codec` turns these into rtnetlink messages and back; who reads or writes the kernel speaks in
 * them. Where a field is optional, its absence means that the kernel did not send the attribute.
 */

/** Link kinds that Causeway makes itself (IFLA_INFO_KIND); others are read but never made. */
export type MadeKind = 'vlan' | 'vxlan' | 'ipip' | 'bridge'

/** A link (RTM_NEWLINK, if_link.h). */
export interface Link {
  readonly index: number
  readonly name: string
  /** IFLA_INFO_KIND; '' for a physical port and for loopback. */
  readonly kind: string
  /** ARPHRD_LOOPBACK. */
  readonly loopback: boolean
  /** Lower case with colons; '' where the link has none (IPIP). */
  readonly macAddress: string
  /** Bytes. */
  readonly mtu: number
  /** IFF_UP: set up by the administrator. */
  readonly up: boolean
  /** IFF_LOWER_UP: the carrier is there. */
  readonly carrier: boolean
  /** IFLA_LINK: the parent's index, 0 for none. */
  readonly parent: number
  /** IFLA_MASTER: the bridge's index, 0 for none. */
  readonly master: number
  /** IFLA_IFALIAS; '' where unset. */
  readonly alias: string
  /** Of kind vlan. */
  readonly vlanId?: number
  readonly vxlan?: VxlanLink
  readonly ipip?: IpipLink
  readonly counters?: LinkCounters
}

export interface VxlanLink {
  readonly vni: number
  /** UDP destination port. */
  readonly port: number
  readonly local?: string
  readonly learning: boolean
  readonly ttl: number
}

export interface IpipLink {
  readonly local?: string
  /** Absent where any node may be the far end. */
  readonly remote?: string
  readonly ttl: number
}

/** IFLA_STATS64, since the link was made. */
export interface LinkCounters {
  readonly rxPackets: number
  readonly txPackets: number
  readonly rxBytes: number
  readonly txBytes: number
  readonly rxErrors: number
  readonly txErrors: number
  readonly rxDropped: number
  readonly txDropped: number
}

/** What a link is to be like: to make one (kind and its options), or to change one (what is given). */
export interface LinkSettings {
  readonly name: string
  readonly kind?: MadeKind
  readonly macAddress?: string
  readonly mtu?: number
  readonly up?: boolean
  /** Index of the parent. For vxlan it fixes the underlay device. */
  readonly parent?: number
  /** Index of the bridge, 0 to leave it. */
  readonly master?: number
  readonly alias?: string
  readonly vlanId?: number
  readonly vxlan?: VxlanLink
  readonly ipip?: IpipLink
}

/** An address of ours (RTM_NEWADDR, if_addr.h). */
export interface InterfaceAddress {
  readonly link: number
  /** Address and prefix length as text; host bits set. */
  readonly prefix: string
  /** RT_SCOPE_*: 0 universe, 253 link, 254 host. */
  readonly scope: number
  /** IFA_FLAGS (IFA_F_*). */
  readonly flags: number
  /** IFA_PROTO; 0 where the kernel does not tell. */
  readonly protocol: number
}

/** An ARP or ND entry (RTM_NEWNEIGH of AF_INET or AF_INET6, neighbour.h). */
export interface Neighbor {
  readonly link: number
  readonly address: string
  /** '' where it is not resolved. */
  readonly macAddress: string
  /** NUD_*. */
  readonly state: number
  /** NTF_*. */
  readonly flags: number
  /** NDA_PROTOCOL, 0 where unset. */
  readonly protocol: number
}

/** An FDB entry (RTM_NEWNEIGH of AF_BRIDGE): of a VXLAN device where it has a destination. */
export interface FdbEntry {
  readonly link: number
  readonly macAddress: string
  /** Underlay address of the far VTEP (NDA_DST). */
  readonly destination?: string
  /** Index of the bridge (NDA_MASTER). */
  readonly master?: number
  readonly state: number
  readonly flags: number
}

/** A nexthop object (RTM_NEWNEXTHOP, nexthop.h). */
export interface Nexthop {
  /** NHA_ID, from 1. */
  readonly id: number
  /** Absent for a group. */
  readonly family?: Family
  readonly gateway?: string
  readonly link?: number
  /** RTNH_F_ONLINK. */
  readonly onlink?: boolean
  readonly blackhole?: boolean
  /** Members of a group; weight from 1. */
  readonly group?: readonly { readonly id: number; readonly weight: number }[]
  /** RTPROT_*. */
  readonly protocol: number
}

/** A route as it was read (RTM_NEWROUTE, rtnetlink.h). Writing goes by `RouteBatch`. */
export interface Route {
  readonly family: Family
  /** Network prefix as text. */
  readonly prefix: string
  /** RT_TABLE_*. */
  readonly table: number
  /** RTPROT_*: 2 kernel, 3 boot, 4 static, 12 bird, ... */
  readonly protocol: number
  /** RTA_PRIORITY; 0 where unset. */
  readonly metric: number
  /** RTN_*: 1 unicast, 6 blackhole, ... */
  readonly type: number
  readonly scope: number
  /** RTNH_F_*, RTM_F_OFFLOAD among them. */
  readonly flags: number
  /** RTA_NH_ID. */
  readonly nexthopId?: number
  /** Where the kernel told the paths themselves. */
  readonly paths: readonly {
    readonly gateway?: string
    readonly link?: number
    readonly weight: number
    readonly flags: number
  }[]
}

/**
 * Routes to write in one go, in columns, so that a hundred thousand of them cross a thread border as three
 * buffers. Row i is `addresses[i * n .. i * n + n]` / `lengths[i]` with n = 4 or 16.
 */
export interface RouteBatch {
  readonly family: Family
  readonly table: number
  readonly metric: number
  readonly protocol: number
  readonly count: number
  readonly addresses: Uint8Array
  readonly lengths: Uint8Array
  /** Nexthop object that row i is to point at; 0 to delete the route. */
  readonly nexthopIds: Uint32Array
}

/** Routes that were read, in columns. */
export interface RouteColumns extends RouteBatch {
  /** Metric of the first row, 0 where there is none; each row's own is in `metrics`. */
  readonly metric: number
  readonly metrics: Uint32Array
}

/**
 * One change that is asked of the kernel.
 *
 * - `addLink` makes a link with all its settings or not at all; `setLink` changes what is given. Of an IPIP tunnel
 *   `ipip` and `parent` must be given together and whole, as the kernel takes what is left out for none. Of a VXLAN
 *   VNI, port and the family of its local address cannot be changed.
 * - `setNeighbor`, `setFdb` and `setNexthop` make or replace. A `setFdb` of the all-zero or of a group MAC adds one
 *   more destination to flood to.
 * - `replaceNexthop` is refused with ENOENT where there is none with this id.
 * - `deleteNexthop` takes the routes that point at it with it. So does a link that goes down or away with its
 *   nexthops. Of neither does the kernel tell more than the nexthop or the link itself.
 * - A nexthop of IPv6 that is a blackhole needs the loopback link to be up.
 */
export type KernelChange =
  | { readonly op: 'addLink'; readonly link: LinkSettings }
  | { readonly op: 'setLink'; readonly index: number; readonly link: Partial<LinkSettings> }
  | { readonly op: 'deleteLink'; readonly index: number }
  | { readonly op: 'addAddress' | 'deleteAddress'; readonly address: InterfaceAddress }
  | { readonly op: 'setNeighbor' | 'deleteNeighbor'; readonly neighbor: Neighbor }
  | { readonly op: 'setFdb' | 'deleteFdb'; readonly entry: FdbEntry }
  | { readonly op: 'setNexthop' | 'replaceNexthop'; readonly nexthop: Nexthop }
  | { readonly op: 'deleteNexthop'; readonly id: number }
  | { readonly op: 'setSysctl'; readonly path: string; readonly value: string }

/** What became of a change: undefined where the kernel took it. */
export interface KernelFailure {
  /** As in errno.h, 'EEXIST'. */
  readonly code: string
  /** The kernel's own words (NLMSGERR_ATTR_MSG), '' where it gave none. */
  readonly message: string
}

/** Kinds of objects that can be dumped. */
export interface KernelDumps {
  links: Link[]
  addresses: InterfaceAddress[]
  neighbors: Neighbor[]
  fdb: FdbEntry[]
  nexthops: Nexthop[]
  routes: Route[]
}

/** What the monitor saw. Changes that this process asked for itself are not told, except of links and addresses. */
export type KernelEvent =
  | { readonly kind: 'link'; readonly gone: boolean; readonly link: Link }
  | { readonly kind: 'address'; readonly gone: boolean; readonly address: InterfaceAddress }
  | { readonly kind: 'neighbor'; readonly gone: boolean; readonly neighbor: Neighbor }
  | { readonly kind: 'fdb'; readonly gone: boolean; readonly entry: FdbEntry }
  | { readonly kind: 'nexthop'; readonly gone: boolean; readonly nexthop: Nexthop }
  | { readonly kind: 'route'; readonly gone: boolean; readonly route: Route }
  /** Events were lost (ENOBUFS): whoever keeps a picture must dump anew. */
  | { readonly kind: 'lost' }

/**
 * The kernel's network of one network namespace: what `forwarding/` and `engine/` are given. All methods may be
 * called at any time; changes are carried out in the order in which they were asked for.
 */
export interface Kernel {
  /** Everything of one kind, read anew, whole (an interrupted dump is repeated). */
  dump<K extends keyof KernelDumps>(kind: K, filter?: RouteFilter): Promise<KernelDumps[K]>
  /** Carries out changes in order; all are tried. Answers one entry a change: undefined where it was taken. */
  apply(changes: readonly KernelChange[]): Promise<(KernelFailure | undefined)[]>
  /**
   * Writes or deletes routes (NLM_F_REPLACE | NLM_F_CREATE). Answers the rows that failed; deleting what is not there
   * is no failure. The columns stay the caller's, who may use them again at once. A write replaces whatever route has
   * the same prefix, table and metric, whoever made it; a deletion hits only one of the same protocol too. (In IPv4,
   * metric 0 in a deletion is any metric.)
   */
  writeRoutes(
    batch: RouteBatch,
  ): Promise<readonly { readonly row: number; readonly failure: KernelFailure }[]>
  /** Routes of one protocol and table in columns: the fast way to read back very many. `nexthopIds[i]` is 0 where the route points at none. */
  readRoutes(family: Family, table: number, protocol: number): Promise<RouteColumns>
  readSysctl(path: string): Promise<string | undefined>
  /** Calls `listener` with each event from now on; answers the way to stop. */
  monitor(listener: (events: readonly KernelEvent[]) => void): () => void
  close(): Promise<void>
}

/** Narrows a dump of routes; the kernel does the filtering (NETLINK_GET_STRICT_CHK). */
export interface RouteFilter {
  readonly family?: Family
  readonly table?: number
  readonly protocol?: number
  /** RTPROT_* that is left out: the kernel sends it, and it is passed over unread. */
  readonly exceptProtocol?: number
  /** Only this prefix and those inside it: the others are read, and left where they were read. */
  readonly inside?: Prefix
  /** Only the routes of the first so many prefixes, and in their order (`comparePrefixes`); the others are left likewise. */
  readonly first?: number
  /** With `first`: counted from behind this prefix. */
  readonly after?: Prefix
}
