/**
 * Numbers of Linux's user-space interface that Causeway speaks with, named as in the headers: `RTN.UNICAST` is
 * RTN_UNICAST. Each table says which header it follows. They are parts of a stable interface and never change.
 */

/** Address families (bits/socket.h) as netlink's messages carry them. */
export const AF = { UNSPEC: 0, INET: 2, BRIDGE: 7, INET6: 10, NETLINK: 16 } as const

/** Message types below NLMSG_MIN_TYPE (netlink.h). */
export const NLMSG = { NOOP: 1, ERROR: 2, DONE: 3, OVERRUN: 4 } as const

/** Flags of a message (netlink.h): of every request, of a GET, of a NEW and of an answer. */
export const NLM_F = {
  REQUEST: 0x1,
  MULTI: 0x2,
  ACK: 0x4,
  ECHO: 0x8,
  DUMP_INTR: 0x10,
  DUMP_FILTERED: 0x20,
  ROOT: 0x100,
  MATCH: 0x200,
  DUMP: 0x300,
  REPLACE: 0x100,
  EXCL: 0x200,
  CREATE: 0x400,
  APPEND: 0x800,
  CAPPED: 0x100,
  ACK_TLVS: 0x200,
} as const

/** Attributes of an extended ACK (netlink.h, enum nlmsgerr_attrs). */
export const NLMSGERR_ATTR = { MSG: 1, OFFS: 2, COOKIE: 3, POLICY: 4, MISS_TYPE: 5, MISS_NEST: 6 } as const

/** Bits of an attribute's type (netlink.h). */
export const NLA_F = { NESTED: 0x8000, NET_BYTEORDER: 0x4000 } as const

/** Message types of rtnetlink (rtnetlink.h). */
export const RTM = {
  NEWLINK: 16,
  DELLINK: 17,
  GETLINK: 18,
  SETLINK: 19,
  NEWADDR: 20,
  DELADDR: 21,
  GETADDR: 22,
  NEWROUTE: 24,
  DELROUTE: 25,
  GETROUTE: 26,
  NEWNEIGH: 28,
  DELNEIGH: 29,
  GETNEIGH: 30,
  NEWNEXTHOP: 104,
  DELNEXTHOP: 105,
  GETNEXTHOP: 106,
} as const

/** Multicast groups of rtnetlink (rtnetlink.h, enum rtnetlink_groups). */
export const RTNLGRP = {
  LINK: 1,
  NEIGH: 3,
  IPV4_IFADDR: 5,
  IPV4_ROUTE: 7,
  IPV6_IFADDR: 9,
  IPV6_ROUTE: 11,
  NEXTHOP: 32,
} as const

/** Types of route (rtnetlink.h). */
export const RTN = {
  UNSPEC: 0,
  UNICAST: 1,
  LOCAL: 2,
  BROADCAST: 3,
  ANYCAST: 4,
  MULTICAST: 5,
  BLACKHOLE: 6,
  UNREACHABLE: 7,
  PROHIBIT: 8,
  THROW: 9,
} as const

/** Who installed a route or a nexthop (rtnetlink.h). */
export const RTPROT = {
  UNSPEC: 0,
  REDIRECT: 1,
  KERNEL: 2,
  BOOT: 3,
  STATIC: 4,
  RA: 9,
  ZEBRA: 11,
  BIRD: 12,
  DHCP: 16,
  KEEPALIVED: 18,
  BABEL: 42,
  BGP: 186,
  ISIS: 187,
  OSPF: 188,
  RIP: 189,
} as const

/** Scope of a route or an address (rtnetlink.h). */
export const RT_SCOPE = { UNIVERSE: 0, SITE: 200, LINK: 253, HOST: 254, NOWHERE: 255 } as const

/** Routing tables with a name (rtnetlink.h). */
export const RT_TABLE = { UNSPEC: 0, COMPAT: 252, DEFAULT: 253, MAIN: 254, LOCAL: 255 } as const

/** Flags of a route (rtnetlink.h). */
export const RTM_F = {
  NOTIFY: 0x100,
  CLONED: 0x200,
  PREFIX: 0x800,
  OFFLOAD: 0x4000,
  TRAP: 0x8000,
  OFFLOAD_FAILED: 0x20000000,
} as const

/** Flags of a path or a nexthop (rtnetlink.h). */
export const RTNH_F = {
  DEAD: 0x1,
  PERVASIVE: 0x2,
  ONLINK: 0x4,
  OFFLOAD: 0x8,
  LINKDOWN: 0x10,
  UNRESOLVED: 0x20,
  TRAP: 0x40,
} as const

/** Attributes of a route (rtnetlink.h, enum rtattr_type_t). */
export const RTA = {
  DST: 1,
  OIF: 4,
  GATEWAY: 5,
  PRIORITY: 6,
  MULTIPATH: 9,
  TABLE: 15,
  VIA: 18,
  NH_ID: 30,
} as const

/** Attributes of a nexthop (nexthop.h). */
export const NHA = { ID: 1, GROUP: 2, GROUP_TYPE: 3, BLACKHOLE: 4, OIF: 5, GATEWAY: 6 } as const

/** States of a neighbour (neighbour.h). */
export const NUD = {
  NONE: 0,
  INCOMPLETE: 0x1,
  REACHABLE: 0x2,
  STALE: 0x4,
  DELAY: 0x8,
  PROBE: 0x10,
  FAILED: 0x20,
  NOARP: 0x40,
  PERMANENT: 0x80,
} as const

/** Flags of a neighbour or an FDB entry (neighbour.h). */
export const NTF = {
  USE: 0x1,
  SELF: 0x2,
  MASTER: 0x4,
  PROXY: 0x8,
  EXT_LEARNED: 0x10,
  OFFLOADED: 0x20,
  STICKY: 0x40,
  ROUTER: 0x80,
} as const

/** Attributes of a neighbour or an FDB entry (neighbour.h). */
export const NDA = { DST: 1, LLADDR: 2, MASTER: 9, PROTOCOL: 12 } as const

/** Flags of an interface address (if_addr.h). */
export const IFA_F = {
  SECONDARY: 0x1,
  NODAD: 0x2,
  OPTIMISTIC: 0x4,
  DADFAILED: 0x8,
  HOMEADDRESS: 0x10,
  DEPRECATED: 0x20,
  TENTATIVE: 0x40,
  PERMANENT: 0x80,
  MANAGETEMPADDR: 0x100,
  NOPREFIXROUTE: 0x200,
  MCAUTOJOIN: 0x400,
  STABLE_PRIVACY: 0x800,
} as const

/** Attributes of an interface address (if_addr.h). */
export const IFA = { ADDRESS: 1, LOCAL: 2, FLAGS: 8, PROTO: 11 } as const

/** Who set an interface address (if_addr.h, ifa_proto). */
export const IFAPROT = { UNSPEC: 0, KERNEL_LO: 1, KERNEL_RA: 2, KERNEL_LL: 3 } as const

/** Flags of a link (if.h, enum net_device_flags). */
export const IFF = {
  UP: 0x1,
  BROADCAST: 0x2,
  LOOPBACK: 0x8,
  POINTOPOINT: 0x10,
  RUNNING: 0x40,
  NOARP: 0x80,
  PROMISC: 0x100,
  ALLMULTI: 0x200,
  MULTICAST: 0x1000,
  LOWER_UP: 0x10000,
} as const

/** Hardware types (if_arp.h). */
export const ARPHRD = { ETHER: 1, TUNNEL: 768, LOOPBACK: 772 } as const

/** Attributes of a link (if_link.h). */
export const IFLA = {
  ADDRESS: 1,
  IFNAME: 3,
  MTU: 4,
  LINK: 5,
  MASTER: 10,
  LINKINFO: 18,
  IFALIAS: 20,
  STATS64: 23,
  LINK_NETNSID: 37,
} as const

/** Attributes inside IFLA_LINKINFO (if_link.h). */
export const IFLA_INFO = { KIND: 1, DATA: 2 } as const

/** Attributes inside IFLA_INFO_DATA of kind vlan (if_link.h). */
export const IFLA_VLAN = { ID: 1 } as const

/** Attributes inside IFLA_INFO_DATA of kind vxlan (if_link.h). */
export const IFLA_VXLAN = {
  ID: 1,
  LINK: 3,
  LOCAL: 4,
  TTL: 5,
  LEARNING: 7,
  PORT: 15,
  LOCAL6: 17,
} as const

/** Attributes inside IFLA_INFO_DATA of kind ipip (if_tunnel.h). */
export const IFLA_IPTUN = { LINK: 1, LOCAL: 2, REMOTE: 3, TTL: 4 } as const
