/** Who announces what the table holds: an update group. */
export interface Follower {
  /** Whether all paths are announced, with path identifiers, or the best one. */
  readonly allPaths: boolean
  /** The best path of a prefix, or, with `allPaths`, any path has changed. */
  mark(slot: number): void
  /** Whether some peer was told of the prefix, or of the path, and not of its end. */
  holdsSlot(slot: number): boolean
  holdsRow(row: number): boolean
}
