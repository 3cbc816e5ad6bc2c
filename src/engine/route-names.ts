import { CAUSEWAY_PROTOCOL } from '../forwarding/index.ts'
import { RTN, RTPROT } from '../kernel/constants.ts'

/** Names of route types by number, as ip-route prints them. */
export const ROUTE_TYPES = namesByNumber(RTN)

/** Names of who installed a route, by number, as ip-route prints them. */
export const ROUTE_PROTOCOLS = namesByNumber({ ...RTPROT, CAUSEWAY: CAUSEWAY_PROTOCOL })

function namesByNumber(constants: Readonly<Record<string, number>>): ReadonlyMap<number, string> {
  return new Map(Object.entries(constants).map(([name, number]) => [number, name.toLowerCase()]))
}
