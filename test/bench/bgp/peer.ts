import { createConnection, type Socket } from 'node:net'
import { buildKeepalive, buildOpen, MessageType, UNICAST } from '../../../src/bgp/wire/index.ts'
import type { Checker } from './checker.ts'
import { AS, endOfRib, peerAddress, peerId, SPEAKER, type TableShape } from './table.ts'

const HEADER = 19
const MAX_MESSAGE = 4096
/** Milliseconds until a refused connection is tried again. */
const RETRY = 20

/** What is read goes through one piece of memory for all peers: each chunk is worked through before the next comes. */
const shared = Buffer.allocUnsafe(256 * 1024)

export interface PeerOptions {
  readonly number: number
  readonly shape: TableShape
  /** Seconds; KEEPALIVEs are sent every third of it. */
  readonly holdTime: number
  /** What it announces as soon as its session is up; without, End-of-RIB. */
  readonly greeting?: Buffer
  /** Undefined: it only listens. */
  readonly checker: Checker | undefined
  /** The speaker's OPEN came: it is free for the next one. */
  onOpen(): void
  onEstablished(): void
  /** A chunk was read and checked. */
  onChunk(peer: Peer): void
  /** Its session ended by itself. True: it is to dial again. */
  onEnd(peer: Peer, reason: string): boolean
}

/** One BGP neighbour of the speaker that is measured. */
export class Peer {
  readonly number: number
  readonly checker: Checker | undefined
  /** Microseconds of CLOCK_MONOTONIC when its OPEN was sent. */
  openedAt = 0
  established = false
  done = false
  /** Longest time between two chunks, milliseconds. */
  longestGap = 0
  readonly #options: PeerOptions
  #socket: Socket | undefined
  #ended = false
  #heardAt = 0
  #keepalive: NodeJS.Timeout | undefined
  /** The beginning of a message whose end has not come yet. */
  readonly #rest = Buffer.allocUnsafe(MAX_MESSAGE)
  #restLength = 0

  constructor(options: PeerOptions) {
    this.#options = options
    this.number = options.number
    this.checker = options.checker
  }

  /** Dials until the speaker takes the session. */
  connect(): void {
    const { shape, number, holdTime } = this.#options
    const socket = createConnection({
      host: SPEAKER[shape.family],
      port: 179,
      localAddress: peerAddress(shape.family, number),
      noDelay: true,
      onread: {
        buffer: shared,
        callback: length => {
          this.#received(length)
          return true
        },
      },
    })
    this.#socket = socket
    this.#restLength = 0
    socket.on('connect', () => {
      this.openedAt ||= now()
      socket.write(
        buildOpen({
          as: AS,
          holdTime,
          routerId: peerId(number),
          capabilities: { families: [UNICAST[shape.family]], as4: AS, routeRefresh: true },
        }),
      )
    })
    socket.on('error', () => undefined)
    socket.on('close', () => this.#closed())
  }

  send(bytes: Uint8Array): void {
    this.#socket!.write(bytes)
  }

  /** Ends the connection without a word. */
  die(): void {
    this.#ended = true
    clearInterval(this.#keepalive)
    this.#socket!.destroy()
  }

  /** The longest gap so far, with the one that lasts; begins anew. */
  takeGap(): number {
    const time = performance.now()
    const gap = Math.max(this.longestGap, time - this.#heardAt)
    this.longestGap = 0
    this.#heardAt = time
    return gap
  }

  #closed(): void {
    if (this.#ended) return
    if (this.established) this.#lost('its connection was closed')
    if (!this.#ended) setTimeout(() => this.connect(), RETRY)
  }

  #lost(reason: string): void {
    clearInterval(this.#keepalive)
    this.established = false
    this.checker?.expect(0, true)
    this.#ended = !this.#options.onEnd(this, `peer ${this.number}: ${reason}`)
  }

  #received(length: number): void {
    const time = performance.now()
    if (this.established) this.longestGap = Math.max(this.longestGap, time - this.#heardAt)
    this.#heardAt = time
    let at = this.#finishRest(length)
    while (length - at >= HEADER) {
      const size = shared.readUInt16BE(at + 16)
      if (length - at < size) break
      this.#message(shared, at, at + size)
      at += size
    }
    shared.copy(this.#rest, this.#restLength, at, length)
    this.#restLength += length - at
    if (this.established) this.#options.onChunk(this)
  }

  /** Completes the message that an earlier chunk began; returns how much of this one it took. */
  #finishRest(length: number): number {
    let at = 0
    while (this.#restLength > 0) {
      const wanted = this.#restLength < HEADER ? HEADER : this.#rest.readUInt16BE(16)
      if (this.#restLength >= wanted) {
        this.#message(this.#rest, 0, wanted)
        this.#restLength = 0
        break
      }
      if (at === length) break
      const taken = Math.min(wanted - this.#restLength, length - at)
      shared.copy(this.#rest, this.#restLength, at, at + taken)
      this.#restLength += taken
      at += taken
    }
    return at
  }

  #message(bytes: Buffer, start: number, end: number): void {
    const type = bytes[start + 18]
    if (type === MessageType.UPDATE) this.checker?.update(bytes, start, end)
    else if (type === MessageType.OPEN) {
      this.#socket!.write(buildKeepalive())
      this.#options.onOpen()
    } else if (type === MessageType.KEEPALIVE && !this.established) this.#establish()
    else if (type === MessageType.NOTIFICATION && this.established) {
      const [code, subcode] = bytes.subarray(start + HEADER)
      this.#lost(`NOTIFICATION ${code}/${subcode}`)
    }
  }

  #establish(): void {
    this.established = true
    const { shape, holdTime, greeting, onEstablished } = this.#options
    this.#keepalive = setInterval(
      () => this.#socket!.write(buildKeepalive()),
      Math.min(20_000, (holdTime * 1000) / 3),
    )
    // Everybody else has said all that it has to say: speakers that wait for End-of-RIB need not.
    if (greeting) this.send(greeting)
    else if (this.number >= shape.feeders) this.send(endOfRib(shape.family))
    onEstablished()
  }
}

/** Microseconds of CLOCK_MONOTONIC, which all processes of the machine share. */
export function now(): number {
  return Number(process.hrtime.bigint() / 1000n)
}
