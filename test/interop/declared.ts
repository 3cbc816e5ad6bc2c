import type { PeerName } from './bench.ts'

/**
 * What the peers lack, by the name of the case. Every other cell is declared to be yes. A run shows it anew: a peer that
 * has learned something is no longer as declared.
 */
export const DECLARED: Readonly<Record<PeerName, readonly string[]>> = {
  bird: [],
  frr: [],
  gobgp: [
    ...['refresh-theirs', 'enhanced-refresh', 'as-trans', 'extended-message', 'originator-loop'],
    ...['role', 'role-mismatch'],
  ],
  openbgpd: [
    ...['both-families', 'unnumbered', 'refresh-ours', 'gr-helper', 'llgr-helper', 'llgr-restarting'],
    ...['extended-nexthop', 'extended-message'],
  ],
  exabgp: [
    ...[
      'unnumbered',
      'gr-restarting',
      'llgr-helper',
      'llgr-restarting',
      'shutdown-theirs',
      'max-prefixes-theirs',
    ],
    ...['role', 'role-mismatch'],
  ],
}
