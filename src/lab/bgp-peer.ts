import type { Family } from '../net/address.ts'
import type { Namespace } from './namespace.ts'

/**
 * What every BGP daemon of the lab can be asked, whatever its own words are. Each is a program of Debian's, and
 * what it is asked is its own view: its control socket, its command line, its JSON.
 */

/** A session as the daemon sees it. */
export interface PeerNeighbor {
  /** The other end, as the daemon names it. */
  readonly address: string
  readonly established: boolean
  /** The state in the daemon's words, with its reason where it gives one. */
  readonly state: string
}

/** An attribute that the daemon does not know, as it shows it. */
export interface UnknownAttribute {
  readonly code: number
  /** The octet of flags, where the daemon shows it. */
  readonly flags?: number
  /** Hexadecimal. */
  readonly value: string
}

/** A path in the daemon's table. Communities are written alike for all: `65001:1`, `65001:1:2`, `rt:65001:1`. */
export interface PeerRoute {
  readonly prefix: string
  readonly nexthops: readonly string[]
  /** The AS numbers, leftmost first; sets and confederations lose their brackets. */
  readonly asPath: readonly number[]
  readonly communities: readonly string[]
  readonly largeCommunities: readonly string[]
  /** Route targets only, as `rt:65001:1`. */
  readonly extendedCommunities: readonly string[]
  readonly localPreference?: number
  readonly originatorId?: string
  readonly clusterList: readonly string[]
  /** ONLY_TO_CUSTOMER (RFC 9234), where the daemon knows it. */
  readonly onlyToCustomer?: number
  readonly unknown: readonly UnknownAttribute[]
  /** Kept from before a restart, as the daemon marks it. */
  readonly stale: boolean
}

export interface PeerOptions {
  readonly namespace: Namespace
  /** Where configuration, sockets and PID files are kept; made where it is not there. */
  readonly directory: string
  /** The whole configuration file. */
  readonly config: string
  /** Command lines that are run, in order, once the daemon answers: routes that its file cannot hold. */
  readonly commands?: readonly (readonly string[])[]
}

/** A BGP daemon that runs. */
export interface BgpPeer {
  /** What people call it: `FRR on peer`. */
  readonly name: string
  neighbors(): Promise<PeerNeighbor[]>
  /** Paths of its table, those of its own included. */
  routes(family: Family): Promise<PeerRoute[]>
  /** Makes it ask a neighbour for its routes again (RFC 2918). */
  refresh(neighbor: string, family: Family): Promise<void>
  /** Takes a session down with a Cease, and a text where it can send one (RFC 9003). */
  shutdown(neighbor: string, text: string): Promise<void>
  /** Ends it with SIGKILL: its neighbours hear no word. */
  kill(): Promise<void>
  /** Starts it again after it was killed, as one that kept its forwarding state where it knows how to say so. */
  restart(): Promise<void>
  stop(): Promise<void>
  /** What it wrote last, for who has to find out why. */
  log(): readonly string[]
}

/** One of the BGP daemons. */
export interface BgpProgram {
  readonly name: string
  /** The program that must be there, found on the PATH or by its own path. */
  readonly command: string
  version(): Promise<string>
  /**
   * Starts it and waits until it answers.
   * @throws {LabError} with its own words where it does not take its configuration.
   */
  start(options: PeerOptions): Promise<BgpPeer>
  /** What its parser says against a configuration; undefined where it takes it. Starts no daemon. */
  refusal(options: PeerOptions): Promise<string | undefined>
}

/** Waits for a daemon that was just started, and ends it where that fails. */
export async function answering<P extends BgpPeer & { answers(): Promise<void> }>(peer: P): Promise<P> {
  try {
    await peer.answers()
    return peer
  } catch (error) {
    await peer.stop()
    throw error
  }
}

/** The AS numbers in a text such as `65001 {65002 65003}`. */
export function asNumbers(text: string): number[] {
  return (text.match(/\d+/g) ?? []).map(Number)
}
