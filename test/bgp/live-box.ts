import { Speaker, type SpeakerEvent } from '../../src/bgp/index.ts'
import { TcpTransport } from '../../src/engine/tcp-transport.ts'
import type { Bgp } from '../../src/model/config-bgp.ts'
import type { Policy } from '../../src/model/config-policy.ts'
import { systemClock } from '../../src/net/clock.ts'
import { parsePrefix } from '../../src/net/prefix.ts'
import { ALL, Interner, RecordingSink } from './harness.ts'

/** A speaker with sockets and real time, in the namespace of the test. */
export class LiveBox {
  readonly sink = new RecordingSink()
  readonly events: SpeakerEvent[] = []
  /** What the transport has logged. */
  readonly lines: string[] = []
  readonly transport = new TcpTransport({ clock: systemClock, log: line => this.lines.push(line) })
  readonly speaker: Speaker
  bgp: Bgp
  readonly #policies: readonly Policy[]

  constructor(bgp: Bgp, policies: readonly Policy[] = [ALL], restarting?: { expected: string[] }) {
    this.speaker = new Speaker({
      clock: systemClock,
      random: Math.random,
      transport: this.transport,
      sink: this.sink,
      nexthops: new Interner(),
      log: event => this.events.push(event),
      restarting,
      localNexthop: family => ({ address: family === 4 ? '10.9.1.1' : 'fd09:1::1' }),
    })
    this.bgp = bgp
    this.#policies = policies
    this.speaker.configure(bgp, policies)
  }

  /** Another configuration from now on, with the same policies. */
  configure(bgp: Bgp): void {
    this.bgp = bgp
    this.speaker.configure(bgp, this.#policies)
  }

  originate(...prefixes: string[]): void {
    for (const prefix of prefixes) {
      const { bytes, length } = parsePrefix(prefix)!
      this.speaker.originate(bytes.length === 4 ? 4 : 6, bytes, 0, length, 'static')
    }
  }

  neighbor(address: string) {
    return this.speaker.neighbors().find(row => row.address === address)
  }

  established(address: string): boolean {
    return this.neighbor(address)?.state === 'Established'
  }

  async stop(): Promise<void> {
    await this.speaker.stop()
    this.transport.close()
  }
}
