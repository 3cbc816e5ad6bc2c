import type { Family } from '../../net/address.ts'
import type { Member } from '../export/member.ts'
import { Outbox, type Outlet } from '../export/outbox.ts'
import type { UpdateGroup } from '../export/update-group.ts'
import { buildRouteRefresh, RefreshSubtype, UNICAST, UpdateWriter } from '../wire/index.ts'

interface Due {
  /** What to send when all was said: End-of-RIB after the initial table, EoRR after a refresh (RFC 7313 §4.1). */
  endOfRibDue: boolean
  endOfRefreshDue: boolean
}

/** What a neighbour is told: its place in an update group of each family, and the marks at the end of a whole table. */
export class Telling {
  readonly #due: Readonly<Record<Family, Due>> = { 4: nothing(), 6: nothing() }
  readonly #groupOf: (family: Family) => UpdateGroup | undefined
  readonly #outbox: Outbox
  readonly #members: Readonly<Record<Family, Member>>

  constructor(peer: number, outlet: Outlet, groupOf: (family: Family) => UpdateGroup | undefined) {
    this.#groupOf = groupOf
    this.#outbox = new Outbox(outlet)
    this.#members = { 4: this.#member(peer, 4), 6: this.#member(peer, 6) }
  }

  /** What its update group of a family knows it by. */
  member(family: Family): Member {
    return this.#members[family]
  }

  /** It begins with the whole table, and hears End-of-RIB after it where it knows what that is. */
  joined(family: Family, endOfRib: boolean): void {
    this.#due[family].endOfRibDue = endOfRib
  }

  /** Its update group; undefined: the family is not part of the session. */
  group(family: Family): UpdateGroup | undefined {
    return this.#groupOf(family)
  }

  /** It hears all again, between BoRR and EoRR where `enhanced`: both sides know these (RFC 7313 §4.1). */
  refreshing(family: Family, enhanced: boolean): void {
    // One that is under way begins again, and its end is the end of both.
    if (!enhanced || this.#due[family].endOfRefreshDue) return
    this.#outbox.send(refreshMessage(family, RefreshSubtype.BEGIN), 0)
    this.#due[family].endOfRefreshDue = true
  }

  /** Everything that there is to say of a family has gone to its TCP. */
  saidAll(family: Family): boolean {
    const group = this.#groupOf(family)
    return (group?.hasToldAll(this.#members[family]) ?? false) && this.#outbox.waiting === 0
  }

  /** Its TCP takes bytes again. */
  flush(): void {
    this.#outbox.flush()
  }

  /** The session has ended: forgets all. */
  clear(): void {
    this.#outbox.clear()
    for (const family of [4, 6] as const) Object.assign(this.#due[family], nothing())
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
    const state = this.#due[family]
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

function nothing(): Due {
  return { endOfRibDue: false, endOfRefreshDue: false }
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
