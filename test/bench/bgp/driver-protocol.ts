import type { TableShape } from './table.ts'

/** What the driver can be told. Peers are numbered from 0 on, feeders first. */
export type Command =
  /**
   * Makes peers and their tables. With `cold` a feeder announces as soon as its session is up. With one feeder all others
   * receive; with several, everybody receives what all others announce.
   */
  | {
      readonly do: 'prepare'
      readonly shape: TableShape
      readonly peers: number
      readonly holdTime: number
      readonly cold: boolean
    }
  /** Sessions of all peers. */
  | { readonly do: 'establish' }
  /** Sessions of all peers and all tables at all receivers, from the first OPEN on. */
  | { readonly do: 'coldStart' }
  /** The feeders' tables at all receivers. */
  | { readonly do: 'load' }
  /** All receivers ask for everything again (RFC 2918) at the same time, until they have it. */
  | { readonly do: 'refresh' }
  /** Feeder 0 withdraws all, until nobody has any of it. */
  | { readonly do: 'withdraw' }
  /** Feeder 0's connection ends, until nobody has any of its routes. */
  | { readonly do: 'die' }
  /** One prefix changes, and is awaited, again and again: so many times, or until so many seconds are over. */
  | { readonly do: 'change'; readonly times: number; readonly seconds: number }
  /** From now on all is announced with this MED; what is held has not been announced yet. */
  | { readonly do: 'expect'; readonly med: number }
  /** Waits until all receivers have all. */
  | { readonly do: 'arrive' }
  /** The longest time that any peer heard nothing since its session is up or the last question. */
  | { readonly do: 'gaps' }

/** What the driver says of a step. */
export interface Outcome {
  /** Microseconds of CLOCK_MONOTONIC at the first octet, and when the last route was checked. */
  readonly started: number
  readonly ended: number
  /** Processor time of the driver. */
  readonly driverSeconds: number
  /** Why it did not succeed: what was wrong about a route, a session that was lost. */
  readonly failure?: string
  /** Microseconds, of `change`. */
  readonly latencies?: readonly number[]
  /** Milliseconds, of `gaps`. */
  readonly longestGap?: number
}
