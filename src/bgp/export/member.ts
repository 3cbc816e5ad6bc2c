/** A neighbour as its update group sees it. */
export interface Member {
  /** Its number in the tables. */
  readonly peer: number
  /** Whole UPDATEs, which others share. */
  send(bytes: Uint8Array, updates: number): void
  /** Octets that wait for its TCP. */
  readonly waiting: number
  /** All that there is in the table has been said: the moment for End-of-RIB. */
  caughtUp(): void
}
