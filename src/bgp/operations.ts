import type { Family } from '../net/address.ts'
import type { Neighbor } from './neighbor/neighbor.ts'

/**
 * What became of a refresh. asked: the neighbour was asked for all its routes (RFC 2918). judged: it does not know how to
 * be asked, and what it said before was judged again. told: it hears everything again. down: there is no session for that.
 */
export type RefreshOutcome = 'asked' | 'judged' | 'told' | 'down' | 'unknown'

/** What became of a reset. disabled: the configuration keeps the session down. */
export type ResetOutcome = 'begun' | 'disabled' | 'unknown'

/** Exchanges routes again, and leaves the session as it is. */
export function refresh(
  neighbor: Neighbor | undefined,
  direction: 'in' | 'out',
  families: readonly Family[],
  tellAgain: (family: Family) => void,
): RefreshOutcome {
  if (!neighbor) return 'unknown'
  const negotiated = neighbor.channel?.negotiated
  const both = negotiated?.families.filter(family => families.includes(family)) ?? []
  if (!negotiated || both.length === 0) return 'down'
  if (direction === 'out') {
    for (const family of both) tellAgain(family)
    return 'told'
  }
  if (!negotiated.routeRefresh) {
    neighbor.reconsider(both)
    return 'judged'
  }
  for (const family of both) neighbor.requestRefresh(family)
  return 'asked'
}

/** Ends the session and begins the next one; `text` is for the neighbour's log (RFC 9003). */
export function reset(neighbor: Neighbor | undefined, text: string | undefined): ResetOutcome {
  if (!neighbor || neighbor.removed) return 'unknown'
  if (!neighbor.settings.enabled) return 'disabled'
  neighbor.reset(text)
  return 'begun'
}
