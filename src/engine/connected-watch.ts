import type { LocalNexthop } from '../bgp/index.ts'
import { CAUSEWAY_PROTOCOL } from '../forwarding/index.ts'
import { RT_TABLE, RTPROT } from '../kernel/constants.ts'
import type { InterfaceAddress, Kernel, KernelEvent, Link } from '../kernel/objects.ts'
import type { Family } from '../net/address.ts'
import type { Clock, Timer } from '../net/clock.ts'
import type { ConnectedNetwork } from '../routing/index.ts'
import { addressBeside, connectedNetworks, networksWithoutRoute } from './connected-networks.ts'
import { KernelPicture } from './kernel-picture.ts'

const FAMILIES: readonly Family[] = [4, 6]

/** Links and addresses come in bursts; one look at the end of a burst is enough. Milliseconds. */
const SETTLE = 5

/** Between two readings of all routes of others: with a full table of ours beside them the kernel is busy for a while. Milliseconds. */
const FOREIGN_PAUSE = 1_000

function concernsConnected(event: KernelEvent): boolean {
  if (event.kind !== 'route')
    return event.kind === 'link' || event.kind === 'address' || event.kind === 'lost'
  return event.route.protocol === RTPROT.KERNEL && event.route.table === RT_TABLE.MAIN
}

/** The kernel takes routes along with links and addresses that go, and tells of most of them nothing. */
function dropsRoutes(event: KernelEvent): boolean {
  if (event.kind === 'link') return event.gone || !event.link.up
  return event.kind === 'lost' || (event.kind === 'address' && event.gone)
}

function addressText({ prefix }: Pick<InterfaceAddress, 'prefix'>): string {
  return prefix.slice(0, prefix.indexOf('/'))
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
  readonly #moved: () => void
  /** What the kernel says of links, addresses and the routes of others. */
  readonly picture = new KernelPicture()
  #links: readonly Link[] = []
  #addresses: readonly InterfaceAddress[] = []
  /** What `addressBeside` found in them: each session asks. */
  readonly #beside = new Map<string, LocalNexthop | undefined>()
  readonly #stop: () => void
  #timer: Timer | undefined
  #reading: Promise<void> = Promise.resolve()
  #closed = false
  #foreignDue = true
  #foreignReadAt = 0
  #foreignTimer: Timer | undefined

  constructor(parts: {
    kernel: Kernel
    clock: Clock
    log: (line: string) => void
    /** Told after each reading. */
    listener: (surroundings: Surroundings) => void
    /** Told in the very turn of an event that may change what next hops lead to: `picture` has it. */
    moved: () => void
  }) {
    this.#kernel = parts.kernel
    this.#clock = parts.clock
    this.#log = parts.log
    this.#listener = parts.listener
    this.#moved = parts.moved
    this.#stop = parts.kernel.monitor(events => {
      const moved = this.picture.take(events)
      if (events.some(concernsConnected)) this.#soon()
      if (events.some(dropsRoutes)) this.#foreignSoon()
      if (moved) this.#moved()
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
      this.#links = links
      this.#addresses = addresses
      this.#beside.clear()
      this.picture.readLinks(links, addresses)
      if (this.#foreignDue) await this.#readForeign()
      if (this.#closed) return
      const networks = connectedNetworks(links, addresses)
      const withoutRoute = networksWithoutRoute(networks, routes.flat())
      this.#listener({ networks, withoutRoute, ownAddresses: addresses.map(addressText) })
    })
    this.#reading = reading.catch(() => undefined)
    return reading
  }

  /**
   * The routes of others are read at the start and where the kernel may have dropped some in silence: those that went with a
   * link or an address (fib_frontend.c, fib_disable_ip) are not told one by one.
   */
  async #readForeign(): Promise<void> {
    this.#foreignDue = false
    this.#foreignReadAt = this.#clock.now()
    const filter = { table: RT_TABLE.MAIN, exceptProtocol: CAUSEWAY_PROTOCOL }
    this.picture.readRoutes(await this.#kernel.dump('routes', filter))
  }

  #foreignSoon(): void {
    const wait = Math.max(SETTLE, this.#foreignReadAt + FOREIGN_PAUSE - this.#clock.now())
    this.#foreignTimer ??= this.#clock.after(wait, () => {
      this.#foreignTimer = undefined
      this.#foreignDue = true
      this.#soon()
    })
  }

  /** Our address of a family on the interface that has `localAddress`, or that `link` names, as of the last reading. */
  addressBeside(family: Family, localAddress: string, link: string | undefined): LocalNexthop | undefined {
    const key = `${family} ${localAddress} ${link ?? ''}`
    if (!this.#beside.has(key)) {
      const on = this.#links.find(({ name }) => name === link)?.index
      this.#beside.set(key, addressBeside(this.#addresses, family, localAddress, on))
    }
    return this.#beside.get(key)
  }

  close(): void {
    this.#closed = true
    this.#timer?.cancel()
    this.#foreignTimer?.cancel()
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
