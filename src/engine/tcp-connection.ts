import { writevSync } from 'node:fs'
import type { Socket } from 'node:net'
import type { Connection, ConnectionHandler, HopLimits } from '../bgp/index.ts'
import { arrivalTtl, limitHops, peerIsDone } from '../kernel/socket-options.ts'
import { familyOf, parseAddress } from '../net/address.ts'
import type { Flusher, Outlet } from './flusher.ts'
import type { LingeringSockets } from './lingering-sockets.ts'
import { SendQueue } from './send-queue.ts'

/** While more octets than this wait, `write` asks for patience. */
const HIGH = 64 * 1024
/** Octets that one system call gets. */
const AT_ONCE = 64 * 1024
/** Octets whose departure says that the kernel has room again: few, since it may be two hundred sockets at once. */
const PROBE = 4096

/**
 * A connection over a socket of Node, which reads. Written is past it, straight to the kernel: what libuv holds while the
 * kernel has no room it writes by itself, for all sockets in one turn, and two hundred with 64 KiB each held everybody up
 * for a quarter of a second. So libuv gets a few octets only; when they have left, the rest has its turn in the `Flusher`.
 */
export class TcpConnection implements Connection, Outlet {
  readonly #socket: Socket
  readonly #lingering: LingeringSockets
  handler: ConnectionHandler | undefined
  readonly arrivalTtl: number | undefined
  #error: { code: string; message: string } | undefined
  readonly #flusher: Flusher
  readonly #queue = new SendQueue()
  /** It is in the flusher, or libuv has some of it: either will come back here. */
  #underWay = false
  /** Somebody waits for `onDrain`. */
  #full = false
  #closing = false

  constructor(socket: Socket, parts: { flusher: Flusher; lingering: LingeringSockets }, accepted: boolean) {
    this.#socket = socket
    const fd = accepted ? descriptor(socket) : undefined
    this.arrivalTtl = fd === undefined ? undefined : arrivalTtl(fd)
    this.#flusher = parts.flusher
    this.#lingering = parts.lingering
    socket.setNoDelay(true)
    // A plain array, not a Buffer: compiled code is fast for the one kind of array that it sees.
    socket.on('data', ({ buffer, byteOffset, length }: Buffer) =>
      this.handler?.onData(new Uint8Array(buffer, byteOffset, length)),
    )
    socket.on('end', () => socket.end())
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#error = { code: error.code ?? 'UNKNOWN', message: error.message }
    })
    socket.on('close', () => this.handler?.onClose(this.#error))
  }

  get localAddress(): string {
    return this.#socket.localAddress ?? ''
  }

  get localPort(): number {
    return this.#socket.localPort ?? 0
  }

  get remoteAddress(): string {
    return this.#socket.remoteAddress ?? ''
  }

  get remotePort(): number {
    return this.#socket.remotePort ?? 0
  }

  /** What is written in one turn leaves in one system call: a hundred neighbours are told of a hundred sources one by one. */
  write(bytes: Uint8Array): boolean {
    if (this.#closing) return false
    this.#queue.push(bytes)
    this.#goOn()
    if (this.#queue.octets >= HIGH) this.#full = true
    return !this.#full
  }

  flush(): void {
    this.#underWay = false
    if (this.#closing) return
    const fd = descriptor(this.#socket)
    if (fd === undefined) {
      this.#probe()
      return
    }
    const pieces = this.#queue.front(AT_ONCE)
    const wanted = pieces.reduce((sum, { length }) => sum + length, 0)
    const written = sendNow(fd, pieces)
    this.#queue.drop(written)
    if (written < wanted) this.#probe()
    else this.#goOn()
    this.#drained()
  }

  #goOn(): void {
    if (this.#underWay || this.#queue.octets === 0) return
    this.#underWay = true
    this.#flusher.add(this)
  }

  /** Leaves the next octets to libuv, which waits until the kernel has room, and meets the error where there is one. */
  #probe(): void {
    const [next] = this.#queue.front(1)
    if (!next) return
    const probe = next.subarray(0, PROBE)
    this.#queue.drop(probe.length)
    this.#underWay = true
    this.#socket.write(probe, error => {
      this.#underWay = false
      if (error || this.#closing) return
      this.#goOn()
      this.#drained()
    })
  }

  #drained(): void {
    if (!this.#full || this.#queue.octets >= HIGH / 2) return
    this.#full = false
    this.handler?.onDrain()
  }

  close(): void {
    const socket = this.#socket
    if (socket.destroyed || this.#closing) return
    this.#closing = true
    for (const piece of this.#queue.front(Number.POSITIVE_INFINITY)) socket.write(piece)
    socket.end()
    // What comes now is thrown away: unread it would hide the peer's end, and make ours a reset that overtakes our last words.
    socket.resume()
    this.#lingering.add(socket)
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

  get peerIsDone(): boolean {
    const fd = descriptor(this.#socket)
    return fd === undefined || peerIsDone(fd)
  }

  limitHops(limits: HopLimits): boolean {
    const fd = descriptor(this.#socket)
    const address = parseAddress(this.remoteAddress.replace(/%.*$/, ''))
    if (fd === undefined || !address) return false
    try {
      limitHops(fd, familyOf(address), limits)
      return true
    } catch {
      return false
    }
  }
}

/**
 * Writes what the kernel has room for (write(2) of a socket that does not block).
 * @returns how many octets that was; 0 also where the connection is broken, which who reads will hear
 */
function sendNow(fd: number, pieces: readonly Uint8Array[]): number {
  try {
    return writevSync(fd, pieces as Uint8Array[])
  } catch {
    return 0
  }
}

/**
 * The descriptor of a socket that Node has accepted. Node shows it on the handle of the socket only, and has no call
 * to set options by; a listening socket cannot have those of each neighbour for it.
 */
function descriptor(socket: Socket): number | undefined {
  const { _handle: handle } = socket as unknown as { _handle?: { fd?: number } | null }
  return handle?.fd !== undefined && handle.fd >= 0 ? handle.fd : undefined
}
