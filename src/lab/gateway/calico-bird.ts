import type { Family } from '../../net/address.ts'

export interface CalicoBirdOptions {
  readonly family: Family
  readonly routerId: string
  readonly localAs: number
  readonly localAddress: string
  readonly neighborAddress: string
  readonly neighborAs: number
  /** The node's own block: announced whole, dropped where no pod has the address. */
  readonly block: string
  /** Pools whose routes Felix programs, not BIRD (IPIP since 3.33). */
  readonly felixPrograms?: readonly string[]
}

/** Metric of a route of the kernel's own that Calico's LOCAL_PREF counts down from. */
const HIGHEST_METRIC = 2147483647
const DEFAULT_METRIC = 1024

/**
 * A configuration of BIRD 2 that speaks as the BIRD of a Calico node does: the same sessions, capabilities,
 * timers and attributes (see the templates of Calico's confd, 3.32 and later). The node runs one BIRD for each
 * family, as Calico does.
 */
export function calicoBirdConfig(options: CalicoBirdOptions): string {
  const { family, routerId, localAs, localAddress, neighborAddress, neighborAs, block } = options
  const felix = options.felixPrograms ?? []
  const channel = `ipv${family}`
  return `log stderr all;
router id ${routerId};

# What Felix programs itself stays out of the kernel's table; the rest goes in with a metric by its LOCAL_PREF.
filter to_kernel {
${felix.map(prefix => `  if net ~ ${prefix} then reject;\n`).join('')}  if source = RTS_DEVICE then reject;
  if source = RTS_BGP then krt_metric = ${HIGHEST_METRIC} - bgp_local_pref;
  accept;
}

# Only whole blocks of our own leave the node.
filter to_peers {
  if net = ${block} then {
    bgp_local_pref = ${HIGHEST_METRIC - DEFAULT_METRIC};
    accept;
  }
  reject;
}

protocol device {
  scan time 2;
}

protocol direct {
  interface -"cali*", -"kube-ipvs*", "*";
  ${channel};
}

protocol static own_block {
  ${channel};
  route ${block} blackhole;
}

protocol kernel {
  learn;
  persist;
  scan time 2;
  metric 0;
  graceful restart;
  merge paths on;
  ${channel} {
    import all;
    export filter to_kernel;
  };
}

protocol bgp box {
  description "Connection to BGP peer";
  local ${localAddress} as ${localAs};
  neighbor ${neighborAddress} as ${neighborAs};
  multihop;
  hold time 240;
  keepalive time 80;
  connect delay time 2;
  connect retry time 5;
  error wait time 5, 30;
  graceful restart on;
  graceful restart time 120;
  ${channel} {
    import all;
    export filter to_peers;
    gateway recursive;
    add paths on;
  };
}
`
}
