import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Speaker, type SpeakerEvent } from '../../src/bgp/index.ts'
import { TcpTransport } from '../../src/engine/tcp-transport.ts'
import type { Bgp, Policy } from '../../src/model/config.ts'
import { systemClock } from '../../src/net/clock.ts'
import { parsePrefix } from '../../src/net/prefix.ts'
import { Bird, Node, until } from './bird.ts'
import { ALL, Interner, RecordingSink } from './harness.ts'


/** A BIRD that announces routes of its own, and what differs: the protocols. */
function birdConfig(protocols: string): string {
  return `router id 10.9.1.2;
log stderr { fatal, bug };
protocol device {}
protocol static pods4 { ipv4; route 10.244.1.0/26 blackhole; route 10.244.1.64/26 blackhole; }
protocol static pods6 { ipv6; route fd00:244:1::/122 blackhole; }
${protocols}`
}

const CALICO = `
  hold time 240;
  connect delay time 2; connect retry time 5; error wait time 1, 2;
  multihop; graceful restart;`

class Box {
  readonly sink = new RecordingSink()
  readonly events: SpeakerEvent[] = []
  readonly transport = new TcpTransport({ clock: systemClock, log: () => {} })
  readonly speaker: Speaker

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
    this.speaker.configure(bgp, policies)
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

const IBGP: Bgp = {
  localAs: 64512,
  routerId: '10.9.1.1',
  neighbors: [
    { address: '10.9.1.2', remoteAs: 64512, exportPolicy: 'all', connectRetryTime: 1 },
    { address: 'fd09:1::2', remoteAs: 64512, exportPolicy: 'all', connectRetryTime: 1 },
  ],
}

const IBGP_BIRD = `
protocol bgp four {
  local 10.9.1.2 as 64512; neighbor 10.9.1.1 as 64512; ${CALICO}
  ipv4 { import all; export all; add paths on; next hop self; };
}
protocol bgp six {
  local fd09:1::2 as 64512; neighbor fd09:1::1 as 64512; ${CALICO}
  ipv6 { import all; export all; add paths on; next hop self; };
}`

describe('with BIRD 2', () => {
  let node: Node
  let bird: Bird | undefined
  let box: Box | undefined

  beforeAll(() => {
    node = new Node(1)
  })

  afterAll(() => node.remove())

  afterEach(async () => {
    await box?.stop()
    await bird?.remove()
    box = undefined
    bird = undefined
  })

  async function start(bgp: Bgp, protocols: string, policies?: readonly Policy[]) {
    bird = await new Bird(node, birdConfig(protocols)).start()
    box = new Box(bgp, policies)
    return { bird, box }
  }

  describe('as Calico configures it (iBGP, ADD-PATH, a session for each family)', () => {
    beforeEach(async () => {
      const { box } = await start(IBGP, IBGP_BIRD)
      box.originate('172.16.0.0/24', '172.16.1.0/24', 'fd16::/64')
      await until('both sessions are up', () => box.established('10.9.1.2') && box.established('fd09:1::2'))
    })

    it('learns the blocks of the node, v4 and v6, with the node as next hop', async () => {
      await until('three prefixes', () => box!.sink.routes.size === 3)
      expect(Object.fromEntries(box!.sink.routes)).toEqual({
        '10.244.1.0/26': ['10.9.1.2'],
        '10.244.1.64/26': ['10.9.1.2'],
        'fd00:244:1::/122': ['fd09:1::2'],
      })
      expect(box!.sink.types.get('10.244.1.0/26')).toBe('iBGP')
      const [four] = box!.neighbor('10.9.1.2')!.families
      expect(four).toMatchObject({ received: 2, accepted: 2, addPathSend: true, addPathReceive: true, advertised: 2 })
      expect(box!.neighbor('10.9.1.2')).toMatchObject({ holdTime: 90, routerId: '10.9.1.2' })
    })

    it('shows BIRD its own routes with itself as next hop', async () => {
      await until('BIRD has our routes', () => bird!.ask('show route protocol four').includes('172.16.1.0/24'))
      const four = bird!.ask('show route protocol four all')
      expect(four).toMatch(/172\.16\.0\.0\/24/)
      expect(four).toMatch(/BGP\.next_hop: 10\.9\.1\.1\n/)
      expect(four).toMatch(/BGP\.local_pref: 100\n/)
      expect(four).toMatch(/BGP\.origin: IGP\n/)
      await until('and v6', () => bird!.ask('show route protocol six').includes('fd16::/64'))
      expect(bird!.ask('show route protocol six all')).toMatch(/BGP\.next_hop: fd09:1::1/)
    })
  })
})

