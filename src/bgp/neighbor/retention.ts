import type { Family } from '../../net/address.ts'
import type { Down } from '../session/down.ts'
import { type AfiSafi, isHardReset, type Negotiated, unicastFamily } from '../wire/index.ts'
import type { Keeping } from './stale-paths.ts'

/**
 * What stays of a family when a session ends: what the neighbour's OPEN of that session said (RFC 4724 §4.2, RFC 9494 §4.2).
 * Undefined: nothing.
 * @param longLivedTime our own bound, seconds
 */
export function keeping(
  down: Down,
  negotiated: Negotiated | undefined,
  family: Family,
  longLivedTime: number,
): Keeping | undefined {
  const restart = negotiated?.gracefulRestart
  if (!negotiated || !restart || !isGraceful(down, negotiated)) return undefined
  const row = find(restart.families, family)
  const longLived = find(negotiated.longLivedGracefulRestart, family)
  if (!row && !longLived) return undefined
  return {
    restart: row ? restart.time : 0,
    longLived: Math.min(longLived?.staleTime ?? 0, longLivedTime),
  }
}

/** Whether the neighbour, back again, says that it has kept forwarding for a family. */
export function forwards(negotiated: Negotiated, family: Family) {
  const both = negotiated.families.includes(family)
  return {
    restart: both && (find(negotiated.gracefulRestart?.families, family)?.forwarding ?? false),
    longLived: both && (find(negotiated.longLivedGracefulRestart, family)?.forwarding ?? false),
  }
}

/** RFC 4724 §4.2: TCP failed. Where both sides have set N, also a NOTIFICATION that is no Hard Reset (RFC 8538 §4). */
function isGraceful(down: Down, { gracefulNotification }: Negotiated): boolean {
  if (down.kind === 'tcp' || down.kind === 'replaced') return true
  if (down.kind !== 'sent' && down.kind !== 'received') return false
  return gracefulNotification && !isHardReset(down.notification)
}

function find<T extends AfiSafi>(rows: readonly T[] | undefined, family: Family): T | undefined {
  return rows?.find(row => unicastFamily(row.afi, row.safi) === family)
}
