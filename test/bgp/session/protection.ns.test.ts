import { execFileSync } from 'node:child_process'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Bgp, BgpNeighbor } from '../../../src/model/config-bgp.ts'
import { Bird, Node, until } from '../bird.ts'
import { LiveBox as Box } from '../live-box.ts'

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

/** BIRD with a session of each family; `passive` has it wait for us. */
function birdConfig(options: string, one = options, passive = false): string {
  const common = `hold time 90; connect delay time 1; connect retry time 1; error wait time 1, 1; ${passive ? 'passive;' : ''}`
  return `router id 10.9.1.2;
protocol device {}
protocol bgp four { local 10.9.1.2 as 64601; neighbor 10.9.1.1 as 64500; ${common} ${options} ipv4 { import all; export all; }; }
protocol bgp six { local fd09:1::2 as 64601; neighbor fd09:1::1 as 64500; ${common} ${one} ipv6 { import all; export all; }; }`
}

const FOUR = '10.9.1.2'
const SIX = 'fd09:1::2'

function bgp(settings: Partial<BgpNeighbor>, six = settings): Bgp {
  const common = { remoteAs: 64601, connectRetryTime: 1, importPolicy: 'all', exportPolicy: 'all' }
  return {
    localAs: 64500,
    routerId: '10.9.1.1',
    neighbors: [
      { address: FOUR, ...common, ...settings },
      { address: SIX, ...common, ...six },
    ],
  }
}

async function start(config: Bgp, other: string): Promise<{ bird: Bird; box: Box }> {
  bird = await new Bird(node, other).start()
  box = new Box(config)
  return { bird, box }
}

const both = (box: Box) => box.established(FOUR) && box.established(SIX)

/** A counter of TCP in the namespace of the test, from /proc/net/netstat. */
function counter(name: string): number {
  const text = execFileSync('cat', ['/proc/net/netstat'], { encoding: 'utf8' })
  const [names, values] = text
    .split('\n')
    .filter(line => line.startsWith('TcpExt:'))
    .map(line => line.split(' '))
  return Number(values![names!.indexOf(name)])
}

describe('TCP MD5 with BIRD', () => {
  it.each([
    ['that we dial', { listen: false }, true],
    ['that dials us', { passive: true }, false],
  ])('signs sessions of both families with a BIRD %s', async (_, how, passive) => {
    const { listen, ...settings } = { listen: true, ...how }
    const secret = { ...settings, password: 'pod traffic' }
    const { box } = await start(
      { ...bgp(secret), listen },
      birdConfig('password "pod traffic";', 'password "pod traffic";', passive),
    )
    await until('both sessions are up', () => both(box))
  })

  it('holds a neighbour with another password, or none, off the port', async () => {
    const { bird, box } = await start(
      bgp({ passive: true, password: 'ours' }),
      birdConfig('password "theirs";', ''),
    )
    const [failures, unsigned] = [counter('TCPMD5Failure'), counter('TCPMD5NotFound')]
    await until('wrong signatures', () => counter('TCPMD5Failure') > failures)
    await until('missing signatures', () => counter('TCPMD5NotFound') > unsigned)
    expect([box.neighbor(FOUR)!.messages.received, box.neighbor(SIX)!.messages.received]).toEqual([0, 0])
    const reason = await until('a reason', () => box.neighbor(FOUR)?.lastDown?.reason)
    expect(reason).toMatch(/We wait for 10\.9\.1\.2 to dial\. Meanwhile the kernel dropped.*MD5 signature/)
    bird.configure(birdConfig('password "ours";'))
    await until('both sessions are up', () => both(box))
  })

  it('says that the passwords differ where both sides dial, and that the neighbour has one where we have none', async () => {
    const { bird, box } = await start(bgp({ password: 'ours' }, {}), birdConfig('password "theirs";'))
    const reason = (address: string, pattern: RegExp) =>
      until(`${pattern}`, () => pattern.test(box.neighbor(address)?.lastDown?.reason ?? ''))
    await reason(FOUR, /No TCP connection.*with a wrong MD5 signature: the passwords differ/)
    await reason(SIX, /No TCP connection.*with an MD5 signature that nobody here wants/)
    bird.configure(birdConfig('password "ours";', ''))
    await until('both sessions are up', () => both(box))
  })

  it('takes a changed password without touching the port or the other session', async () => {
    const { bird, box } = await start(bgp({ password: 'first' }), birdConfig('password "first";'))
    await until('both sessions are up', () => both(box))
    const changed = bgp({ password: 'second' }, { password: 'first' })
    box.speaker.configure(changed, [])
    expect([box.established(FOUR), box.established(SIX)]).toEqual([false, true])
    bird.configure(birdConfig('password "second";', 'password "first";'))
    await until('the session is back', () => both(box))
    box.speaker.configure(bgp({}, { password: 'first' }), [])
    bird.configure(birdConfig('', 'password "first";'))
    await until('without a password', () => both(box))
    expect(box.neighbor(SIX)!.lastDown).toBeUndefined()
    expect(JSON.stringify([box.events, box.lines, box.speaker.neighbors()])).not.toMatch(/first|second/)
  })

  it('wants the password of a group from its listen ranges, and a neighbour’s own before it', async () => {
    const { box } = await start(
      {
        localAs: 64500,
        routerId: '10.9.1.1',
        neighborGroups: [
          {
            name: 'nodes',
            remoteAs: 64601,
            password: 'of the range',
            listenRanges: ['10.9.0.0/16', 'fd09::/16'],
          },
        ],
        neighbors: [{ address: SIX, remoteAs: 64601, passive: true, password: 'its own' }],
      },
      birdConfig('password "of the range";', 'password "its own";'),
    )
    await until('both sessions are up', () => both(box))
    expect(box.neighbor(FOUR)).toMatchObject({ dynamic: true, group: 'nodes' })
  })
})

describe('TTLs of sessions with BIRD', () => {
  /** What BIRD's tcpdump sees of our segments without SYN, FIN and RST: so many, with their TTL. */
  function arrivals(count: number): string {
    const filter = 'tcp and src 10.9.1.1 and tcp[tcpflags] & (tcp-syn|tcp-fin|tcp-rst) == 0'
    const capture = ['timeout', '15', 'tcpdump', '-nvl', '-c', String(count), '-i', 'eth0', filter]
    return execFileSync('ip', ['netns', 'exec', node.name, ...capture], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
  }

  it.each([
    [1, {}],
    [64, { multihop: true }],
  ])('sends with TTL %i, and DSCP CS6, on a connection that the neighbour opened', async (ttl, settings) => {
    const { box } = await start(bgp({ ...settings, passive: true, holdTime: 3 }), birdConfig('multihop 3;'))
    await until('both sessions are up', () => both(box))
    expect(new Set(arrivals(4).match(/tos \w+, ttl \d+/g))).toEqual(new Set([`tos 0xc0, ttl ${ttl}`]))
  })

  it.each([true, false])('speaks with a BIRD that has TTL security, dialling: %s', async dials => {
    const { box } = await start(
      bgp({ ttlSecurity: 1, passive: !dials }),
      birdConfig('ttl security on;', 'ttl security on;', dials),
    )
    await until('both sessions are up', () => both(box))
  })

  it('takes nothing that comes from farther away, and says from how far', async () => {
    const { bird, box } = await start(bgp({ ttlSecurity: 2, passive: true }), birdConfig('multihop 64;'))
    const reason = await until('a reason', () => box.neighbor(FOUR)?.lastDown?.reason)
    expect(reason).toMatch(/came with TTL 64, and ttlSecurity: 2 takes at least 254/)
    await until('a reason', () => box.neighbor(SIX)?.lastDown?.reason)
    expect([box.neighbor(FOUR)!.messages.sent, box.neighbor(SIX)!.messages.sent]).toEqual([0, 0])
    bird.configure(birdConfig('ttl security on;'))
    await until('both sessions are up', () => both(box))
  })

  it('drops what comes with too low a TTL where it dialled itself', async () => {
    const before = counter('TCPMinTTLDrop')
    const { box } = await start({ ...bgp({ ttlSecurity: 1 }), listen: false }, birdConfig('', '', true))
    await until('the kernel counts', () => counter('TCPMinTTLDrop') > before)
    expect(both(box)).toBe(false)
  })
})

describe('roles with BIRD (RFC 9234)', () => {
  it('hold where they are a pair, and are refused where not', async () => {
    const { bird, box } = await start(
      bgp({ role: 'provider', roleStrict: true }),
      birdConfig('local role customer;', 'local role peer;'),
    )
    await until('the pair is up', () => box.established(FOUR))
    expect(box.neighbor(FOUR)!.capabilities).toContain('role')
    const reason = await until('a reason', () => box.neighbor(SIX)?.lastDown?.reason)
    expect(reason).toMatch(/[Rr]ole/)
    bird.configure(birdConfig('local role customer;'))
    await until('both sessions are up', () => both(box))
  })
})

describe('two BIRDs of one node', () => {
  it('have a session each from one address', async () => {
    const daemon = (routerId: string, port: number, prefix: string) => `router id ${routerId};
protocol device {}
protocol static { ipv4; route ${prefix} blackhole; }
protocol bgp box { local 10.9.1.2 port ${port} as 64601; neighbor 10.9.1.1 as 64500; hold time 90;
  connect delay time 1; connect retry time 1; error wait time 1, 2; ipv4 { import all; export all; }; }`
    bird = await new Bird(node, daemon('10.9.1.2', 179, '10.244.1.0/26')).start()
    const other = await new Bird(node, daemon('10.9.1.3', 1179, '10.244.2.0/26')).start()
    try {
      box = new Box({
        localAs: 64500,
        routerId: '10.9.1.1',
        neighborGroups: [
          {
            name: 'nodes',
            remoteAs: 64601,
            listenRanges: ['10.9.0.0/16'],
            importPolicy: 'all',
            exportPolicy: 'all',
          },
        ],
      })
      await until('both blocks', () => box!.sink.routes.size === 2)
      const rows = box.speaker.neighbors().map(row => [row.address.split('#')[0], row.routerId, row.state])
      expect(rows.sort()).toEqual([
        [FOUR, '10.9.1.2', 'Established'],
        [FOUR, '10.9.1.3', 'Established'],
      ])
    } finally {
      await other.remove()
    }
  })
})
