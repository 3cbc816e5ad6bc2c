/** Long work that yields where whoever has it done may let others have a turn. */
export type Steps<Result> = Generator<void, Result>

/** Does it without a pause. */
export function finish<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}
