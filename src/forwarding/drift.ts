import { NUD } from '../kernel/constants.ts'
import type { InterfaceAddress, KernelEvent, Link } from '../kernel/objects.ts'
import type { DesiredState } from './desired.ts'
import type { Snapshot } from './snapshot.ts'

/**
 * Tells which of the kernel's events may mean that something differs from what is desired. Neighbours come and go all
 * the time on a busy segment; only those that the configuration names are worth a look.
 */
export class DriftWatch {
  #links = new Map<number, Link>()
  #addresses = new Map<string, InterfaceAddress>()
  #neighbors = new Map<string, string>()
  #fdb = new Set<string>()
  #desired: DesiredState | undefined

  /** What is desired from now on, and what the kernel had when it was last read. */
  reset(desired: DesiredState, snapshot: Snapshot): void {
    this.#desired = desired
    this.#links = new Map(snapshot.links.map(link => [link.index, link]))
    this.#addresses = new Map(snapshot.addresses.map(address => [addressKey(address), address]))
    this.#index()
  }

  /** Takes note of an event; true where the kernel must be compared with what is desired. */
  take(event: KernelEvent): boolean {
    switch (event.kind) {
      case 'lost':
        return true
      case 'link':
        return this.#takeLink(event.link, event.gone)
      case 'address':
        return this.#takeAddress(event.address, event.gone)
      case 'neighbor': {
        const { link, address, macAddress, state } = event.neighbor
        const wanted = this.#neighbors.get(`${link} ${address}`)
        if (wanted === undefined) return false
        return event.gone || macAddress !== wanted || (state & NUD.PERMANENT) === 0
      }
      case 'fdb':
        return this.#fdb.has(`${event.entry.link} ${event.entry.macAddress}`)
      case 'nexthop':
      case 'route':
        return false
    }
  }

  links(): Link[] {
    return [...this.#links.values()]
  }

  #takeLink(link: Link, gone: boolean): boolean {
    const before = this.#links.get(link.index)
    if (gone) this.#links.delete(link.index)
    else this.#links.set(link.index, link)
    if (gone || before?.name !== link.name) this.#index()
    return gone ? before !== undefined : !before || !sameLink(before, link)
  }

  #takeAddress(address: InterfaceAddress, gone: boolean): boolean {
    const key = addressKey(address)
    const before = this.#addresses.get(key)
    if (gone) return this.#addresses.delete(key)
    this.#addresses.set(key, address)
    return before?.flags !== address.flags
  }

  /** Neighbours and FDB entries are desired on names and told of by index. */
  #index(): void {
    const indices = new Map([...this.#links.values()].map(link => [link.name, link.index]))
    const { neighbors = [], fdb = [] } = this.#desired ?? {}
    this.#neighbors = new Map(
      neighbors.map(one => [`${indices.get(one.interface)} ${one.address}`, one.macAddress]),
    )
    this.#fdb = new Set(fdb.map(one => `${indices.get(one.interface)} ${one.macAddress}`))
  }
}

function addressKey({ link, prefix }: InterfaceAddress): string {
  return `${link} ${prefix}`
}

/** All but the counters, which change with each packet. */
function sameLink(a: Link, b: Link): boolean {
  return JSON.stringify({ ...a, counters: undefined }) === JSON.stringify({ ...b, counters: undefined })
}
