import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  Bird,
  Capture,
  ipBatch,
  ipLayers,
  KernelEvents,
  LabError,
  Namespace,
  until,
  vethLine,
} from '../../src/lab/index.ts'

let left: Namespace
let right: Namespace

beforeAll(async () => {
  ;[left, right] = await Namespace.create(['lib-left', 'lib-right'])
  await ipBatch([
    vethLine(
      { namespace: left.name, name: 'eth0', mac: '02:00:00:00:00:01' },
      { namespace: right.name, name: 'eth0', mac: '02:00:00:00:00:02' },
    ),
  ])
  await left.ip(['link set eth0 up', 'address add 10.0.0.1/24 dev eth0'])
  await right.ip(['link set eth0 up', 'address add 10.0.0.2/24 dev eth0'])
})

afterAll(() => Promise.all([left.remove(), right.remove()]))

describe('a namespace', () => {
  it('runs commands on its own links', async () => {
    const [link] = await left.ipJson(['address', 'show', 'dev', 'eth0', 'scope', 'global'])
    expect(link).toMatchObject({ address: '02:00:00:00:00:01', addr_info: [{ local: '10.0.0.1' }, {}] })
  })

  it('says where, what and why when a command fails', async () => {
    await expect(left.run(['ip', 'link', 'show', 'eth9'])).rejects.toThrow(
      'namespace lib-left: `ip link show eth9` ended with 1: Device "eth9" does not exist.',
    )
    await expect(left.ip(['link set lo up', 'link set eth9 up'])).rejects.toThrow(
      'namespace lib-left: `ip link set eth9 up`: Cannot find device "eth9"',
    )
    await expect(left.run(['no-such-command'])).rejects.toThrow(
      /namespace lib-left: `no-such-command` ended with 127/,
    )
    await expect(left.run(['sleep', '60'], { timeout: 50 })).rejects.toThrow(
      'namespace lib-left: `sleep 60` did not end within 0.05 s',
    )
  })

  it('writes sysctls by their path, also of links with a dot in their name', async () => {
    await left.ip(['link add br.7 type bridge'])
    await left.sysctl({ 'net/ipv4/conf/br.7/rp_filter': 2, 'net/ipv4/ip_forward': 1 })
    expect(await left.run(['cat', '/proc/sys/net/ipv4/conf/br.7/rp_filter'])).toBe('2\n')
    expect(await right.run(['cat', '/proc/sys/net/ipv4/ip_forward'])).toBe('0\n')
    await expect(left.sysctl({ 'net/ipv4/ip_forward': 'perhaps' })).rejects.toThrow(
      'net/ipv4/ip_forward = perhaps',
    )
  })
})

describe('a process', () => {
  it('keeps what it wrote, and can be waited for by a line', async () => {
    const child = left.start(['sh', '-c', 'echo ready; echo soon >&2; exec sleep 60'])
    expect(await child.waitForLine(/^soon$/)).toBe('soon')
    expect(await child.waitForLine(/^ready$/)).toBe('ready')
    expect(await child.stop()).toEqual({ status: undefined, signal: 'SIGTERM' })
    expect(child.running).toBe(false)
  })

  it('tells what it said when it ends before the line that is waited for', async () => {
    const child = left.start(['sh', '-c', 'echo cannot bind >&2; exit 3'], { name: 'the server' })
    await expect(child.waitForLine(/ready/)).rejects.toThrow(
      'the server ended before it wrote /ready/ (status 3); it said:\n  cannot bind',
    )
  })

  it('is killed when it does not end by itself', async () => {
    const child = left.start(['sh', '-c', 'trap "" TERM; echo ready; while :; do sleep 0.01; done'])
    await child.waitForLine(/ready/)
    expect(await child.stop('SIGTERM', 50)).toEqual({ status: undefined, signal: 'SIGKILL' })
  })
})

describe('a capture', () => {
  it('sees each packet from its start on, decoded', async () => {
    const capture = await Capture.start(right, 'eth0', { filter: 'icmp', direction: 'in' })
    await left.run(['ping', '-c', '2', '-i', '0.01', '-e', '17000', '10.0.0.2'])
    const packet = await capture.waitFor('the second echo request', ({ layers }) =>
      layers.some(layer => layer.type === 'icmp' && layer.sequence === 2),
    )
    expect(packet.layers[0]).toMatchObject({ type: 'ethernet', source: '02:00:00:00:00:01' })
    expect(ipLayers(packet.layers)[0]).toMatchObject({ source: '10.0.0.1', destination: '10.0.0.2' })
    expect(packet.layers[2]).toMatchObject({ type: 'icmp', icmpType: 8, identifier: 17000 })
    expect(await capture.stop()).toHaveLength(2)
  })

  it('says what it did not see', async () => {
    const capture = await Capture.start(right, 'eth0', { filter: 'udp port 4789' })
    await expect(capture.waitFor('VXLAN', () => true, 20)).rejects.toThrow(
      'tcpdump of eth0 in lib-right: VXLAN was not seen within 0.02 s, among 0 packets',
    )
    await capture.stop()
  })

  it('says that there is no such link', async () => {
    await expect(Capture.start(right, 'eth9')).rejects.toThrow(/eth9: No such device exists/)
  })
})

describe('events of the kernel', () => {
  it('wake who waits, long before it would look again', async () => {
    const events = new KernelEvents(left)
    // The monitor gives no sign that it listens; the first address may come too early, a later one does not.
    let octet = 1
    const timer = setInterval(() => {
      octet++
      left.ip([`address add 10.9.${octet}.1/24 dev eth0`]).catch(() => {})
    }, 100)
    const begin = performance.now()
    const links = await until(
      'an address in 10.9.0.0/16',
      async () => {
        const text = await left.run(['ip', 'address', 'show', 'dev', 'eth0'])
        return text.includes('10.9.') ? text : undefined
      },
      { interval: 20_000, wake: events.wake },
    )
    clearInterval(timer)
    await events.stop()
    expect(links).toContain('10.9.')
    expect(performance.now() - begin).toBeLessThan(10_000)
  })
})

describe('a BIRD', () => {
  it('answers once it is started, and speaks with another', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'bird-'))
    const config = (own: string, peer: string) => `log stderr all;
router id ${own};
protocol device { }
protocol static { ipv4; route 192.0.2.0/24 blackhole; }
protocol bgp peer {
  local ${own} as 65000;
  neighbor ${peer} as 65000;
  connect delay time 1;
  ipv4 { import all; export all; };
}
`
    const birds = await Promise.all([
      Bird.start({ namespace: left, config: config('10.0.0.1', '10.0.0.2'), directory }),
      Bird.start({ namespace: right, config: config('10.0.0.2', '10.0.0.1'), directory }),
    ])
    await Promise.all(birds.map(bird => bird.established('peer')))
    expect(await birds[0]!.query('show route count')).toContain('for 1 networks')
    await expect(birds[0]!.query('show nonsense')).rejects.toThrow(/BIRD: `show nonsense`: syntax error/)
    await expect(birds[0]!.established('nobody', { limit: 10 })).rejects.toThrow('there is no such protocol')
    await birds[1]!.process.stop('SIGKILL')
    await birds[1]!.restart()
    await birds[1]!.established('peer')
    await Promise.all(birds.map(bird => bird.stop()))
  })

  it('is not started with a configuration that is wrong, and the error is its own', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'bird-'))
    const starting = Bird.start({ namespace: left, config: 'router id 10.0.0.1;\nprotocol bgp {', directory })
    await expect(starting).rejects.toThrow(LabError)
    await expect(starting).rejects.toThrow(/lib-left-bird\.conf:\d+:\d+ syntax error, unexpected END/)
  })
})
