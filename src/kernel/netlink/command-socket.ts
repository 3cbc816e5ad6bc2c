import { constants } from 'node:os'
import { NLM_F, NLMSG } from '../constants.ts'
import { errnoName, KernelError } from '../errors.ts'
import { check } from '../libc.ts'
import type { KernelFailure } from '../objects.ts'
import { readAnswer, readDone } from './extended-ack.ts'
import { forEachMessage, type Message, ReceiveBuffer } from './message-reader.ts'
import { MessageWriter } from './message-writer.ts'
import { NETLINK, NetlinkSocket } from './socket.ts'

const { ENOBUFS, EAGAIN } = constants.errno

/** Bytes of room for answers and for batches. */
const BUFFER = 8 << 20

/** What one answer costs of the receive buffer at most: a small skb with its bookkeeping, and a text. */
const ANSWER_COST = 2048

/** Messages in one send: more gain nothing, and hold the kernel's lock for longer. */
const LARGEST_BATCH = 500

/** Times that a dump is read again because the table changed while it was read (NLM_F_DUMP_INTR). */
const DUMP_ATTEMPTS = 16

/** Of a message that is not known to have failed, where answers were lost: it may have been carried out or not. */
const ANSWER_LOST: KernelFailure = { code: 'ENOBUFS', message: "the kernel's answer was lost" }

/** What became of a message of a batch, where the kernel refused it. */
export interface BatchFailure {
  /** The message's place in the batch. */
  readonly index: number
  readonly failure: KernelFailure
}

/**
 * The socket that commands go through, one after the other: batches of changes, and dumps.
 *
 * A batch is sent in one system call with an acknowledgement asked for on its last message only. The kernel carries
 * out all of its messages in order before the call returns, goes on after a failure, and answers every failure
 * whether asked or not (af_netlink.c, netlink_rcv_skb). So no message waits for the answer to the one before, and
 * what is read is one datagram a failure and one for the whole. Batches are kept so short that all of their messages
 * can fail and the answers still fit the receive buffer.
 */
export class CommandSocket {
  readonly #socket = new NetlinkSocket()
  readonly #writer = new MessageWriter()
  #buffer = new ReceiveBuffer(1 << 18)
  #sequence = 1
  /** Messages that one batch may have. */
  readonly batchLimit: number

  /** @throws KernelError where the kernel lacks what we need (extended ACKs and strict checking: Linux 5.0) */
  constructor(options: { readonly receiveBuffer?: number } = {}) {
    try {
      this.#socket.setOption(NETLINK.EXT_ACK, 1)
      this.#socket.setOption(NETLINK.CAP_ACK, 1)
      this.#socket.setOption(NETLINK.GET_STRICT_CHK, 1)
      this.#socket.setSendBuffer(BUFFER)
      const room = this.#socket.setReceiveBuffer(options.receiveBuffer ?? BUFFER)
      this.batchLimit = Math.max(1, Math.min(LARGEST_BATCH, Math.floor(room / ANSWER_COST)))
    } catch (error) {
      this.#socket.close()
      throw error
    }
  }

  /** nlmsg_pid of what this socket brings about. */
  get port(): number {
    return this.#socket.port
  }

  /** A writer for the next batch, empty. The one before is gone. */
  batch(): MessageWriter {
    this.#writer.reset(this.#sequence)
    return this.#writer
  }

  /**
   * Sends the batch, which must not be longer than `batchLimit`, and reads what became of it.
   * @returns the messages that failed, in order; all others were carried out. Where the batch could not be sent at
   *   all, that is every one of them.
   */
  perform(batch: MessageWriter): BatchFailure[] {
    if (batch.count === 0) return []
    const { firstSequence, count } = batch
    batch.acknowledgeLast()
    this.#advance(count)
    const sent = this.#socket.send(batch.bytes)
    if (sent < 0) return withRest([], count, { code: errnoName(-sent), message: 'the batch was not sent' })

    const failures: BatchFailure[] = []
    let answersLost = false
    for (let done = false; !done; ) {
      const length = this.#receive()
      if (length < 0) answersLost = true
      if (length === -EAGAIN) break
      forEachMessage(this.#buffer, length, message => {
        if (message.type !== NLMSG.ERROR) return
        const index = (message.sequence - firstSequence) >>> 0
        const failure = readAnswer(message)
        if (index < count && failure) failures.push({ index, failure })
        if (index === count - 1) done = true
      })
    }
    return answersLost ? withRest(failures, count, ANSWER_LOST) : failures
  }

  /**
   * Reads a table whole. Where it changed so much while it was read that the kernel calls the reading inconsistent
   * (NLM_F_DUMP_INTR), or where it was cut off, it is read again from the start.
   * @param request writes the one message that asks, with flags NLM_F_DUMP
   * @param restart is called before each reading: what an earlier one gave is void
   * @param visit is called with each message of the table
   * @throws KernelError where the kernel refuses, or where the table never stands still
   */
  dump(
    request: (writer: MessageWriter) => void,
    restart: () => void,
    visit: (message: Message) => void,
  ): void {
    for (let attempt = 0; attempt < DUMP_ATTEMPTS; attempt++) {
      restart()
      if (this.#dumpOnce(request, visit)) return
    }
    throw new KernelError('EINTR', `the kernel's table changed during each of ${DUMP_ATTEMPTS} readings`)
  }

  close(): void {
    this.#socket.close()
  }

  /** @returns whether what was read is whole and consistent */
  #dumpOnce(request: (writer: MessageWriter) => void, visit: (message: Message) => void): boolean {
    const batch = this.batch()
    request(batch)
    this.#advance(1)
    check(this.#socket.send(batch.bytes), 'sending to netlink')

    let consistent = true
    let failure: KernelFailure | undefined
    for (let done = false; !done; ) {
      const length = this.#receive()
      if (length < 0) {
        // What is missing may be the end: nothing of this reading is of use.
        this.#drain()
        return false
      }
      forEachMessage(this.#buffer, length, message => {
        if (message.sequence !== batch.firstSequence) return
        if (message.flags & NLM_F.DUMP_INTR) consistent = false
        if (message.type === NLMSG.DONE) {
          failure = readDone(message)
          done = true
        } else if (message.type === NLMSG.ERROR) {
          failure = readAnswer(message)
          done = true
        } else if (consistent) {
          visit(message)
        }
      })
    }
    if (failure) throw new KernelError(failure.code, failure.message || `reading failed: ${failure.code}`)
    return consistent
  }

  /** Reads away what is left of a dump; the kernel makes more of it with each read, until none is left. */
  #drain(): void {
    while (this.#receive() !== -EAGAIN);
  }

  /**
   * Reads without waiting: the kernel has queued its answers by the time that the sending returns, and queues more of
   * a dump with each read. What is not there will not come.
   * @returns bytes received; -ENOBUFS where something was lost (dropped by the kernel, or cut for want of room);
   *   -EAGAIN where there is nothing
   */
  #receive(): number {
    const length = this.#socket.receive(this.#buffer.bytes)
    if (length === -ENOBUFS || length === -EAGAIN) return length
    if (check(length, 'reading from netlink') <= this.#buffer.bytes.length) return length
    this.#buffer = new ReceiveBuffer(length * 2)
    return -ENOBUFS
  }

  #advance(count: number): void {
    this.#sequence = (this.#sequence + count) >>> 0
  }
}

/** The failures that are known, and the same one for all other messages. */
function withRest(known: readonly BatchFailure[], count: number, failure: KernelFailure): BatchFailure[] {
  const byIndex = new Map(known.map(each => [each.index, each]))
  return Array.from({ length: count }, (_, index) => byIndex.get(index) ?? { index, failure })
}
