import { constants } from 'node:os'
import koffi from 'koffi'
import { encodeProgram } from '../bpf.ts'
import { RTNLGRP } from '../constants.ts'
import type { KernelEvent } from '../objects.ts'
import { forEachMessage, type Message, ReceiveBuffer } from './message-reader.ts'
import { ownChangesProgram } from './own-changes-filter.ts'
import { NETLINK, NetlinkSocket } from './socket.ts'

const { ENOBUFS } = constants.errno

/** Bytes of room for notifications that were not read yet: some ten thousand of them. */
const BUFFER = 8 << 20

/** Datagrams that are read before others on this thread get a turn. */
const LARGEST_READ = 256

/**
 * The socket that hears what changes in the kernel's network, by multicast. Where notifications come faster than
 * they are read, the kernel drops some and says so once (ENOBUFS): that is told as `lost`, and hearing goes on.
 */
export class MonitorSocket {
  readonly #socket = new NetlinkSocket()
  readonly #buffer = new ReceiveBuffer(1 << 16)
  readonly #decode: (message: Message) => KernelEvent | undefined
  readonly #listener: (events: readonly KernelEvent[]) => void
  readonly #poll: ReturnType<typeof koffi.node.poll>
  #readingIsDue = false
  #closed = false

  /**
   * @param ownPort nlmsg_pid of the command socket: the routes, neighbours and nexthops that it writes are not told
   * @param decode reads the event that a message tells, if any
   * @param listener is called with the events of one reading, in the kernel's order
   * @throws KernelError
   */
  constructor(options: {
    readonly ownPort: number
    readonly decode: (message: Message) => KernelEvent | undefined
    readonly listener: (events: readonly KernelEvent[]) => void
    readonly receiveBuffer?: number
  }) {
    this.#decode = options.decode
    this.#listener = options.listener
    try {
      this.#socket.setReceiveBuffer(options.receiveBuffer ?? BUFFER)
      this.#socket.attachFilter(encodeProgram(ownChangesProgram(options.ownPort)))
      for (const group of Object.values(RTNLGRP)) this.#socket.setOption(NETLINK.ADD_MEMBERSHIP, group)
      this.#poll = koffi.node.poll(this.#socket.fd, { readable: true }, this.#onReadable)
    } catch (error) {
      this.#socket.close()
      throw error
    }
  }

  /**
   * Reads what is there now and tells it. The kernel queues the notifications of a command before the command
   * returns, so that a reading right behind it sees all that it brought about.
   * @param skip says which events are not to be told
   * @param datagrams is how many are read at most
   */
  read(skip: (event: KernelEvent) => boolean = () => false, datagrams = Number.POSITIVE_INFINITY): void {
    const events: KernelEvent[] = []
    for (let i = 0; i < datagrams; i++) {
      const length = this.#socket.receive(this.#buffer.bytes)
      if (length === -ENOBUFS || length > this.#buffer.bytes.length) {
        events.push({ kind: 'lost' })
        continue
      }
      if (length < 0) break
      forEachMessage(this.#buffer, length, message => {
        const event = this.#decode(message)
        if (event && !skip(event)) events.push(event)
      })
    }
    if (events.length > 0) this.#listener(events)
  }

  /**
   * The poll's callback comes straight from the event loop, outside of what Node sets up around JavaScript: nothing
   * is done in it. libuv ends a poll when the socket has an error to tell, which is how ENOBUFS comes: it is begun
   * again once the error was read.
   */
  readonly #onReadable = (): void => {
    if (this.#readingIsDue) return
    this.#readingIsDue = true
    setImmediate(() => {
      this.#readingIsDue = false
      if (this.#closed) return
      this.read(undefined, LARGEST_READ)
      if (!this.#closed) this.#poll.start({ readable: true }, this.#onReadable)
    })
  }

  close(): void {
    this.#closed = true
    this.#poll.close()
    this.#socket.close()
  }
}
