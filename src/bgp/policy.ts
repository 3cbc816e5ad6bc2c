import type { Family } from '../net/address.ts'

/** Where a route comes from, as bits of the rules' conditions. */
export const Source = { CONNECTED: 1, STATIC: 2, BGP: 4 } as const

/** What a policy says of a route where it rejects it; else the number of the change (`AttributeStore.change`). */
export const REJECT = -1

/**
 * Where a route comes from, as one number.
 * @param source one of `Source`
 * @param group number of the neighbour group that it was learned from (`Numbers`), 0 for none
 * @param neighbor number of the neighbour, where policies name it; else 0
 */
export function originOf(source: number, group = 0, neighbor = 0): number {
  // Most numbers are of 32 bits, and compiled code is quicker for those.
  return neighbor === 0 ? source | (group << 3) : source + group * 8 + neighbor * 0x80000
}

/** Numbers for names, so that rules compare numbers. 0: no name. */
export class Numbers {
  readonly #numbers = new Map<string, number>()

  of(name: string | undefined): number {
    if (name === undefined) return 0
    let number = this.#numbers.get(name)
    if (number === undefined) {
      number = this.#numbers.size + 1
      this.#numbers.set(name, number)
    }
    return number
  }

  /** The number of a name that has one, else 0. */
  known(name: string): number {
    return this.#numbers.get(name) ?? 0
  }
}

/** The rule that decides about a route, for people. */
export interface Decider {
  readonly policy: string
  /** The place of the rule, from 1 on. */
  readonly rule: number
  /** The rule in one line. */
  readonly text: string
}

/** A policy made ready to be asked of many routes. */
export interface CompiledPolicy {
  /** Equal for policies that say the same of every route. */
  readonly text: string
  /** Names of the policies that it is made of; none for those that are built in. */
  readonly names: readonly string[]
  /** Whether what it says may hang on the prefix; else one answer holds for all routes of a set and origin. */
  readonly byPrefix: boolean
  /**
   * @param set attribute set of the route (`AttributeStore`)
   * @param origin where it comes from, from `originOf`
   * @param bytes the ceil(length / 8) significant octets of the prefix from `offset` on
   * @returns the number of the change on the route, or `REJECT`
   */
  judge(
    set: number,
    origin: number,
    family: Family,
    bytes: Uint8Array,
    offset: number,
    length: number,
  ): number
  /** The rule that accepts or rejects a route; undefined where none matches, so that it is rejected. */
  decider(
    set: number,
    origin: number,
    family: Family,
    bytes: Uint8Array,
    offset: number,
    length: number,
  ): Decider | undefined
}

const builtIn = (text: string, judge: CompiledPolicy['judge']): CompiledPolicy => ({
  text,
  names: [],
  byPrefix: false,
  judge,
  decider: () => undefined,
})

/** Accepts every route as it is. */
export const ACCEPT_ALL: CompiledPolicy = builtIn('accept all', () => 0)

/** RFC 8212: nothing goes over eBGP without a policy. */
export const REJECT_ALL: CompiledPolicy = builtIn('reject all', () => REJECT)

/** What iBGP announces without a policy: what eBGP neighbours taught us; connected and static routes only by policy. */
export const ACCEPT_LEARNED: CompiledPolicy = builtIn('accept bgp', (_set, origin) =>
  (origin & 7) === Source.BGP ? 0 : REJECT,
)
