import type { Socket } from 'node:net'
import type { Clock, Timer } from '../net/clock.ts'

/** A peer that was told of the end has so long to close its side; milliseconds. After that the socket is freed without it. */
const LINGER = 5000

/** So many may take their time at once: who connects again and again and never closes holds no more descriptors. */
const MOST = 256

/** Sockets that we have closed and the peer has not. */
export class LingeringSockets {
  readonly #clock: Clock
  /** The oldest first. */
  readonly #waiting = new Map<Socket, Timer>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Waits for the peer to close a socket of which our side is closed; for the oldest no more where they are too many. */
  add(socket: Socket): void {
    if (socket.destroyed || this.#waiting.has(socket)) return
    this.#waiting.set(
      socket,
      this.#clock.after(LINGER, () => socket.destroy()),
    )
    socket.once('close', () => this.#forget(socket))
    if (this.#waiting.size <= MOST) return
    const [oldest] = this.#waiting.keys()
    if (!oldest) return
    this.#forget(oldest)
    oldest.destroy()
  }

  #forget(socket: Socket): void {
    this.#waiting.get(socket)?.cancel()
    this.#waiting.delete(socket)
  }
}
