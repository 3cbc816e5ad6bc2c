import { dumpMessage, MESSAGE_NAMES, MessageType, type Open, parseOpen } from '../../src/bgp/wire/index.ts'
import {
  Capture,
  type CapturedPacket,
  LabError,
  layersOf,
  type Namespace,
  until,
} from '../../src/lab/index.ts'
import { parsePrefix } from '../../src/net/prefix.ts'

/** A BGP message that passed the link, with its header. */
export interface WireMessage {
  readonly from: string
  readonly to: string
  readonly type: number
  readonly bytes: Uint8Array
  /** TTL or hop limit that it arrived with. */
  readonly ttl: number
}

interface Flow {
  next: number
  bytes: Buffer
}

const HEADER = 19
const SYN = 0x02
const TCP_OPTION_MD5 = 19

/** Whether an UPDATE names a prefix in one of its fields, with or without a path identifier before it (RFC 4271 §4.3). */
export function carries(message: WireMessage, prefix: string): boolean {
  const { bytes, length } = parsePrefix(prefix)!
  const nlri = Buffer.from([length, ...bytes.subarray(0, Math.ceil(length / 8))])
  return message.type === MessageType.UPDATE && Buffer.from(message.bytes).includes(nlri)
}

/** What passes port 179 of a link, as packets and as the BGP messages in them. */
export class Wire {
  readonly messages: WireMessage[] = []
  /** Opening packets of connections: from, to, and whether they are signed (RFC 2385). */
  readonly opened: { readonly from: string; readonly to: string; readonly signed: boolean }[] = []
  readonly #capture: Capture
  readonly #flows = new Map<string, Flow>()

  private constructor(capture: Capture) {
    this.#capture = capture
    capture.onPacket(packet => this.#take(packet))
  }

  static async start(namespace: Namespace, device: string): Promise<Wire> {
    const options = { filter: 'tcp port 179', snapshotLength: 262_144 }
    return new Wire(await Capture.start(namespace, device, options))
  }

  /** Forgets everything: a new case begins. */
  clear(): void {
    this.messages.length = 0
    this.opened.length = 0
    this.#capture.packets.length = 0
  }

  /** Waits for a message, also one that was seen already. */
  async message(
    what: string,
    match: (message: WireMessage) => boolean,
    limit = 10_000,
  ): Promise<WireMessage> {
    return await until(
      what,
      () => {
        const found = this.messages.find(match)
        if (found) return found
        throw new LabError(`seen: ${this.summary()}`)
      },
      { limit, wake: listener => this.#capture.onPacket(listener), interval: 200 },
    )
  }

  /** The last OPEN of a sender, decoded. */
  open(from: string): Open | undefined {
    const last = this.messages.findLast(one => one.from === from && one.type === MessageType.OPEN)
    return last && openOf(last.bytes)
  }

  /** How many messages of each type passed, for errors. */
  summary(): string {
    const counts = new Map<string, number>()
    for (const { from, type } of this.messages) {
      const key = `${MESSAGE_NAMES[type] ?? type} from ${from}`
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
    return [...counts].map(([key, count]) => `${count} ${key}`).join(', ') || 'nothing'
  }

  /** Every message in words, for who has to find out why. */
  dump(): string[] {
    return this.messages
      .filter(({ type }) => type !== MessageType.KEEPALIVE)
      .slice(-12)
      .map(({ from, type, bytes }) => {
        const open = type === MessageType.OPEN ? ` ${JSON.stringify(openOf(bytes)?.capabilities)}` : ''
        return `  wire: ${from}: ${dumpMessage(bytes).replaceAll('\n', ';')}${open}`
      })
  }

  async stop(): Promise<void> {
    await this.#capture.stop()
  }

  #take(packet: CapturedPacket): void {
    const [ip] = [...layersOf(packet.layers, 'ipv4'), ...layersOf(packet.layers, 'ipv6')]
    const [tcp] = layersOf(packet.layers, 'tcp')
    if (!ip || !tcp) return
    const { source: from, destination: to } = ip
    const key = `${from} ${tcp.sourcePort} ${to} ${tcp.destinationPort}`
    if (tcp.flags & SYN) {
      this.#flows.set(key, { next: (tcp.sequence + 1) >>> 0, bytes: Buffer.alloc(0) })
      this.opened.push({ from, to, signed: hasOption(packet.bytes, tcp, TCP_OPTION_MD5) })
      return
    }
    const [payload] = layersOf(packet.layers, 'payload')
    const flow = this.#flows.get(key)
    if (!payload || !flow) return
    // What was seen before is sent again; a hole cannot be: the link is a veth pair.
    const again = (flow.next - tcp.sequence) | 0
    if (again < 0 || again >= payload.bytes.length) return
    flow.bytes = Buffer.concat([flow.bytes, payload.bytes.subarray(again)])
    flow.next = (flow.next + payload.bytes.length - again) >>> 0
    const ttl = ip.type === 'ipv4' ? ip.ttl : ip.hopLimit
    while (flow.bytes.length >= HEADER) {
      const length = flow.bytes.readUInt16BE(16)
      if (length < HEADER || flow.bytes.length < length) return
      this.messages.push({ from, to, ttl, type: flow.bytes[18]!, bytes: flow.bytes.subarray(0, length) })
      flow.bytes = flow.bytes.subarray(length)
    }
  }
}

/** Whether a TCP header carries an option. It is found by its ports and its sequence number. */
function hasOption(
  packet: Uint8Array,
  tcp: { readonly sourcePort: number; readonly destinationPort: number; readonly sequence: number },
  kind: number,
): boolean {
  const bytes = Buffer.from(packet.buffer, packet.byteOffset, packet.byteLength)
  const head = Buffer.alloc(8)
  head.writeUInt16BE(tcp.sourcePort, 0)
  head.writeUInt16BE(tcp.destinationPort, 2)
  head.writeUInt32BE(tcp.sequence, 4)
  const start = bytes.indexOf(head)
  const end = start + (bytes[start + 12]! >> 4) * 4
  for (let at = start + 20; at < end; ) {
    const option = bytes[at]!
    if (option === kind) return true
    if (option === 0) return false
    at += option === 1 ? 1 : Math.max(2, bytes[at + 1]!)
  }
  return false
}

function openOf(bytes: Uint8Array): Open | undefined {
  const parsed = parseOpen(bytes, 0, bytes.length)
  return 'open' in parsed ? parsed.open : undefined
}
