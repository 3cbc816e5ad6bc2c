import type { Follower } from './follower.ts'

/** Who hears of the changes of a table. */
export class Followers {
  readonly #list: Follower[] = []
  /** How many they are: V8 takes a list without any for another kind of array, for which compiled code does not hold. */
  #count = 0

  add(follower: Follower): void {
    this.#count = this.#list.push(follower)
  }

  remove(follower: Follower): void {
    this.#list.splice(this.#list.indexOf(follower), 1)
    this.#count = this.#list.length
  }

  /** A prefix was decided; `changed`: what is announced of it is another. */
  mark(slot: number, changed: boolean): void {
    const list = this.#list
    for (let i = 0; i < this.#count; i++) {
      const follower = list[i]!
      if (changed || follower.allPaths) follower.mark(slot)
    }
  }

  /** Whether somebody has told of a path. */
  holdRow(row: number): boolean {
    const list = this.#list
    for (let i = 0; i < this.#count; i++) if (list[i]!.holdsRow(row)) return true
    return false
  }

  /** Whether somebody has told of a prefix. */
  holdSlot(slot: number): boolean {
    const list = this.#list
    for (let i = 0; i < this.#count; i++) if (list[i]!.holdsSlot(slot)) return true
    return false
  }
}
