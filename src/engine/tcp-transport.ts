import { createServer, type Server, Socket } from 'node:net'
import type { BgpTransport, Connection, ConnectionHandler } from '../bgp/index.ts'
import { openTcpSocket } from '../kernel/socket-options.ts'
import type { Clock, Timer } from '../net/clock.ts'

/** While the port is taken by someone else we try again; milliseconds. */
const LISTEN_RETRY = 1000

/** A peer that was told of the end has so long to close its side; milliseconds. After that the socket is freed without it. */
const LINGER = 5000

/** BGP's transport over the TCP of the network namespace that the process runs in. */
export class TcpTransport implements BgpTransport {
  readonly #clock: Clock
  readonly #log: (line: string) => void
  readonly #sockets = new Set<Socket>()
  readonly #listeners = new Set<{ close(): void }>()

  constructor(parts: { clock: Clock; log: (line: string) => void }) {
    this.#clock = parts.clock
    this.#log = parts.log
  }

  connect(target: { address: string; port: number; localAddress?: string; ttl: number }): Connection {
    const socket = this.#open(target)
    const connection = this.#adopt(socket)
    if (!socket.destroyed) {
      socket.connect({ host: target.address, port: target.port }, () => connection.handler?.onOpen())
    }
    return connection
  }

  /** The TTL must stand before the SYN goes out, so the socket is made here and handed to Node by its descriptor. */
  #open(target: { address: string; localAddress?: string; ttl: number }): Socket {
    try {
      const fd = openTcpSocket(target)
      return new Socket({ fd, manualStart: true } as ConstructorParameters<typeof Socket>[0])
    } catch (error) {
      // Such as a local address that the box does not have (yet): told by `onClose`, as every failure to connect is.
      return new Socket().destroy(error as Error)
    }
  }

  listen(options: { port: number; onConnection(connection: Connection): void }): { close(): void } {
    const closers = ['0.0.0.0', '::'].map(host => this.#listenOn(host, options))
    const listener = {
      close: () => {
        for (const close of closers) close()
      },
    }
    this.#listeners.add(listener)
    return listener
  }

  /** Cuts all sessions without a word and stops listening. */
  close(): void {
    for (const listener of this.#listeners) listener.close()
    for (const socket of this.#sockets) socket.destroy()
  }

  #listenOn(host: string, options: { port: number; onConnection(connection: Connection): void }): () => void {
    let retry: Timer | undefined
    let complained = false
    const server: Server = createServer({ noDelay: true, pauseOnConnect: true }, socket =>
      options.onConnection(this.#adopt(socket)),
    )
    const listen = () => server.listen({ host, port: options.port, ipv6Only: true, backlog: 1024 })
    server.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EAFNOSUPPORT' || error.code === 'EADDRNOTAVAIL') return
      if (!complained)
        this.#log(`bgp: cannot listen on ${host} port ${options.port}: ${error.message}; trying on`)
      complained = true
      retry = this.#clock.after(LISTEN_RETRY, listen)
    })
    listen()
    return () => {
      retry?.cancel()
      server.close()
    }
  }

  #adopt(socket: Socket): TcpConnection {
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket))
    return new TcpConnection(socket, this.#clock)
  }
}

class TcpConnection implements Connection {
  readonly #socket: Socket
  readonly #clock: Clock
  handler: ConnectionHandler | undefined
  #error: { code: string; message: string } | undefined

  constructor(socket: Socket, clock: Clock) {
    this.#socket = socket
    this.#clock = clock
    socket.setNoDelay(true)
    socket.on('data', bytes => this.handler?.onData(bytes))
    socket.on('drain', () => this.handler?.onDrain())
    socket.on('end', () => socket.end())
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#error = { code: error.code ?? 'UNKNOWN', message: error.message }
    })
    socket.on('close', () => this.handler?.onClose(this.#error))
  }

  get localAddress(): string {
    return this.#socket.localAddress ?? ''
  }

  get remoteAddress(): string {
    return this.#socket.remoteAddress ?? ''
  }

  get remotePort(): number {
    return this.#socket.remotePort ?? 0
  }

  write(bytes: Uint8Array): boolean {
    return this.#socket.write(bytes)
  }

  close(): void {
    const socket = this.#socket
    if (socket.destroyed) return
    socket.end()
    // What comes now is thrown away: unread it would hide the peer's end, and make ours a reset that overtakes our last words.
    socket.resume()
    const late = this.#clock.after(LINGER, () => socket.destroy())
    socket.on('close', () => late.cancel())
  }

  destroy(): void {
    this.#socket.destroy()
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }
}
