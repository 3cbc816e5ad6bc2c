import type { Family } from '../net/address.ts'
import type { Member } from './export/member.ts'
import type { FindLocalNexthop } from './export/nexthop.ts'
import { type Treatment, treatmentOf } from './export/treatment.ts'
import type { UpdateGroup } from './export/update-group.ts'
import { UpdateGroups } from './export/update-groups.ts'
import type { NeighborSettings } from './neighbor-settings.ts'
import type { PolicyBook } from './policy/book.ts'
import type { Channel } from './session/channel.ts'
import type { PeerType } from './sink.ts'
import type { Tables } from './tables.ts'

const FAMILIES = [4, 6] as const

/** A neighbour whose session is up, as far as it decides what it is told. */
export interface Audience {
  readonly peer: number
  readonly settings: NeighborSettings
  readonly type: PeerType
  readonly channel: Channel | undefined
  member(family: Family): Member
}

export interface AnnouncingHost {
  readonly tables: Tables
  readonly policies: PolicyBook
  readonly localNexthop: FindLocalNexthop | undefined
  audienceOf(peer: number): Audience | undefined
}

/** Who is told what: the update groups of both families, by the configuration and the addresses of the moment. */
export class Announcing {
  readonly #host: AnnouncingHost
  readonly #groups: Readonly<Record<Family, UpdateGroups>>

  constructor(host: AnnouncingHost) {
    this.#host = host
    const { paths, attributes, columns } = host.tables
    this.#groups = {
      4: new UpdateGroups(4, { table: paths[4], attributes, peers: columns }),
      6: new UpdateGroups(6, { table: paths[6], attributes, peers: columns }),
    }
  }

  groupOf(family: Family, peer: number): UpdateGroup | undefined {
    return this.#groups[family].of(peer)
  }

  /** A session is up: it is told the whole table of a family. */
  join(neighbor: Audience, family: Family): void {
    this.#groups[family].join(neighbor.member(family), this.#treatment(neighbor, family))
  }

  /** A session has ended. */
  leave(neighbor: Audience): void {
    for (const family of FAMILIES) this.#groups[family].leave(neighbor.member(family))
  }

  /** It is told everything again (RFC 2918). */
  again(neighbor: Audience, family: Family): void {
    this.#groups[family].again(neighbor.member(family))
  }

  /** The configuration, or an address of ours, is another one: what differs is said. */
  retarget(): void {
    for (const family of FAMILIES) {
      this.#groups[family].retarget(peer => {
        const audience = this.#host.audienceOf(peer)
        return audience?.channel && this.#treatment(audience, family)
      })
    }
  }

  /** A neighbour has another BGP identifier than in the session before, or is of another type. */
  reidentified(peer: number): void {
    for (const family of FAMILIES) this.#groups[family].reidentified(peer)
  }

  /** A neighbour has become a client of the route reflector, or is in another group, or policies name it now: all paths are looked at again. */
  review(): void {
    for (const family of FAMILIES) this.#groups[family].review()
  }

  /** Says what there is to say until the time is over. True: there is more, and somebody to take it. */
  run(now: () => number, until: number, gathering: boolean): boolean {
    let more = false
    for (const family of FAMILIES) if (this.#groups[family].run(now, until, gathering)) more = true
    return more
  }

  #treatment({ settings, type, channel }: Audience, family: Family): Treatment {
    const { negotiated, remote, localAddress } = channel!
    const session = { settings, type, negotiated: negotiated!, remote: remote!, localAddress }
    const policy = this.#host.policies.exportPolicy(settings, type)
    return treatmentOf(session, family, policy, this.#host.localNexthop)
  }
}
