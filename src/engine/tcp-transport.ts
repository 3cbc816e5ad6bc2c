import { Socket } from 'node:net'
import type {
  BgpTransport,
  Connection,
  ConnectTarget,
  Drops,
  Listener,
  ListenKey,
  RouterDiscovery,
} from '../bgp/index.ts'
import { openTcpSocket } from '../kernel/socket-options.ts'
import { tcpCounters } from '../kernel/tcp-drops.ts'
import type { Clock } from '../net/clock.ts'
import { Flusher } from './flusher.ts'
import { LingeringSockets } from './lingering-sockets.ts'
import { LinkDiscovery } from './link-discovery.ts'
import { TcpConnection } from './tcp-connection.ts'
import { BGP_TRAFFIC_CLASS, TcpListener } from './tcp-listener.ts'

/** Neighbours that fail at once share one reading of the kernel's counters; milliseconds. */
const DROPS_AGE = 100

/** BGP's transport over the TCP of the network namespace that the process runs in. */
export class TcpTransport implements BgpTransport {
  readonly #clock: Clock
  readonly #log: (line: string) => void
  /** As they were read last. */
  #drops: { readonly at: number; readonly counts: Drops | undefined } | undefined
  readonly #flusher: Flusher
  readonly #sockets = new Set<Socket>()
  readonly #lingering: LingeringSockets
  readonly #listeners = new Set<{ close(): void }>()

  constructor(parts: { clock: Clock; log: (line: string) => void }) {
    this.#clock = parts.clock
    this.#log = parts.log
    this.#flusher = new Flusher(parts.clock)
    this.#lingering = new LingeringSockets(parts.clock)
  }

  connect(target: ConnectTarget): Connection {
    const socket = this.#open(target)
    const connection = this.#adopt(socket)
    if (!socket.destroyed) {
      socket.connect({ host: target.address, port: target.port }, () => connection.handler?.onOpen())
    }
    return connection
  }

  /** TTL, traffic class and key must stand before the SYN goes out, so the socket is made here and handed to Node by its descriptor. */
  #open(target: ConnectTarget): Socket {
    try {
      const fd = openTcpSocket({ ...target, trafficClass: BGP_TRAFFIC_CLASS })
      return new Socket({ fd, manualStart: true } as ConstructorParameters<typeof Socket>[0])
    } catch (error) {
      // Such as a local address that the box does not have (yet): told by `onClose`, as every failure to connect is.
      return new Socket().destroy(error as Error)
    }
  }

  listen(options: { port: number; onConnection(connection: Connection): void }): Listener {
    const parts = {
      clock: this.#clock,
      log: this.#log,
      port: options.port,
      onSocket: (socket: Socket) => options.onConnection(this.#adopt(socket, true)),
    }
    const families = [new TcpListener(4, parts), new TcpListener(6, parts)]
    const listener = {
      setKeys: (keys: readonly ListenKey[]) => {
        for (const each of families) each.setKeys(keys)
      },
      close: () => {
        for (const each of families) each.close()
      },
    }
    this.#listeners.add(listener)
    return listener
  }

  drops(): Drops | undefined {
    const now = this.#clock.now()
    if (!this.#drops || now - this.#drops.at >= DROPS_AGE) {
      const counts = tcpCounters(['TCPMD5NotFound', 'TCPMD5Unexpected', 'TCPMD5Failure', 'TCPMinTTLDrop'])
      const [unsigned = 0, signed = 0, wronglySigned = 0, tooFar = 0] = counts ?? []
      this.#drops = { at: now, counts: counts && { unsigned, signed, wronglySigned, tooFar } }
    }
    return this.#drops.counts
  }

  discover(options: { onRouter(address: string, link: string): void }): RouterDiscovery {
    const discovery = new LinkDiscovery({ clock: this.#clock, log: this.#log, ...options })
    this.#listeners.add(discovery)
    return discovery
  }

  /** Cuts all sessions without a word and stops listening. */
  close(): void {
    for (const listener of this.#listeners) listener.close()
    for (const socket of this.#sockets) socket.destroy()
  }

  #adopt(socket: Socket, accepted = false): TcpConnection {
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket))
    return new TcpConnection(socket, { flusher: this.#flusher, lingering: this.#lingering }, accepted)
  }
}
