import type { RouterDiscovery } from '../bgp/index.ts'
import { ND, RouterMessages } from '../kernel/icmp6.ts'
import type { Clock, Timer } from '../net/clock.ts'

/** How often what has come is read; milliseconds. */
const LOOK = 500
/** At most so many messages are read at a time: a link may be flooded. */
const READ_LIMIT = 256
/** Between two advertisements on a link (RFC 4861 §6.2.6, MIN_DELAY_BETWEEN_RAS), and while nothing happens. */
const SOON = 3_000
const INTERVAL = 10_000
/** The first advertisements of a link come soon after another, with solicitations (MAX_INITIAL_RTR_ADVERTISEMENTS). */
const INITIAL = 3

interface LinkState {
  /** Messages that are still to come soon after another. */
  initial: number
  lastSent: number
  /** Somebody asks who is a router here. */
  asked: boolean
}

export interface LinkDiscoveryOptions {
  readonly clock: Clock
  readonly log: (line: string) => void
  onRouter(address: string, link: string): void
}

/**
 * Finds the routers at the other ends of links, for neighbours without an address: asks by Router Solicitations, hears
 * Router Advertisements, and sends such itself, since others (FRR) find us by them. Ours say that we are no default router.
 */
export class LinkDiscovery implements RouterDiscovery {
  readonly #options: LinkDiscoveryOptions
  readonly #links = new Map<string, LinkState>()
  #socket: RouterMessages | undefined
  #timer: Timer | undefined
  #complained = false

  constructor(options: LinkDiscoveryOptions) {
    this.#options = options
  }

  setLinks(links: readonly string[]): void {
    for (const link of [...this.#links.keys()]) if (!links.includes(link)) this.#links.delete(link)
    for (const link of links) {
      if (!this.#links.has(link))
        this.#links.set(link, { initial: INITIAL, lastSent: Number.NEGATIVE_INFINITY, asked: false })
    }
    if (this.#links.size === 0) this.close()
    else if (!this.#timer) this.#turn()
  }

  close(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#socket?.close()
    this.#socket = undefined
  }

  #turn(): void {
    this.#timer = this.#options.clock.after(LOOK, () => this.#turn())
    const socket = this.#opened()
    if (!socket) return
    for (let i = 0; i < READ_LIMIT; i++) {
      const message = socket.receive()
      if (!message) break
      const state = this.#links.get(message.link)
      if (!state) continue
      if (message.type === ND.ROUTER_ADVERTISEMENT) this.#options.onRouter(message.address, message.link)
      else state.asked = true
    }
    for (const [link, state] of this.#links) this.#speak(socket, link, state)
  }

  #speak(socket: RouterMessages, link: string, state: LinkState): void {
    const now = this.#options.clock.now()
    const pause = state.initial > 0 || state.asked ? SOON : INTERVAL
    if (now - state.lastSent < pause) return
    // A link that is not there yet, or has no address, begins with the first message that it takes.
    if (!socket.send(link, ND.ROUTER_ADVERTISEMENT)) return
    if (state.initial > 0) {
      socket.send(link, ND.ROUTER_SOLICITATION)
      state.initial--
    }
    state.asked = false
    state.lastSent = now
  }

  #opened(): RouterMessages | undefined {
    try {
      this.#socket ??= new RouterMessages()
    } catch (error) {
      if (!this.#complained)
        this.#options.log(`bgp: neighbours without address cannot be found: ${(error as Error).message}`)
      this.#complained = true
    }
    return this.#socket
  }
}
