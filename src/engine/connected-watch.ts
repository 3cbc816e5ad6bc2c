import type { LocalNexthop } from '../bgp/index.ts'
import { IFA_F, RT_TABLE, RTPROT } from '../kernel/constants.ts'
import type { InterfaceAddress, Kernel, KernelEvent, Link, Route } from '../kernel/objects.ts'
import { ADDRESS_BYTES, type Family, isLinkLocal, parseAddress } from '../net/address.ts'
import type { Clock, Timer } from '../net/clock.ts'
import { formatPrefix, networkOf, parsePrefix } from '../net/prefix.ts'
import type { ConnectedNetwork } from '../routing/index.ts'

/** Not ours to use: yet, or at all. */
const UNUSABLE = IFA_F.TENTATIVE | IFA_F.DADFAILED

const FAMILIES: readonly Family[] = [4, 6]

/** Links and addresses come in bursts; one look at the end of a burst is enough. Milliseconds. */
const SETTLE = 5

/**
 * The networks that the box is on right now: those of the addresses that the kernel has on links that are up
 * with a carrier. Link-local networks are on every link and lead nowhere by themselves: they are left out. Pure.
 */
export function connectedNetworks(
  links: readonly Link[],
  addresses: readonly InterfaceAddress[],
): ConnectedNetwork[] {
  const usable = new Map(
    links.filter(link => link.up && link.carrier && !link.loopback).map(link => [link.index, link]),
  )
  return addresses.flatMap(address => {
    const link = usable.get(address.link)
    const prefix = parsePrefix(address.prefix)
    if (!link || !prefix || isLinkLocal(prefix.bytes) || (address.flags & UNUSABLE) !== 0) return []
    return [{ network: networkOf(prefix), interface: link.name }]
  })
}

/**
 * The next hop to announce for routes of one family over a session of another: our first global address of that family
 * on the link that has `localAddress`, and for IPv6 the link-local one beside it (RFC 2545 §3). Pure.
 */
export function addressBeside(
  addresses: readonly InterfaceAddress[],
  family: Family,
  localAddress: string,
): LocalNexthop | undefined {
  const texts = addresses.map(({ link, prefix, flags }) => ({
    link,
    flags,
    text: prefix.slice(0, prefix.indexOf('/')),
  }))
  const link = texts.find(({ text }) => text === localAddress)?.link
  const here = texts.flatMap(one => {
    const bytes = parseAddress(one.text)
    if (one.link !== link || (one.flags & UNUSABLE) !== 0 || bytes?.length !== ADDRESS_BYTES[family])
      return []
    return [{ text: one.text, linkLocal: isLinkLocal(bytes) }]
  })
  const global = here.find(one => !one.linkLocal)
  const linkLocal = here.find(one => one.linkLocal)
  return global && { address: global.text, ...(linkLocal && { linkLocal: linkLocal.text }) }
}

function concernsConnected(event: KernelEvent): boolean {
  if (event.kind !== 'route')
    return event.kind === 'link' || event.kind === 'address' || event.kind === 'lost'
  return event.route.protocol === RTPROT.KERNEL && event.route.table === RT_TABLE.MAIN
}

function addressText({ prefix }: Pick<InterfaceAddress, 'prefix'>): string {
  return prefix.slice(0, prefix.indexOf('/'))
}

/**
 * Those of the networks that the kernel has no route to: it makes one with the address, and makes no other when somebody
 * deletes it. Host addresses have theirs in the local table. Pure.
 * @param routes those of protocol kernel in the main table
 */
export function networksWithoutRoute(
  networks: readonly ConnectedNetwork[],
  routes: readonly Route[],
): ConnectedNetwork[] {
  const present = new Set(routes.map(route => route.prefix))
  return networks.filter(({ network }) => {
    return network.length < network.bytes.length * 8 && !present.has(formatPrefix(network))
  })
}

/** What the kernel says of where the box is. */
export interface Surroundings {
  /** The networks that the box is on. */
  readonly networks: readonly ConnectedNetwork[]
  /** Those of them that the kernel has lost its route to. */
  readonly withoutRoute: readonly ConnectedNetwork[]
  /** Addresses of the box, without prefix length. */
  readonly ownAddresses: readonly string[]
}

/** Reads the kernel's links, addresses and own routes whenever one changes, and tells what follows. */
export class ConnectedWatch {
  readonly #kernel: Kernel
  readonly #clock: Clock
  readonly #log: (line: string) => void
  readonly #listener: (surroundings: Surroundings) => void
  #addresses: readonly InterfaceAddress[] = []
  readonly #stop: () => void
  #timer: Timer | undefined
  #reading: Promise<void> = Promise.resolve()
  #closed = false

  constructor(parts: {
    kernel: Kernel
    clock: Clock
    log: (line: string) => void
    listener: (surroundings: Surroundings) => void
  }) {
    this.#kernel = parts.kernel
    this.#clock = parts.clock
    this.#log = parts.log
    this.#listener = parts.listener
    this.#stop = parts.kernel.monitor(events => {
      if (events.some(concernsConnected)) this.#soon()
    })
  }

  /** Reads now; resolves when the listener was told. */
  read(): Promise<void> {
    const reading = this.#reading.then(async () => {
      const [links, addresses] = await Promise.all([
        this.#kernel.dump('links'),
        this.#kernel.dump('addresses'),
      ])
      const ofKernel = { table: RT_TABLE.MAIN, protocol: RTPROT.KERNEL }
      const routes = await Promise.all(
        FAMILIES.map(family => this.#kernel.dump('routes', { family, ...ofKernel })),
      )
      this.#addresses = addresses
      if (this.#closed) return
      const networks = connectedNetworks(links, addresses)
      const withoutRoute = networksWithoutRoute(networks, routes.flat())
      this.#listener({ networks, withoutRoute, ownAddresses: addresses.map(addressText) })
    })
    this.#reading = reading.catch(() => undefined)
    return reading
  }

  /** Our address of a family on the interface that has `localAddress`, as of the last reading. */
  addressBeside(family: Family, localAddress: string): LocalNexthop | undefined {
    return addressBeside(this.#addresses, family, localAddress)
  }

  close(): void {
    this.#closed = true
    this.#timer?.cancel()
    this.#stop()
  }

  #soon(): void {
    this.#timer ??= this.#clock.after(SETTLE, () => {
      this.#timer = undefined
      this.read().catch((error: Error) =>
        this.#log(`kernel: links, addresses and routes cannot be read: ${error.message}`),
      )
    })
  }
}
