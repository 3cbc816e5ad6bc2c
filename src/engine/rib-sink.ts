import type { RouteSink } from '../bgp/index.ts'
import type { Rib } from '../routing/index.ts'

/** The way of BGP's routes into the RIB: a prefix is of eBGP or of iBGP, never of both. */
export function ribSink(rib: Rib, converged: () => void): RouteSink {
  return {
    update(family, bytes, offset, length, nexthops, type) {
      rib.set(type, family, bytes, offset, length, nexthops)
      rib.remove(type === 'eBGP' ? 'iBGP' : 'eBGP', family, bytes, offset, length)
    },
    withdraw(family, bytes, offset, length) {
      rib.remove('eBGP', family, bytes, offset, length)
      rib.remove('iBGP', family, bytes, offset, length)
    },
    converged,
  }
}
