/** A column holds reasons in a byte. */
const MOST = 255

type Reason =
  | { readonly is: 'refused'; readonly error: string }
  | { readonly is: 'contested'; readonly error: string }

/** Why routes are not written, as numbers from 1 that fit into a byte of a column. */
export class Reasons {
  readonly #reasons: Reason[] = []

  /** The number for what the kernel said. */
  refused(error: string): number {
    return this.#number({ is: 'refused', error })
  }

  /** The number for a fight with another program. @param protocol RTPROT_* of the route that it puts there */
  contested(protocol: number | undefined): number {
    const deed = protocol === undefined ? 'keeps deleting it' : `keeps replacing it (protocol ${protocol})`
    return this.#number({
      is: 'contested',
      error: `another program ${deed}; it is put right at growing intervals until that program stops`,
    })
  }

  isContested(reason: number): boolean {
    return this.#reasons[reason - 1]?.is === 'contested'
  }

  /** Why, in words. */
  text(reason: number): string {
    return this.#reasons[reason - 1]?.error ?? 'unknown'
  }

  /** So many routes, of which one is named, and why they are not written. */
  failure(
    reason: number,
    held: { readonly count: number; readonly example: string },
  ): { readonly object: string; readonly error: string } {
    const others = held.count > 1 ? ` and ${held.count - 1} more` : ''
    return { object: `route ${held.example}${others}`, error: this.text(reason) }
  }

  #number(reason: Reason): number {
    const known = this.#reasons.findIndex(one => one.is === reason.is && one.error === reason.error)
    if (known >= 0) return known + 1
    // The kernel has some ten ways to refuse a route; should there ever be more, the last number stands for them.
    if (this.#reasons.length < MOST) this.#reasons.push(reason)
    else this.#reasons[MOST - 1] = reason
    return this.#reasons.length
  }
}
