import type { DesiredLink, DesiredState, MtuRule } from './desired.ts'
import type { View } from './snapshot.ts'

/** Ethernet's MTU, where nothing tells of another (RFC 894). */
const ETHERNET_MTU = 1500

/**
 * MTUs of desired links where they follow from others: each link stands at what the configuration says of it, or at
 * what the kernel has.
 */
export class Mtus {
  readonly #desired: DesiredState
  readonly #view: View
  readonly #wanted: ReadonlyMap<string, DesiredLink>
  readonly #inProgress = new Set<string>()

  constructor(desired: DesiredState, view: View) {
    this.#desired = desired
    this.#view = view
    this.#wanted = new Map(desired.links.map(link => [link.name, link]))
  }

  /** The MTU that a desired link is to have, in bytes; undefined where the kernel's own choice stands. */
  of(link: DesiredLink): number | undefined {
    if (!link.mtu || this.#inProgress.has(link.name)) return undefined
    this.#inProgress.add(link.name)
    const mtu = this.#resolve(link.mtu)
    this.#inProgress.delete(link.name)
    return mtu
  }

  #resolve(rule: MtuRule): number | undefined {
    if (rule.is === 'fixed') return rule.mtu
    const below = rule.is === 'below' ? this.#mtuOf(rule.parent) : this.#underlayMtu(rule.local)
    return below === undefined ? undefined : below - rule.overhead
  }

  #mtuOf(name: string): number | undefined {
    const want = this.#wanted.get(name)
    return (want && this.of(want)) ?? this.#view.byName.get(name)?.mtu
  }

  /** The MTU of the link that holds an address. One on loopback may leave by any port: the smallest counts. */
  #underlayMtu(local: string): number {
    const name = this.#holderOf(local)
    const link = name === undefined ? undefined : this.#view.byName.get(name)
    const mtu = name === undefined || link?.loopback ? undefined : this.#mtuOf(name)
    return mtu ?? this.#smallestPort()
  }

  #holderOf(address: string): string | undefined {
    const holds = ({ prefix }: { readonly prefix: string }) => prefix.startsWith(`${address}/`)
    const desired = this.#desired.addresses.find(holds)
    if (desired) return desired.interface
    const present = this.#view.snapshot.addresses.find(holds)
    return present && this.#view.byIndex.get(present.link)?.name
  }

  #smallestPort(): number {
    const mtus = this.#desired.links.flatMap(link => {
      if (link.kind === 'vxlan' || link.kind === 'ipip' || this.#view.byName.get(link.name)?.loopback)
        return []
      return this.#mtuOf(link.name) ?? []
    })
    return mtus.length > 0 ? Math.min(...mtus) : ETHERNET_MTU
  }
}
