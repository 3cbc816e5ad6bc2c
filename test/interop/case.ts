import type { Bench } from './bench.ts'

/** A row of the matrix. */
export interface Case {
  /** What `--case` takes. */
  readonly name: string
  /** What is shown, as a person would call it. */
  readonly title: string
  /**
   * Tries it with the peer of the bench. Resolves, to what was seen where that is worth a line, when it is so;
   * @throws {Lacks} where the peer does not have it, with what shows that; any other error means no.
   */
  readonly run: (bench: Bench) => Promise<string | undefined>
}

/** @throws what is not so, in a sentence */
export function must(condition: unknown, sentence: string): asserts condition {
  if (!condition) throw new Error(sentence)
}
