import type { Decider } from './policy.ts'

/**
 * Why a path takes no part in the decision, whatever the policy says, in the order in which they are looked for; and last, by
 * policy. The sentence goes behind "not accepted:".
 */
export const REFUSALS = {
  noNexthop: 'it has no next hop',
  ownNexthop: 'its next hop is an address of this box (RFC 4271 §5.1.3)',
  nexthopElsewhere:
    'its next hop is on no network that we share with the neighbour, which is one hop away (RFC 4271 §6.3); multihop: true takes it',
  linkLocalNexthop:
    'its next hop is link-local, and the session is not bound to an interface that it could be on (RFC 2545 §2)',
  ownOriginatorId: 'ORIGINATOR_ID is our own router id: it came back to us (RFC 4456 §8)',
  ownCluster: 'our own cluster is in CLUSTER_LIST: it came back to us (RFC 4456 §8)',
  ownAs: 'our own AS is in its AS path (RFC 4271 §9.1.2); allowOwnAs lets it through',
  attributesTooLong: 'its AS path or its communities are longer than any that is of use',
  leak: 'it was leaked: ONLY_TO_CUSTOMER says that it must not come from here (RFC 9234 §5)',
  unroutable: 'no host can be inside its prefix',
  policy: 'the import policy rejects it',
} as const

export type RefusalReason = keyof typeof REFUSALS

/** Why a path is not accepted, for people. */
export interface Refusal {
  readonly reason: RefusalReason
  /** A sentence without its beginning, "not accepted:". */
  readonly text: string
  /** The policy that rejects it, and its rule from 1 on; no rule where none matches. */
  readonly policy?: string
  readonly rule?: number
}

export function refusal(reason: RefusalReason): Refusal {
  return { reason, text: REFUSALS[reason] }
}

/** A path that the policy rejects, by the rule that does or because none matches. */
export function policyRefusal(names: readonly string[], decider: Decider | undefined): Refusal {
  if (decider) {
    const { policy, rule, text } = decider
    return { reason: 'policy', text: `rule ${rule} of policy ${policy} rejects it: ${text}`, policy, rule }
  }
  const [policy] = names
  if (policy === undefined) {
    return { reason: 'policy', text: 'an eBGP neighbour without importPolicy gives nothing (RFC 8212)' }
  }
  const which = names.length === 1 ? `policy ${policy}` : `policies ${names.join(', ')}`
  return { reason: 'policy', text: `no rule of ${which} accepts it`, policy: names.join(', ') }
}
