import type { Drops } from '../../src/bgp/session/drops.ts'
import type { BgpTransport, Connection, ConnectionHandler, HopLimits } from '../../src/bgp/transport.ts'
import type { Clock } from '../../src/net/clock.ts'

/** TCP in memory, with time on a clock: bytes arrive after a delay, and connections can be refused, cut and held up. */
export class MemoryNetwork {
  readonly clock: Clock
  delay = 1
  /** Addresses whose packets, both ways, are lost from now on. */
  readonly silent = new Set<string>()
  readonly #listeners = new Map<string, (connection: Connection) => void>()
  readonly connections: MemoryConnection[] = []
  /** What the kernels of all hosts have dropped. */
  drops: Drops | undefined
  /** Has a router show itself on a link to the host that asked last for routers, and the links that it asked for. */
  advertise: (address: string, link: string) => void = () => {}
  links: readonly string[] = []

  constructor(clock: Clock) {
    this.clock = clock
  }

  /** The transport of the host with this address. */
  host(address: string): BgpTransport {
    return {
      connect: ({ address: to, port, localAddress }) => this.#connect(localAddress ?? address, to, port),
      listen: ({ port, onConnection }) => {
        this.#listeners.set(`${address}:${port}`, onConnection)
        return { setKeys() {}, close: () => this.#listeners.delete(`${address}:${port}`) }
      },
      drops: () => this.drops,
      discover: ({ onRouter }) => {
        this.advertise = onRouter
        return {
          setLinks: links => {
            this.links = links
          },
          close() {},
        }
      },
    }
  }

  /** All connections of a host end without a word, as when its process is killed. */
  kill(address: string): void {
    for (const key of [...this.#listeners.keys()])
      if (key.startsWith(`${address}:`)) this.#listeners.delete(key)
    for (const connection of [...this.connections]) {
      if (connection.localAddress === address) connection.destroy()
    }
  }

  #connect(from: string, to: string, port: number): Connection {
    const near = new MemoryConnection(this, from, to, port, 40_000)
    this.clock.after(this.delay, () => {
      if (near.closed || this.silent.has(to)) return
      const accept = this.#listeners.get(`${to}:${port}`)
      if (!accept) {
        near.closed = true
        near.handler?.onClose({ code: 'ECONNREFUSED', message: 'connection refused' })
        return
      }
      const far = new MemoryConnection(this, to, from, 40_000, port)
      near.other = far
      far.other = near
      this.connections.push(near, far)
      accept(far)
      near.opened()
    })
    return near
  }
}

export class MemoryConnection implements Connection {
  readonly localAddress: string
  readonly localPort: number
  readonly remoteAddress: string
  readonly remotePort: number
  handler: ConnectionHandler | undefined
  other: MemoryConnection | undefined
  closed = false
  /** Octets that it takes before it says that it is full; `drain` makes room. */
  room = Number.POSITIVE_INFINITY
  readonly #network: MemoryNetwork
  #paused = false
  readonly #unread: Uint8Array[] = []
  readonly #held: Uint8Array[] = []
  readonly #early: Uint8Array[] = []

  constructor(
    network: MemoryNetwork,
    localAddress: string,
    remoteAddress: string,
    remotePort: number,
    localPort: number,
  ) {
    this.localPort = localPort
    this.#network = network
    this.localAddress = localAddress
    this.remoteAddress = remoteAddress
    this.remotePort = remotePort
  }

  /** The other side is there: what was written before goes to it. */
  opened(): void {
    this.handler?.onOpen()
    for (const bytes of this.#early.splice(0)) this.#deliver(bytes)
  }

  write(bytes: Uint8Array): boolean {
    if (this.closed) return true
    if (!this.other) {
      this.#early.push(Uint8Array.from(bytes))
      return true
    }
    if (this.room < Number.POSITIVE_INFINITY) {
      this.#held.push(bytes)
      this.room -= bytes.length
      return this.room > 0
    }
    this.#deliver(bytes)
    return true
  }

  /** The other side reads again. */
  drain(): void {
    this.room = Number.POSITIVE_INFINITY
    for (const bytes of this.#held.splice(0)) this.#deliver(bytes)
    this.handler?.onDrain()
  }

  close(): void {
    this.#end()
  }

  limits: HopLimits | undefined
  peerIsDone = false
  arrivalTtl: number | undefined

  limitHops(limits: HopLimits): boolean {
    this.limits = limits
    return true
  }

  destroy(): void {
    this.#end('ECONNRESET')
  }

  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
    for (const bytes of this.#unread.splice(0)) this.handler?.onData(bytes)
  }

  #deliver(bytes: Uint8Array): void {
    const copy = Uint8Array.from(bytes)
    const { other } = this
    if (!other || this.#lost()) return
    this.#network.clock.after(this.#network.delay, () => {
      if (other.closed || this.#lost()) return
      if (other.#paused) other.#unread.push(copy)
      else other.handler?.onData(copy)
    })
  }

  #end(code?: string): void {
    if (this.closed) return
    this.closed = true
    this.handler = undefined
    const { other } = this
    if (!other || this.#lost()) return
    this.#network.clock.after(this.#network.delay, () => {
      if (other.closed || this.#lost()) return
      other.closed = true
      other.handler?.onClose(code === undefined ? undefined : { code, message: 'connection reset by peer' })
    })
  }

  #lost(): boolean {
    return this.#network.silent.has(this.localAddress) || this.#network.silent.has(this.remoteAddress)
  }
}
