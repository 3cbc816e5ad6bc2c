import type { PeerName } from './bench.ts'

/**
 * What the peers lack, by the name of the case. Every other cell is declared to be yes. A run shows it anew: a peer that
 * has learned something is no longer as declared.
 */
export const DECLARED: Readonly<Record<PeerName, readonly string[]>> = {
  bird: [],
  frr: [],
  gobgp: [],
  openbgpd: ['both-families'],
  exabgp: [],
}
