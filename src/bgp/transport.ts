import type { Prefix } from '../net/prefix.ts'
import type { Drops } from './session/drops.ts'

/** One TCP connection as the speaker sees it: bytes in, bytes out, and what became of it. */
export interface Connection {
  /** Canonical text; a link-local one with its zone, as in `fe80::1%eth0`. */
  readonly localAddress: string
  readonly localPort: number
  readonly remoteAddress: string
  readonly remotePort: number
  /** TTL, or hop limit, that the first packet of an accepted connection came with, where that is known. */
  readonly arrivalTtl?: number | undefined
  /** Takes the bytes in any case, and must not change them: pieces are shared between peers. False: wait for `onDrain`. */
  write(bytes: Uint8Array): boolean
  /** Closes after what was written is sent. */
  close(): void
  /** Closes at once. */
  destroy(): void
  /** The other side has closed, or the connection has broken, though what it sent before may not be read yet. */
  readonly peerIsDone: boolean
  /** Stops and goes on with reading: a peer that sends faster than we work waits in its own TCP. */
  pause(): void
  resume(): void
  /**
   * For a connection that was accepted: TTL of what is sent from now on, and the least that is taken (RFC 5082).
   * False: the kernel would not.
   */
  limitHops(limits: HopLimits): boolean
  handler: ConnectionHandler | undefined
}

export interface HopLimits {
  /** 1 for a neighbour that must be on the link (RFC 4271 §5.1.3), 255 with GTSM. */
  readonly ttl: number
  /** Packets that arrive with less are dropped; undefined: any are taken. */
  readonly minimumTtl?: number | undefined
}

export interface ConnectionHandler {
  onOpen(): void
  /** The chunk belongs to the handler from now on. */
  onData(bytes: Uint8Array): void
  onDrain(): void
  /** Called once; without error where the other side closed in order. */
  onClose(error?: { code: string; message: string }): void
}

export interface ConnectTarget extends HopLimits {
  /** A link-local address has its zone, as in `fe80::1%eth0`. */
  readonly address: string
  readonly port: number
  readonly localAddress?: string | undefined
  /** Key of TCP's MD5 signatures (RFC 2385). */
  readonly password?: string | undefined
}

/** Who has to sign a connection to us, and with what (RFC 2385). Of several prefixes with an address the longest counts. */
export interface ListenKey {
  readonly prefix: Prefix
  readonly password: string
}

export interface Listener {
  /** From now on these keys hold, and no others. Connections that are there keep the key that they began with. */
  setKeys(keys: readonly ListenKey[]): void
  close(): void
}

/** Finds the routers at the other ends of links by Neighbor Discovery (RFC 4861), and shows them us. */
export interface RouterDiscovery {
  /** From now on these links, by name, and no others. */
  setLinks(links: readonly string[]): void
  close(): void
}

/** What the speaker asks of TCP. */
export interface BgpTransport {
  /** Returns at once; `onOpen` or `onClose` follows. */
  connect(target: ConnectTarget): Connection
  /** Connections given to `onConnection` are open: `onOpen` is not called for them. */
  listen(options: { port: number; onConnection(connection: Connection): void }): Listener
  /** What the kernel has dropped until now; undefined where it does not say. */
  drops(): Drops | undefined
  /** `onRouter` hears of every sign of life of a router: its link-local address, without zone, and the name of the link. */
  discover(options: { onRouter(address: string, link: string): void }): RouterDiscovery
}
