import { addressChecks } from './addresses.ts'
import { bgpChecks } from './bgp.ts'
import { bgpAnnouncingChecks } from './bgp-announcing.ts'
import { bgpAsChecks } from './bgp-ases.ts'
import { bgpTransportChecks } from './bgp-transport.ts'
import type { Check } from './context.ts'
import { interfaceChecks } from './interfaces.ts'
import { mtuChecks } from './mtu.ts'
import { neighborChecks } from './neighbors.ts'
import { policyChecks } from './policies.ts'
import { policyListChecks } from './policy-lists.ts'
import { routeChecks } from './routes.ts'
import { tunnelChecks } from './tunnels.ts'

export { type Check, CheckContext } from './context.ts'

/** What a configuration that follows the schema must also be, one row a rule. */
export const checks: readonly Check[] = [
  ...interfaceChecks,
  ...tunnelChecks,
  ...addressChecks,
  ...mtuChecks,
  ...neighborChecks,
  ...routeChecks,
  ...policyListChecks,
  ...policyChecks,
  ...bgpChecks,
  ...bgpAsChecks,
  ...bgpAnnouncingChecks,
  ...bgpTransportChecks,
]
