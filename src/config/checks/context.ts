import type { Config, Interface } from '../../model/config.ts'
import { formatAddress } from '../../net/address.ts'
import { containsAddress, type Prefix, parsePrefix } from '../../net/prefix.ts'
import { type Finding, finding } from '../finding.ts'
import type { Path, PathWords } from '../path.ts'
import type { Known, Salvage } from '../salvage.ts'
import { suggest } from '../words.ts'

/** One semantic check: what it looks at is said by its name, what it finds by the error catalogue. */
export interface Check {
  readonly name: string
  run(context: CheckContext): readonly Finding[]
}

/** An interface of the configuration and its place. */
export interface InterfaceEntry<Kind extends Interface = Interface> {
  readonly interface: Kind
  readonly path: Path
}

/** An address of an interface and its place; texts that are no prefix are not among them. */
export interface AddressEntry {
  readonly owner: InterfaceEntry
  readonly path: Path
  readonly prefix: Prefix
  /** Canonical text of the address alone. */
  readonly address: string
}

/** A configuration prepared for the checks: what several of them ask for is looked up once. */
export class CheckContext {
  readonly config: Config
  readonly known: Known
  readonly interfaces: readonly InterfaceEntry[]
  readonly addresses: readonly AddressEntry[]
  readonly #byName = new Map<string, InterfaceEntry>()
  readonly #byAddress: ReadonlyMap<string, readonly AddressEntry[]>
  readonly #place: (path: Path) => string

  constructor(salvage: Salvage, words: PathWords) {
    this.config = salvage.config
    this.known = salvage.known
    this.#place = path => words.of(salvage.original(path))
    this.interfaces = (this.config.interfaces ?? []).map((item, index) => ({
      interface: item,
      path: ['interfaces', index],
    }))
    this.addresses = this.interfaces.flatMap(owner => addressesOf(owner))
    for (const entry of this.interfaces) {
      if (!this.#byName.has(entry.interface.name)) this.#byName.set(entry.interface.name, entry)
    }
    this.#byAddress = Map.groupBy(this.addresses, ({ address }) => address)
  }

  /** The interfaces of one type. */
  ofType<Type extends Interface['type']>(
    type: Type,
  ): readonly InterfaceEntry<Extract<Interface, { type: Type }>>[] {
    return this.interfaces.filter(
      (entry): entry is InterfaceEntry<Extract<Interface, { type: Type }>> => entry.interface.type === type,
    )
  }

  /** A place in words, for sentences that name another place than their own. */
  place(path: Path): string {
    return this.#place(path)
  }

  /** The interface of a name. */
  find(name: string): InterfaceEntry | undefined {
    return this.#byName.get(name)
  }

  /** Where an address (4 or 16 bytes) is configured; nowhere for one that is not ours. */
  holdersOf(address: Uint8Array): readonly AddressEntry[] {
    return this.#byAddress.get(formatAddress(address)) ?? []
  }

  /** The first place where an address is configured, if it is ours. */
  ownerOf(address: Uint8Array): AddressEntry | undefined {
    return this.holdersOf(address)[0]
  }

  /** Addresses of ours whose network an address lies in; of one interface where `name` is given. */
  networksAround(address: Uint8Array, name?: string): readonly AddressEntry[] {
    return this.addresses.filter(
      ({ owner, prefix }) =>
        (name === undefined || owner.interface.name === name) && containsAddress(prefix, address),
    )
  }

  /** A finding where no interface of the name is configured. */
  unknownInterface(path: Path, name: string): readonly Finding[] {
    if (this.#byName.has(name) || this.known.removedInterfaces.has(name) || !this.known.interfaces) return []
    const advice = suggest(name, [...this.#byName.keys()], 'interfaces')
    return [finding(path, 'unknown-interface', { name, advice })]
  }

  /** What to write where an address of the box is needed: some that there are. */
  adviseOwnAddress(family: 4 | 6): string {
    const fitting = this.addresses.filter(({ prefix }) => prefix.bytes.length === (family === 4 ? 4 : 16))
    const shown = [...new Set(fitting.map(({ address }) => address))].slice(0, 6)
    return shown.length === 0
      ? 'Give an interface this address first'
      : `Give an address of the box, such as ${shown.join(', ')}, or give an interface this one`
  }
}

function addressesOf(owner: InterfaceEntry): readonly AddressEntry[] {
  const entries: AddressEntry[] = []
  for (const [index, text] of (owner.interface.addresses ?? []).entries()) {
    const prefix = parsePrefix(text)
    if (!prefix) continue
    const path = [...owner.path, 'addresses', index]
    entries.push({ owner, path, prefix, address: formatAddress(prefix.bytes) })
  }
  return entries
}

/**
 * Findings for items that have the same key as one before them.
 * @param key undefined for an item that is not to be compared.
 */
export function duplicates<Item>(
  items: readonly Item[],
  key: (item: Item) => string | undefined,
  report: (item: Item, first: Item) => Finding,
): readonly Finding[] {
  const firsts = new Map<string, Item>()
  const findings: Finding[] = []
  for (const item of items) {
    const text = key(item)
    if (text === undefined) continue
    const first = firsts.get(text)
    if (first === undefined) firsts.set(text, item)
    else findings.push(report(item, first))
  }
  return findings
}
