/** What a test sees of the pauses that a long answer takes, and what it does in each. */
export interface SeenPauses {
  pauses: number
  onPause(): void
}

/** Pauses that are always due, and last no time: an answer gives way wherever it can. */
export function countedPauses() {
  const seen: SeenPauses = { pauses: 0, onPause: () => {} }
  const pauses = {
    begin: () => ({
      due: true,
      take: async () => {
        seen.pauses++
        seen.onPause()
      },
    }),
  }
  return { seen, pauses }
}
