import type { BgpTransport, Connection } from '../../src/bgp/transport.ts'
import {
  buildKeepalive,
  buildNotification,
  buildOpen,
  type Capabilities,
  Framer,
  MESSAGE_NAMES,
  MessageType,
  type Notification,
  type Open,
  parseNotification,
  parseOpen,
} from '../../src/bgp/wire/index.ts'

/** A message that arrived, by name, with what it says. */
export interface Heard {
  readonly name: string
  readonly bytes: Uint8Array
  readonly open?: Open
  readonly notification?: Notification
}

/** One connection of a neighbour that says exactly what a test makes it say. */
export class Remote {
  readonly connection: Connection
  readonly heard: Heard[] = []
  closed = false
  readonly #framer = new Framer(65_535)

  constructor(connection: Connection) {
    this.connection = connection
    connection.handler = {
      onOpen() {},
      onData: bytes => this.#data(bytes),
      onDrain() {},
      onClose: () => {
        this.closed = true
      },
    }
  }

  static dial(transport: BgpTransport, address: string): Remote {
    return new Remote(transport.connect({ address, port: 179, ttl: 1 }))
  }

  get names(): string[] {
    return this.heard.map(({ name }) => name)
  }

  get notification(): Notification | undefined {
    return this.heard.find(message => message.notification)?.notification
  }

  open(fields: Partial<Open> & { as: number }, capabilities: Partial<Capabilities> = {}): this {
    return this.send(
      buildOpen({
        holdTime: 90,
        routerId: 0x0a000002,
        ...fields,
        capabilities: {
          families: [{ afi: 1, safi: 1 }],
          as4: fields.as,
          routeRefresh: true,
          ...capabilities,
        },
      }),
    )
  }

  keepalive(): this {
    return this.send(buildKeepalive())
  }

  notify(code: number, subcode: number, data: Uint8Array = new Uint8Array(0)): this {
    return this.send(buildNotification({ code, subcode, data }))
  }

  send(bytes: Uint8Array): this {
    this.connection.write(bytes)
    return this
  }

  #data(bytes: Uint8Array): void {
    const framer = this.#framer
    framer.push(bytes)
    while (framer.next()) {
      const { buffer, start, end, type } = framer
      const parsed = type === MessageType.OPEN ? parseOpen(buffer, start, end) : undefined
      this.heard.push({
        name: MESSAGE_NAMES[type]!,
        bytes: buffer.slice(start, end),
        ...(parsed && 'open' in parsed && { open: parsed.open }),
        ...(type === MessageType.NOTIFICATION && { notification: parseNotification(buffer, start, end) }),
      })
    }
  }
}
