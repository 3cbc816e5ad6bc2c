import type { Connection, ConnectionHandler } from '../transport.ts'

/** Octets that come at a time: some messages begin in one chunk and end in the next. */
const CHUNK = 10_000

/** A neighbour in memory: takes what it is told and thinks nothing of it. */
export class Actor implements Connection {
  readonly localAddress: string
  readonly localPort = 179
  readonly remoteAddress: string
  readonly remotePort = 40_000
  readonly peerIsDone = false
  handler: ConnectionHandler | undefined

  constructor(localAddress: string, remoteAddress: string) {
    this.localAddress = localAddress
    this.remoteAddress = remoteAddress
  }

  say(...pieces: Uint8Array[]): void {
    for (const piece of pieces) {
      for (let at = 0; at < piece.length; at += CHUNK) this.handler?.onData(piece.slice(at, at + CHUNK))
    }
  }

  /** Its process is killed. */
  die(): void {
    this.handler?.onClose()
  }

  write(): boolean {
    return true
  }

  limitHops(): boolean {
    return true
  }

  close(): void {}
  destroy(): void {}
  pause(): void {}
  resume(): void {}
}
