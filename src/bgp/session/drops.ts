import type { SessionSettings } from './settings.ts'

/**
 * TCP segments that the kernel dropped before anybody read them, as it counts them: for the whole network namespace and all
 * of TCP, not for one neighbour.
 */
export interface Drops {
  /** Without the MD5 signature that was wanted (TCPMD5NotFound). */
  readonly unsigned: number
  /** With a signature that nobody wanted (TCPMD5Unexpected). */
  readonly signed: number
  /** With a wrong one (TCPMD5Failure). */
  readonly wronglySigned: number
  /** With a TTL, or hop limit, below the least that is taken (TCPMinTTLDrop). */
  readonly tooFar: number
}

/** What was dropped between two readings; undefined where that is nothing, or not known. */
export function dropsSince(before: Drops | undefined, now: Drops | undefined): Drops | undefined {
  if (!before || !now) return undefined
  const since = {
    unsigned: now.unsigned - before.unsigned,
    signed: now.signed - before.signed,
    wronglySigned: now.wronglySigned - before.wronglySigned,
    tooFar: now.tooFar - before.tooFar,
  }
  return Object.values(since).some(count => count > 0) ? since : undefined
}

/** Which of these can have to do with a session under these settings: a key is wanted or not, a distance is or not. */
export function suspicions(
  drops: Drops,
  { password, minimumTtl }: Pick<SessionSettings, 'password' | 'minimumTtl'>,
): readonly (keyof Drops)[] {
  const possible: readonly (keyof Drops)[] = [
    ...(password === undefined ? (['signed'] as const) : (['wronglySigned', 'unsigned'] as const)),
    ...(minimumTtl === undefined ? [] : (['tooFar'] as const)),
  ]
  return possible.filter(kind => drops[kind] > 0)
}
