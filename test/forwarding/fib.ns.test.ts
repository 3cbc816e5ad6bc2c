import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Fib } from '../../src/forwarding/index.ts'
import { type Kernel, openKernel } from '../../src/kernel/index.ts'
import { systemClock } from '../../src/net/clock.ts'
import { parsePrefix } from '../../src/net/prefix.ts'
import type { ResolvedHop, ResolvedNexthops } from '../../src/routing/index.ts'
import { cleanUp, IpMonitor, sh, until } from './witness.ts'

let kernel: Kernel
let fibs: Fib[]
let nextSet = 1

beforeEach(async () => {
  sh(`sysctl -qw net.ipv4.ip_forward=1 net.ipv4.nexthop_compat_mode=0
      for n in 0 1; do
        ip link add eth$n type veth peer name far$n; ip link set far$n up; ip link set eth$n up
        ip addr add 10.0.$n.1/24 dev eth$n; ip -6 addr add 2001:db8:$n::1/64 dev eth$n nodad
      done`)
  kernel = await openKernel()
  fibs = []
})

afterEach(async () => {
  for (const fib of fibs) await fib.close()
  await kernel.close()
  cleanUp()
})

async function startedFib(): Promise<Fib> {
  const fib = new Fib({ kernel, clock: systemClock, log: () => {} })
  fibs.push(fib)
  await fib.start()
  return fib
}

function via(...hops: Partial<ResolvedHop>[]): ResolvedNexthops {
  const whole = hops.map(hop => ({ link: 'eth0', onlink: false, weight: 1, ...hop }))
  return { id: nextSet++, blackhole: false, hops: whole }
}

const A: Partial<ResolvedHop> = { gateway: '10.0.0.2', link: 'eth0' }
const B: Partial<ResolvedHop> = { gateway: '10.0.1.2', link: 'eth1' }
const A6: Partial<ResolvedHop> = { gateway: '2001:db8::2', link: 'eth0' }
const drop = (): ResolvedNexthops => ({ id: nextSet++, blackhole: true, hops: [] })

function set(fib: Fib, text: string, nexthops: ResolvedNexthops) {
  const { bytes, length } = parsePrefix(text)!
  fib.set(bytes.length === 4 ? 4 : 6, bytes, 0, length, nexthops)
}

/** `count` prefixes of 24 bits below 10.64.0.0/10. */
function setMany(fib: Fib, count: number, nexthops: ResolvedNexthops) {
  const bytes = new Uint8Array(3)
  for (let i = 0; i < count; i++) {
    bytes.set([10, 64 + (i >> 8), i & 255])
    fib.set(4, bytes, 0, 24, nexthops)
  }
}

const ours = (family = '-4') => Number(sh(`ip ${family} route show proto 201 | wc -l`))
const way = (address: string) =>
  sh(`ip route get ${address} | head -1`)
    .replace(/ (src|uid|metric|cache).*/s, '')
    .trim()
const carrier = (name: string, up: boolean) => sh(`ip link set ${name} ${up ? 'up' : 'down'}`)

describe('routes in the kernel', () => {
  it('forward as they were set, IPv4 and IPv6', async () => {
    const fib = await startedFib()
    set(fib, '10.1.0.0/16', via(A))
    set(fib, '10.2.0.0/16', via({ ...A, weight: 3 }, B))
    set(fib, '10.3.0.0/16', drop())
    set(fib, '10.4.0.0/16', via({ link: 'eth1' }))
    set(fib, '10.5.0.0/16', via({ gateway: '192.0.2.1', link: 'eth1', onlink: true }))
    set(fib, '10.6.0.0/16', via({ gateway: '2001:db8::2' }))
    set(fib, '2001:db8:aaaa::/48', via({ gateway: '2001:db8::2' }))
    set(fib, '2001:db8:bbbb::/48', drop())
    await fib.flushed()
    expect(fib.status()).toEqual({ installed: 8, pending: 0, unresolved: 0, stale: 0, failures: [] })
    expect(way('10.1.0.1')).toBe('10.1.0.1 via 10.0.0.2 dev eth0')
    expect(sh('ip nexthop show | grep group')).toMatch(/group \d+,3\/\d+ proto 201/)
    expect(sh('ip route show 10.3.0.0/16')).toMatch(/^blackhole 10\.3\.0\.0\/16 nhid \d+ proto 201 metric 20/)
    expect(way('10.4.0.1')).toBe('10.4.0.1 dev eth1')
    expect(way('10.5.0.1')).toBe('10.5.0.1 via 192.0.2.1 dev eth1')
    expect(way('10.6.0.1')).toBe('10.6.0.1 via inet6 2001:db8::2 dev eth0')
    expect(way('2001:db8:aaaa::1')).toContain('via 2001:db8::2 dev eth0')
    expect(sh('ip -6 route show 2001:db8:bbbb::/48')).toContain('blackhole')
  })

  it('of IPv4 lead over links that have IPv6 link-local addresses alone (RFC 8950), and packets get there and back', async () => {
    sh(`ip netns add node; ip link add eth9 type veth peer name eth0 netns node; ip link set eth9 up
        ip -n node link set eth0 up; ip -n node link set lo up; ip -n node addr add 10.8.0.1/32 dev lo
        ip addr add 10.8.255.1/32 dev eth9; ip -n node -6 addr add fe80::9/64 dev eth0 nodad
        ip -6 addr add fe80::1/64 dev eth9 nodad; ip -n node route add 10.8.255.1 via inet6 fe80::1 dev eth0`)
    try {
      const fib = await startedFib()
      set(fib, '10.8.0.0/24', via({ gateway: 'fe80::9', link: 'eth9' }))
      set(fib, '10.9.0.0/24', via({ gateway: 'fe80::9', link: 'eth9' }, A))
      await fib.flushed()
      expect(fib.status()).toMatchObject({ installed: 2, failures: [] })
      expect(way('10.8.0.1')).toBe('10.8.0.1 via inet6 fe80::9 dev eth9')
      expect(sh('ip -6 nexthop show proto 201')).toMatch(/via fe80::9 dev eth9/)
      expect(sh('ping -c 2 -i 0.1 -W 2 10.8.0.1')).toContain(' 0% packet loss')
    } finally {
      sh('ip link delete eth9; ip netns delete node')
    }
  })

  it('go when they are deleted, and their objects after them; routes of others stay', async () => {
    sh(`ip route add 10.1.0.0/16 via 10.0.0.3
        ip route add 10.1.0.0/16 via 10.0.0.4 metric 30 proto 201
        ip nexthop add id 77 via 10.0.0.3 dev eth0; ip route add 10.7.0.0/16 nhid 77`)
    const fib = await startedFib()
    set(fib, '10.1.0.0/16', via(A, B))
    await fib.flushed()
    fib.delete(4, Uint8Array.of(10, 1), 0, 16)
    fib.sweep()
    await fib.flushed()
    expect(sh('ip route show 10.1.0.0/16')).toMatch(
      /via 10\.0\.0\.3 dev eth0 \n.*via 10\.0\.0\.4 .*metric 30/,
    )
    await until('the objects are gone', () => sh('ip nexthop show proto 201') === '')
    expect(sh('ip nexthop show id 77; ip route show 10.7.0.0/16')).toMatch(
      /id 77 via.*\n10\.7\.0\.0\/16 nhid 77/,
    )
  })

  it('of a link whose carrier goes leave the group; all come back with it, by one message', async () => {
    const fib = await startedFib()
    setMany(fib, 1000, via(A, B))
    await fib.flushed()
    const monitor = await IpMonitor.start('route nexthop')
    carrier('far1', false)
    await until('the group is of one', () => /group \d+ proto/.test(sh('ip nexthop show')))
    expect(ours()).toBe(1000)
    carrier('far1', true)
    await until('the group is of two', () => /group \d+\/\d+ proto/.test(sh('ip nexthop show')))
    const lines = await monitor.stop()
    expect(lines.filter(line => line.includes('proto 201') && line.startsWith('10.'))).toEqual([])
    expect(ours()).toBe(1000)
  })

  it('of a link that is set down come back with it, though the kernel dropped them without a word', async () => {
    const fib = await startedFib()
    setMany(fib, 1000, via(A))
    set(fib, '2001:db8:aaaa::/48', via({ gateway: 'fe80::2' }))
    await fib.flushed()
    carrier('eth0', false)
    await until('the status says so', () => fib.status().unresolved === 1001)
    expect([ours(), ours('-6')]).toEqual([0, 0])
    carrier('eth0', true)
    const took = await until(
      'all are back',
      () => fib.status().unresolved === 0 && ours() === 1000 && ours('-6') === 1,
    )
    expect(took).toBeLessThan(1_000)
  })

  it('that move to another link while theirs goes down are there, though nobody has heard yet that the kernel dropped them', async () => {
    const fib = await startedFib()
    setMany(fib, 1000, via(A, { ...A, gateway: '10.0.0.3' }))
    await fib.flushed()
    // Nothing that the kernel tells is heard before the routes have been told to move.
    carrier('eth0', false)
    setMany(fib, 1000, via(B, { ...B, gateway: '10.0.1.3' }))
    await until('all are there', () => ours() === 1000 && fib.status().pending === 0)
    expect(way('10.64.7.1')).toMatch(/via 10\.0\.1\.[23] dev eth1$/)
  })

  it('move with one message when the RIB takes a hop away from all of them', async () => {
    const fib = await startedFib()
    const [ab, a] = [via(A, B), via(A)]
    setMany(fib, 1000, ab)
    await fib.flushed()
    const monitor = await IpMonitor.start('route nexthop')
    setMany(fib, 1000, a)
    await fib.flushed()
    expect(way('10.64.9.1')).toBe('10.64.9.1 via 10.0.0.2 dev eth0')
    expect((await monitor.stop()).length).toBe(1)
  })

  it('wait for a gateway that the kernel does not take yet', async () => {
    const fib = await startedFib()
    set(fib, '10.1.0.0/16', via({ gateway: '10.9.0.2' }))
    await fib.flushed()
    expect(fib.status()).toMatchObject({
      unresolved: 1,
      failures: [
        {
          object: expect.stringMatching(/^nexthop via 10\.9\.0\.2 on eth0/),
          error: expect.stringMatching(/\(E[A-Z]+\)$/),
        },
      ],
    })
    sh('ip addr add 10.9.0.1/24 dev eth0')
    const took = await until('it is there', () => way('10.1.0.1') === '10.1.0.1 via 10.9.0.2 dev eth0')
    expect(took).toBeLessThan(1_000)
    expect(fib.status()).toMatchObject({ unresolved: 0, failures: [] })
  })
})

describe('a restart', () => {
  it('takes over 1,000 routes that are asked for again without one message', async () => {
    const before = await startedFib()
    setMany(before, 1000, via(A, B))
    set(before, '10.1.0.0/16', via(A))
    set(before, '10.2.0.0/16', drop())
    set(before, '2001:db8:aaaa::/48', via(A6))
    await before.flushed()
    await before.close()
    const monitor = await IpMonitor.start('route nexthop')
    const fib = await startedFib()
    expect(fib.status()).toMatchObject({ installed: 1003, stale: 1003 })
    setMany(fib, 1000, via(A, B))
    set(fib, '10.1.0.0/16', via(A))
    set(fib, '10.2.0.0/16', drop())
    set(fib, '2001:db8:aaaa::/48', via(A6))
    await fib.flushed()
    fib.sweep()
    await fib.flushed()
    expect(fib.status()).toEqual({ installed: 1003, pending: 0, unresolved: 0, stale: 0, failures: [] })
    expect(await monitor.stop()).toEqual([])
    expect(ours()).toBe(1002)
  })

  it('keeps what nobody asks for until the sweep', async () => {
    const before = await startedFib()
    setMany(before, 100, via(A))
    await before.flushed()
    await before.close()
    const fib = await startedFib()
    setMany(fib, 10, via(A))
    await fib.flushed()
    expect(ours()).toBe(100)
    fib.sweep()
    await fib.flushed()
    expect(ours()).toBe(10)
  })
})

describe('drift of routes', () => {
  it.each<[string, string, () => boolean]>([
    ['a deleted route', 'ip route del 10.64.7.0/24 proto 201', () => ours() === 1000],
    ['a deleted IPv6 route', 'ip -6 route del 2001:db8:aaaa::/48 proto 201', () => ours('-6') === 1],
    [
      'a route replaced by another',
      'ip route replace 10.64.7.0/24 via 10.0.0.77 metric 20',
      () => ours() === 1000 && !sh('ip route show 10.64.7.0/24').includes('10.0.0.77'),
    ],
    [
      'a route that points at an object of others',
      'ip nexthop add id 77 via 10.0.0.77 dev eth0; ip route replace 10.64.7.0/24 nhid 77 metric 20 proto 201',
      () => sh('ip route show 10.64.7.0/24').includes('nhid 201'),
    ],
    ['all routes', 'ip route flush proto 201', () => ours() === 1000],
    ['all nexthop objects', 'ip nexthop flush', () => ours() === 1000 && ours('-6') === 1],
    [
      'the gateway of an object',
      'ip nexthop replace id $(ip nexthop show | grep "via 10.0.1.2" | cut -d" " -f2) via 10.0.1.77 dev eth1 proto 201',
      () => sh('ip nexthop show').includes('via 10.0.1.2 '),
    ],
    [
      'the members of a group',
      'set -- $(ip nexthop show | sed -n "s/id \\(.*\\) group \\([0-9]*\\)\\/.*/\\1 \\2/p"); ip nexthop replace id $1 group $2 proto 201',
      () => /group \d+\/\d+ proto 201/.test(sh('ip nexthop show')),
    ],
  ])('%s is put right within a second', async (what, culprit, restored) => {
    const fib = await startedFib()
    setMany(fib, 1000, via(A, B))
    set(fib, '2001:db8:aaaa::/48', via(A6))
    await fib.flushed()
    sh(culprit)
    expect(await until(what, restored)).toBeLessThan(1_000)
    await until('all is told well', () => fib.status().pending === 0)
    expect(fib.status()).toMatchObject({ installed: 1001, failures: [] })
  })

  it('by a program that goes on and on is reported, and ends when the program does', async () => {
    const fib = await startedFib()
    set(fib, '10.1.0.0/16', via(A))
    await fib.flushed()
    await until('the fight is reported', () => {
      sh('ip route del 10.1.0.0/16 proto 201 2>/dev/null || true')
      return fib.status().failures.length > 0
    })
    expect(fib.status().failures).toEqual([
      { object: 'route 10.1.0.0/16', error: expect.stringContaining('another program keeps deleting it') },
    ])
    await until('it is back', () => ours() === 1)
  })
})
