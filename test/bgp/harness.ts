import type { NexthopInterner, RouteSink } from '../../src/bgp/sink.ts'
import { Speaker } from '../../src/bgp/speaker.ts'
import type { SpeakerEvent, SpeakerOptions } from '../../src/bgp/speaker-options.ts'
import type { Bgp } from '../../src/model/config-bgp.ts'
import type { Policy } from '../../src/model/config-policy.ts'
import type { Family } from '../../src/net/address.ts'
import { ManualClock } from '../../src/net/manual-clock.ts'
import { formatPrefix, parsePrefix } from '../../src/net/prefix.ts'
import type { Hop, NexthopSet } from '../../src/routing/nexthop-set.ts'
import { MemoryNetwork } from './memory-transport.ts'

/** Sets of next hops by their text. */
export class Interner implements NexthopInterner {
  readonly #sets = new Map<string, NexthopSet>()

  intern(hops: readonly Hop[], blackhole = false): NexthopSet {
    const text = JSON.stringify([hops, blackhole])
    let set = this.#sets.get(text)
    if (!set) {
      set = { id: this.#sets.size + 1, blackhole, hops }
      this.#sets.set(text, set)
    }
    return set
  }
}

/** What the sink was told: `via` of each next hop, by prefix. */
export class RecordingSink implements RouteSink {
  readonly routes = new Map<string, string[]>()
  readonly sets = new Map<string, NexthopSet>()
  readonly types = new Map<string, string>()
  changes = 0
  convergedCalls = 0

  update(
    family: Family,
    bytes: Uint8Array,
    offset: number,
    length: number,
    nexthops: NexthopSet,
    type: 'eBGP' | 'iBGP',
  ): void {
    const prefix = text(family, bytes, offset, length)
    this.changes++
    this.routes.set(prefix, nexthops.hops.map(({ via }) => via!).sort())
    this.sets.set(prefix, nexthops)
    this.types.set(prefix, type)
  }

  withdraw(family: Family, bytes: Uint8Array, offset: number, length: number): void {
    this.changes++
    this.routes.delete(text(family, bytes, offset, length))
  }

  converged(): void {
    this.convergedCalls++
  }
}

function text(family: Family, bytes: Uint8Array, offset: number, length: number): string {
  const address = new Uint8Array(family === 4 ? 4 : 16)
  address.set(bytes.subarray(offset, offset + ((length + 7) >> 3)))
  return formatPrefix({ bytes: address, length })
}

export interface Box {
  readonly speaker: Speaker
  readonly sink: RecordingSink
  readonly events: SpeakerEvent[]
  readonly address: string
  originate(...prefixes: string[]): void
  withdraw(...prefixes: string[]): void
  neighbor(address: string): ReturnType<Speaker['neighbors']>[number]
}

/** Speakers on one network in memory, and their time. */
export class Lab {
  readonly clock = new ManualClock()
  readonly network = new MemoryNetwork(this.clock)

  box(
    address: string,
    bgp: Partial<Bgp> & { localAs: number },
    policies: readonly Policy[] = [],
    options: Partial<SpeakerOptions> = {},
  ): Box {
    const sink = new RecordingSink()
    const events: SpeakerEvent[] = []
    const speaker = new Speaker({
      clock: this.clock,
      random: () => 0.5,
      transport: this.network.host(address),
      sink,
      nexthops: new Interner(),
      log: event => events.push(event),
      defer: action => this.clock.after(0, action),
      ...options,
    })
    const routerId = address.includes(':') ? '10.255.0.1' : address
    speaker.configure({ routerId, ...bgp }, policies)
    const each = (prefixes: string[], act: (family: Family, bytes: Uint8Array, length: number) => void) => {
      for (const prefix of prefixes) {
        const { bytes, length } = parsePrefix(prefix)!
        act(bytes.length === 4 ? 4 : 6, bytes, length)
      }
    }
    return {
      speaker,
      sink,
      events,
      address,
      originate: (...prefixes) =>
        each(prefixes, (family, bytes, length) => speaker.originate(family, bytes, 0, length, 'static')),
      withdraw: (...prefixes) =>
        each(prefixes, (family, bytes, length) => speaker.withdrawOriginated(family, bytes, 0, length)),
      neighbor: other => speaker.neighbors().find(row => row.address === other)!,
    }
  }

  /** Seconds pass. */
  seconds(count: number): void {
    this.clock.advance(count * 1000)
  }
}

/** Accepts everything: static and connected routes too. */
export const ALL: Policy = { name: 'all', rules: [{ action: 'accept' }] }
