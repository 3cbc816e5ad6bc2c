import { createServer, type Server, type Socket } from 'node:net'
import type { Listener, ListenKey } from '../bgp/index.ts'
import { closeSocket, openTcpListener } from '../kernel/socket-options.ts'
import { setMd5Key } from '../kernel/tcp-md5.ts'
import { type Family, familyOf } from '../net/address.ts'
import type { Clock, Timer } from '../net/clock.ts'
import { formatPrefix } from '../net/prefix.ts'

/** While the port is taken by someone else we try again; milliseconds. */
const LISTEN_RETRY = 1000

/** More connections than this wait for nobody. */
const BACKLOG = 1024

/** Of BGP's packets: DSCP CS6, internetwork control (RFC 4271 appendix E), so that congestion spares sessions. */
export const BGP_TRAFFIC_CLASS = 0xc0

export interface TcpListenerOptions {
  readonly clock: Clock
  readonly log: (line: string) => void
  readonly port: number
  readonly onSocket: (socket: Socket) => void
}

/** A TCP port of all addresses of one family, with the keys (RFC 2385) of those who have to sign. */
export class TcpListener implements Listener {
  readonly #options: TcpListenerOptions
  readonly #family: Family
  readonly #server: Server
  /** Descriptor of the listening socket, which is the server's; undefined while there is none. */
  #fd: number | undefined
  /** The keys that the socket has, by the text of their prefix. */
  readonly #set = new Map<string, ListenKey>()
  #wanted: readonly ListenKey[] = []
  #retry: Timer | undefined
  #complained = false
  /** What was complained of last about a key. */
  #refused = ''

  constructor(family: Family, options: TcpListenerOptions) {
    this.#family = family
    this.#options = options
    this.#server = createServer({ noDelay: true, pauseOnConnect: true }, options.onSocket)
    this.#server.on('error', (error: NodeJS.ErrnoException) => this.#failed(error))
    this.#listen()
  }

  setKeys(keys: readonly ListenKey[]): void {
    this.#wanted = keys.filter(({ prefix }) => familyOf(prefix.bytes) === this.#family)
    this.#applyKeys()
  }

  close(): void {
    this.#retry?.cancel()
    this.#fd = undefined
    this.#server.close()
  }

  /** The options and keys must stand before the first SYN is answered, so the socket is made here and handed to Node. */
  #listen(): void {
    this.#set.clear()
    try {
      const fd = openTcpListener(this.#family, this.#options.port, BGP_TRAFFIC_CLASS)
      this.#fd = fd
      this.#applyKeys()
      this.#server.listen({ fd }, BACKLOG)
    } catch (error) {
      if (this.#fd !== undefined) closeSocket(this.#fd)
      this.#failed(error as NodeJS.ErrnoException)
    }
  }

  #failed(error: NodeJS.ErrnoException): void {
    this.#fd = undefined
    if (error.code === 'EAFNOSUPPORT' || error.code === 'EADDRNOTAVAIL') return
    const { clock, log, port } = this.#options
    const host = this.#family === 4 ? '0.0.0.0' : '::'
    if (!this.#complained) log(`bgp: cannot listen on ${host} port ${port}: ${error.message}; trying on`)
    this.#complained = true
    this.#retry = clock.after(LISTEN_RETRY, () => this.#listen())
  }

  #applyKeys(): void {
    const fd = this.#fd
    if (fd === undefined) return
    const wanted = new Map(this.#wanted.map(key => [formatPrefix(key.prefix), key]))
    for (const [text, key] of [...this.#set]) {
      if (!wanted.has(text)) this.#setKey(fd, text, { ...key, password: '' })
    }
    for (const [text, key] of wanted) {
      if (this.#set.get(text)?.password !== key.password) this.#setKey(fd, text, key)
    }
  }

  #setKey(fd: number, text: string, key: ListenKey): void {
    try {
      setMd5Key(fd, key.prefix, key.password)
      if (key.password === '') this.#set.delete(text)
      else this.#set.set(text, key)
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      const advice = code === 'ENOMEM' ? '; raise the sysctl net.core.optmem_max, which bounds the keys' : ''
      const line = `bgp: connections from ${text} are not held to their password: ${message}${advice}`
      if (line !== this.#refused) this.#options.log(line)
      this.#refused = line
    }
  }
}
