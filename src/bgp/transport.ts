/** One TCP connection as the speaker sees it: bytes in, bytes out, and what became of it. */
export interface Connection {
  readonly localAddress: string
  readonly remoteAddress: string
  readonly remotePort: number
  /** Takes the bytes in any case, and must not change them: pieces are shared between peers. False: wait for `onDrain`. */
  write(bytes: Uint8Array): boolean
  /** Closes after what was written is sent. */
  close(): void
  /** Closes at once. */
  destroy(): void
  /** Stops and goes on with reading: a peer that sends faster than we work waits in its own TCP. */
  pause(): void
  resume(): void
  handler: ConnectionHandler | undefined
}

export interface ConnectionHandler {
  onOpen(): void
  /** The chunk belongs to the handler from now on. */
  onData(bytes: Uint8Array): void
  onDrain(): void
  /** Called once; without error where the other side closed in order. */
  onClose(error?: { code: string; message: string }): void
}

/** What the speaker asks of TCP. */
export interface BgpTransport {
  /** Returns at once; `onOpen` or `onClose` follows. `ttl`: 1 for a neighbour that must be on the link (RFC 4271 §5.1.3). */
  connect(target: { address: string; port: number; localAddress?: string; ttl: number }): Connection
  /** Connections given to `onConnection` are open: `onOpen` is not called for them. */
  listen(options: { port: number; onConnection(connection: Connection): void }): { close(): void }
}
