import { constants } from 'node:os'
import { attachProgram } from '../bpf.ts'
import { AF } from '../constants.ts'
import {
  bindSocket,
  check,
  close,
  getsockname,
  getsockoptInt,
  MSG,
  recv,
  SOCK,
  send,
  setsockoptInt,
  socket,
} from '../libc.ts'

/** asm-generic/socket.h. */
const SOL_SOCKET = 1
const SO = {
  SNDBUF: 7,
  RCVBUF: 8,
  ATTACH_FILTER: 26,
  SNDBUFFORCE: 32,
  RCVBUFFORCE: 33,
} as const

/** bits/socket.h, netlink.h. */
const SOL_NETLINK = 270
const NETLINK_ROUTE = 0
export const NETLINK = { ADD_MEMBERSHIP: 1, CAP_ACK: 10, EXT_ACK: 11, GET_STRICT_CHK: 12 } as const

const { EINTR } = constants.errno

/** A socket of NETLINK_ROUTE: its options and its system calls, with interrupted calls made again. */
export class NetlinkSocket {
  readonly #fd: number
  #open = true
  /** nl_pid: the address that the kernel gave the socket, by which it marks what this socket brought about. */
  readonly port: number

  /** @throws KernelError */
  constructor() {
    this.#fd = check(socket(AF.NETLINK, SOCK.RAW | SOCK.CLOEXEC, NETLINK_ROUTE), 'opening a netlink socket')
    // struct sockaddr_nl: family, padding, nl_pid, nl_groups.
    const address = new Uint32Array(3)
    const bytes = new Uint8Array(address.buffer)
    new Uint16Array(address.buffer)[0] = AF.NETLINK
    try {
      check(bindSocket(this.#fd, bytes), 'binding a netlink socket')
      check(getsockname(this.#fd, bytes), 'reading the address of a netlink socket')
    } catch (error) {
      this.close()
      throw error
    }
    this.port = address[1]!
  }

  get fd(): number {
    return this.#fd
  }

  /** Sets an option of SOL_NETLINK. @throws KernelError */
  setOption(name: number, value: number): void {
    check(setsockoptInt(this.#fd, SOL_NETLINK, name, value), `setting netlink option ${name}`)
  }

  /**
   * Asks for room for so many bytes of received messages (the kernel doubles it for its own needs), beyond the
   * system's limit where we may.
   * @returns the room there is, as the kernel counts it
   */
  setReceiveBuffer(bytes: number): number {
    if (setsockoptInt(this.#fd, SOL_SOCKET, SO.RCVBUFFORCE, bytes) < 0) {
      check(setsockoptInt(this.#fd, SOL_SOCKET, SO.RCVBUF, bytes), 'setting the receive buffer')
    }
    return getsockoptInt(this.#fd, SOL_SOCKET, SO.RCVBUF)
  }

  /** The same for what is sent: the longest batch. */
  setSendBuffer(bytes: number): number {
    if (setsockoptInt(this.#fd, SOL_SOCKET, SO.SNDBUFFORCE, bytes) < 0) {
      check(setsockoptInt(this.#fd, SOL_SOCKET, SO.SNDBUF, bytes), 'setting the send buffer')
    }
    return getsockoptInt(this.#fd, SOL_SOCKET, SO.SNDBUF)
  }

  /** Attaches a classic BPF program, as struct sock_filter after struct sock_filter. @throws KernelError */
  attachFilter(code: Uint8Array): void {
    check(attachProgram(this.#fd, code), 'attaching a socket filter')
  }

  /** Sends a batch; the kernel has carried it out when this returns. @returns bytes sent, or minus errno */
  send(bytes: Uint8Array): number {
    let result: number
    do result = send(this.#fd, bytes, 0)
    while (result === -EINTR)
    return result
  }

  /**
   * Receives one datagram, without waiting for one.
   * @returns its whole length, also where the buffer was too short for it, or minus errno
   */
  receive(into: Uint8Array): number {
    let result: number
    do result = recv(this.#fd, into, MSG.TRUNC | MSG.DONTWAIT)
    while (result === -EINTR)
    return result
  }

  close(): void {
    if (this.#open) close(this.#fd)
    this.#open = false
  }
}
