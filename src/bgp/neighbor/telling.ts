import type { Family } from '../../net/address.ts'
import { Outbox, type Outlet } from '../export/outbox.ts'
import type { Member, UpdateGroup } from '../export/update-group.ts'
import { buildRouteRefresh, RefreshSubtype, UNICAST, UpdateWriter } from '../wire/index.ts'

interface Told {
  /** Undefined: the family is not part of the session. */
  group: UpdateGroup | undefined
  /** What to send when all was said: End-of-RIB after the initial table, EoRR after a refresh (RFC 7313 §4.1). */
  endOfRibDue: boolean
  endOfRefreshDue: boolean
}

/** What a neighbour is told: its place in an update group of each family, and the marks at the end of a whole table. */
export class Telling {
  readonly families: Readonly<Record<Family, Told>> = { 4: nothing(), 6: nothing() }
  readonly #outbox: Outbox
  readonly #members: Readonly<Record<Family, Member>>

  constructor(peer: number, outlet: Outlet) {
    this.#outbox = new Outbox(outlet)
    this.#members = { 4: this.#member(peer, 4), 6: this.#member(peer, 6) }
  }

  /** What its update group of a family knows it by. */
  member(family: Family): Member {
    return this.#members[family]
  }

  /** It begins with the whole table, and hears End-of-RIB after it where it knows what that is. */
  joined(family: Family, group: UpdateGroup, endOfRib: boolean): void {
    const state = this.families[family]
    state.group = group
    state.endOfRibDue = endOfRib
  }

  /** It hears all again, between BoRR and EoRR where `enhanced`: both sides know these (RFC 7313 §4.1). */
  refreshing(family: Family, enhanced: boolean): void {
    if (!enhanced) return
    this.#outbox.send(refreshMessage(family, RefreshSubtype.BEGIN), 0)
    this.families[family].endOfRefreshDue = true
  }

  /** Its TCP takes bytes again. */
  flush(): void {
    this.#outbox.flush()
  }

  /** The session has ended: forgets all. */
  clear(): void {
    this.#outbox.clear()
    for (const family of [4, 6] as const) Object.assign(this.families[family], nothing())
  }

  #member(peer: number, family: Family): Member {
    const outbox = this.#outbox
    return {
      peer,
      send: (bytes, updates) => outbox.send(bytes, updates),
      get waiting() {
        return outbox.waiting
      },
      caughtUp: () => this.#caughtUp(family),
    }
  }

  #caughtUp(family: Family): void {
    const state = this.families[family]
    if (state.endOfRibDue) this.#outbox.send(endOfRib(family), 1)
    if (state.endOfRefreshDue) this.#outbox.send(refreshMessage(family, RefreshSubtype.END), 0)
    state.endOfRibDue = false
    state.endOfRefreshDue = false
  }
}

/** A ROUTE-REFRESH of a family (RFC 2918, RFC 7313). */
export function refreshMessage(family: Family, subtype: number): Uint8Array {
  const { afi, safi } = UNICAST[family]
  return buildRouteRefresh(afi, safi, subtype)
}

function nothing(): Told {
  return { group: undefined, endOfRibDue: false, endOfRefreshDue: false }
}

function endOfRib(family: Family): Uint8Array {
  let message = new Uint8Array(0)
  const writer = new UpdateWriter({
    limit: 4096,
    addPath: [],
    emit: bytes => {
      message = Uint8Array.from(bytes)
    },
  })
  writer.endOfRib(family)
  writer.flush()
  return message
}
