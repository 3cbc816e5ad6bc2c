import { decode } from './decode.ts'
import { LabError } from './errors.ts'
import type { Layer } from './layers.ts'
import type { Namespace } from './namespace.ts'
import { type PcapPacket, PcapReader } from './pcap.ts'
import type { LabProcess } from './process.ts'

/** A packet that was seen on a link, taken apart. */
export interface CapturedPacket extends PcapPacket {
  readonly layers: readonly Layer[]
}

export interface CaptureOptions {
  /** What to keep, in the words of pcap-filter(7). Default: everything. */
  readonly filter?: string
  /** Bytes kept of each packet. Default 256: all headers of a tunnelled packet. */
  readonly snapshotLength?: number
  readonly direction?: 'in' | 'out' | 'inout'
}

/** What passes a link, from the moment that `start` returns: tcpdump, read and decoded as it comes. */
export class Capture {
  readonly packets: CapturedPacket[] = []
  readonly #process: LabProcess
  readonly #listeners = new Set<(packet: CapturedPacket) => void>()

  private constructor(namespace: Namespace, device: string, options: CaptureOptions) {
    const { filter, snapshotLength = 256, direction = 'inout' } = options
    const reader = new PcapReader()
    // -Z root: tcpdump otherwise changes to a user that the machine may not have.
    const argv = ['tcpdump', '-i', device, '-n', '-U', '-w', '-', '-s', `${snapshotLength}`, '-Q', direction]
    argv.push('--immediate-mode', '-Z', 'root')
    this.#process = namespace.start(filter ? [...argv, filter] : argv, {
      name: `tcpdump of ${device} in ${namespace.name}`,
      onBytes: bytes => {
        for (const packet of reader.push(bytes)) this.#take(packet)
      },
    })
  }

  /** Starts to capture; returns once every further packet will be seen. */
  static async start(namespace: Namespace, device: string, options: CaptureOptions = {}): Promise<Capture> {
    const capture = new Capture(namespace, device, options)
    await capture.#process.waitForLine(/listening on /)
    return capture
  }

  /** Calls `listener` with each further packet, until the function that it returns is called. */
  onPacket(listener: (packet: CapturedPacket) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /**
   * The first packet, also of those already seen, that is meant.
   * @throws {LabError} after `limit` milliseconds.
   */
  waitFor(what: string, match: (packet: CapturedPacket) => boolean, limit = 5000): Promise<CapturedPacket> {
    const seen = this.packets.find(match)
    if (seen) return Promise.resolve(seen)
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        remove()
        const message = `${this.#process.name}: ${what} was not seen within ${limit / 1000} s, among ${this.packets.length} packets`
        reject(new LabError(message))
      }, limit)
      const remove = this.onPacket(packet => {
        if (!match(packet)) return
        clearTimeout(timer)
        remove()
        resolve(packet)
      })
    })
  }

  /** Ends the capture; what was seen stays in `packets`. */
  async stop(): Promise<readonly CapturedPacket[]> {
    await this.#process.stop('SIGINT')
    return this.packets
  }

  #take(packet: PcapPacket): void {
    const captured = { ...packet, layers: decode(packet.bytes, packet.linkType) }
    this.packets.push(captured)
    for (const listener of [...this.#listeners]) listener(captured)
  }
}
