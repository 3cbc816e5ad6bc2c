import { type Blueprint, together } from './blueprint.ts'
import { calicoPod, nodeUplink } from './hosts.ts'
import { PODS } from './plan.ts'

/** Node A, like Calico with BGP and no encapsulation; its BIRDs are in calico-bird.ts. */
export const nodeA: Blueprint = together([
  nodeUplink('node-a'),
  calicoPod('node-a', 'cali0a1', PODS.a1),
  calicoPod('node-a', 'cali0a2', PODS.a2),
])
