import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ENGINE_NODE_OPTIONS } from '../../src/engine/node-options.ts'
import { Bird } from '../../src/lab/bird.ts'
import { vethLine } from '../../src/lab/ip.ts'
import { Namespace } from '../../src/lab/namespace.ts'
import type { LabProcess } from '../../src/lab/process.ts'
import { until } from '../../src/lab/wait.ts'
import { EngineClient } from '../../src/manager/index.ts'
import type { Config } from '../../src/model/config.ts'
import type { RouteState } from '../../src/model/state.ts'
import { systemClock } from '../../src/net/clock.ts'

const ENGINE = fileURLToPath(new URL('../../src/main/engine.ts', import.meta.url))

/** A box with an uplink, and two neighbours that both announce 10.7.0.0/16, one of them 10.8.0.0/16 too. */
const CONFIG = {
  system: { hostName: 'box' },
  interfaces: [
    { type: 'ethernet', name: 'up0', addresses: ['172.16.0.1/24'] },
    { type: 'ethernet', name: 'eth1', addresses: ['192.168.50.1/24', 'fd00:50::1/64'] },
    { type: 'ethernet', name: 'eth2', addresses: ['192.168.51.1/24'] },
  ],
  routes: [{ prefix: '10.9.0.0/16', nexthops: [{ via: '192.168.50.11' }] }],
  policies: [
    { name: 'pods', rules: [{ match: { prefixes: [{ prefix: '10.0.0.0/8', le: 32 }] }, action: 'accept' }] },
    {
      name: 'out',
      rules: [
        { match: { sources: ['connected'], prefixes: [{ prefix: '172.16.0.0/24' }] }, action: 'accept' },
      ],
    },
  ],
  bgp: {
    localAs: 65000,
    routerId: '192.168.50.1',
    neighborGroups: [
      {
        name: 'nodes',
        remoteAs: 65001,
        listenRanges: ['192.168.50.0/24', '192.168.51.0/24'],
        importPolicy: 'pods',
        exportPolicy: 'out',
      },
    ],
  },
} satisfies Config

let [box, left, right, up] = [] as unknown as Namespace[]
let engine: LabProcess
let client: EngineClient
let directory: string
const birds: Bird[] = []

const birdConfig = (address: string, box: string, prefixes: readonly string[]) => `
router id ${address};
protocol device { }
protocol kernel { ipv4 { import none; export where source = RTS_BGP; }; }
protocol static { ipv4; ${prefixes.map(prefix => `route ${prefix} blackhole;`).join(' ')} }
protocol bgp box {
  local ${address} as 65001; neighbor ${box} as 65000; graceful restart on; connect delay time 1; connect retry time 1;
  error wait time 1, 1;
  ipv4 { import all; export where source = RTS_STATIC; };
}`

function startEngine(): void {
  const socket = join(directory, 'engine.sock')
  engine = box.start([
    process.execPath,
    ...ENGINE_NODE_OPTIONS,
    ENGINE,
    '--state-dir',
    directory,
    '--config',
    join(directory, 'box.json'),
    '--socket',
    socket,
  ])
  client = new EngineClient({ path: socket, clock: systemClock, log: () => {} })
}

const running = () => engine.waitForLine(/engine .* runs/)
const kernelRoutes = (protocol = '201') => box.ipJson(['-4', 'route', 'show', 'proto', protocol])
const kernelPrefixes = async () => (await kernelRoutes()).map(route => route.dst)

async function routes(prefix: string): Promise<readonly RouteState[]> {
  return (await client.call('getRoutes', { prefix })).routes
}

/** Waits until the prefix that both neighbours announce goes both ways. */
function bothWays(): Promise<unknown> {
  return until(
    'two ways to 10.7.0.0/16',
    async () => (await routes('10.7.0.0/16'))[0]?.kernel?.nexthops.length === 2 || undefined,
  )
}

/** Waits until the kernel has exactly these prefixes of ours. */
function prefixes(...wanted: string[]): Promise<unknown> {
  return until(`routes ${wanted.join(' ')}`, async () => {
    const have = (await kernelPrefixes()).sort()
    return JSON.stringify(have) === JSON.stringify([...wanted].sort())
      ? true
      : Promise.reject(new Error(`has ${have.join(' ')}`))
  })
}

beforeEach(async () => {
  ;[box, left, right, up] = await Namespace.create(['box', 'left', 'right', 'up'])
  await box.ip([
    vethLine({ namespace: 'box', name: 'up0' }, { namespace: 'up', name: 'eth0' }),
    vethLine({ namespace: 'box', name: 'eth1' }, { namespace: 'left', name: 'eth0' }),
    vethLine({ namespace: 'box', name: 'eth2' }, { namespace: 'right', name: 'eth0' }),
  ])
  await up.ip(['address add 172.16.0.10/24 dev eth0', 'link set eth0 up', 'route add default via 172.16.0.1'])
  await left.ip([
    'address add 192.168.50.11/24 dev eth0',
    'link set eth0 up',
    'address add 10.7.0.1/32 dev lo',
  ])
  await right.ip([
    'address add 192.168.51.12/24 dev eth0',
    'link set eth0 up',
    'address add 10.8.0.1/32 dev lo',
  ])
  directory = mkdtempSync('/run/engine-')
  writeFileSync(join(directory, 'box.json'), JSON.stringify(CONFIG))
  birds.push(
    await Bird.start({
      namespace: left,
      directory,
      config: birdConfig('192.168.50.11', '192.168.50.1', ['10.7.0.0/16']),
    }),
    await Bird.start({
      namespace: right,
      directory,
      config: birdConfig('192.168.51.12', '192.168.51.1', ['10.7.0.0/16', '10.8.0.0/16']),
    }),
  )
  startEngine()
  await running()
})

afterEach(async () => {
  client.close()
  await engine.stop('SIGKILL')
  await Promise.all(birds.splice(0).map(bird => bird.stop()))
  await Promise.all([box, left, right, up].map(namespace => namespace.remove()))
  rmSync(directory, { recursive: true })
})

describe('the engine', () => {
  it('puts what neighbours announce into the kernel through nexthop objects, with ECMP, and announces what policy lets', async () => {
    await prefixes('10.7.0.0/16', '10.8.0.0/16', '10.9.0.0/16')
    await bothWays()
    const [both] = await routes('10.7.0.0/16')
    expect(both).toMatchObject({
      rib: { source: 'bgp', distance: 20 },
      kernel: {
        protocol: 'causeway',
        nexthops: [
          { via: '192.168.50.11', interface: 'eth1' },
          { via: '192.168.51.12', interface: 'eth2' },
        ],
      },
      agree: true,
    })
    const [nexthop] = await box.ipJson(['nexthop', 'show', 'id', String(both!.kernel!.nexthopId)])
    expect(nexthop).toMatchObject({ group: [expect.anything(), expect.anything()] })
    await until(
      'the route of the uplink',
      async () => (await left.ipJson(['route', 'show', '172.16.0.0/24']))[0],
    )
    const announced = await birds[0]!.query('show route protocol box')
    expect(announced).toContain('172.16.0.0/24')
    expect(announced).not.toContain('10.8.0.0/16')
    await up.run(['ping', '-c', '3', '-i', '0.02', '-W', '2', '10.8.0.1'])
  })

  it('moves all prefixes to the other neighbour when one goes, and back', async () => {
    await prefixes('10.7.0.0/16', '10.8.0.0/16', '10.9.0.0/16')
    await birds[1]!.query('disable box')
    await prefixes('10.7.0.0/16', '10.9.0.0/16')
    expect((await routes('10.7.0.0/16'))[0]).toMatchObject({
      kernel: { nexthops: [{ via: '192.168.50.11' }] },
      agree: true,
    })
    const neighbors = await client.call('getNeighbors', {})
    const down = neighbors.find(neighbor => neighbor.address === '192.168.51.12')
    if (down) expect(down.lastDown?.reason).toMatch(/Administrative Shutdown/)
    await birds[1]!.query('enable box')
    await prefixes('10.7.0.0/16', '10.8.0.0/16', '10.9.0.0/16')
  })

  it('brings back within a second a route, an address and a nexthop that someone deletes', async () => {
    await prefixes('10.7.0.0/16', '10.8.0.0/16', '10.9.0.0/16')
    for (const culprit of [
      'route delete 10.8.0.0/16',
      'address delete 172.16.0.1/24 dev up0',
      'nexthop flush proto 201',
    ]) {
      const start = performance.now()
      await box.ip([culprit])
      await prefixes('10.7.0.0/16', '10.8.0.0/16', '10.9.0.0/16')
      await until(
        'the address of the uplink',
        async () => (await box.ipJson(['address', 'show', 'dev', 'up0', 'to', '172.16.0.1']))[0],
      )
      expect(performance.now() - start, culprit).toBeLessThan(1000)
    }
  })

  it('stands in within a second for a connected route that someone deletes, until the kernel has its own again', async () => {
    await prefixes('10.7.0.0/16', '10.8.0.0/16', '10.9.0.0/16')
    const start = performance.now()
    await box.ip(['route delete 192.168.51.0/24 dev eth2', 'route delete fd00:50::/64 dev eth1'])
    await prefixes('10.7.0.0/16', '10.8.0.0/16', '10.9.0.0/16', '192.168.51.0/24')
    expect(performance.now() - start).toBeLessThan(1000)
    // Not before duplicate address detection is over: until then the network is none of ours.
    await until(
      'the IPv6 network',
      async () => (await box.ipJson(['-6', 'route', 'show', 'fd00:50::/64']))[0],
    )
    await up.run(['ping', '-c', '1', '-W', '2', '192.168.51.12'])
    await box.ip(['link set eth2 down', 'link set eth2 up'])
    await prefixes('10.7.0.0/16', '10.8.0.0/16', '10.9.0.0/16')
    expect(await box.ipJson(['route', 'show', '192.168.51.0/24'])).toMatchObject([
      { protocol: 'kernel', dev: 'eth2' },
    ])
  })

  it('killed and started again loses no packet, flaps no route, and its sessions return', async () => {
    await prefixes('10.7.0.0/16', '10.8.0.0/16', '10.9.0.0/16')
    await bothWays()
    await until('the return route', async () => (await right.ipJson(['route', 'show', '172.16.0.0/24']))[0])
    const monitor = box.start(['ip', 'monitor', 'route', 'nexthop'])
    const nodeMonitor = right.start(['ip', 'monitor', 'route'])
    const ping = up.start(['ping', '-q', '-i', '0.01', '-W', '1', '10.8.0.1'])
    await until(
      'a packet',
      async () => (await up.attempt(['ping', '-c', '1', '-W', '1', '10.8.0.1'])).status === 0 || undefined,
    )
    client.close()
    await engine.stop('SIGKILL')
    startEngine()
    await running()
    await until('both sessions', async () => {
      const neighbors = await client.call('getNeighbors', {})
      return neighbors.filter(neighbor => neighbor.state === 'Established').length === 2 || undefined
    })
    await until('the stale routes swept', () => engine.lines.find(line => /converged/.test(line)), {
      limit: 20_000,
    })
    await prefixes('10.7.0.0/16', '10.8.0.0/16', '10.9.0.0/16')
    ping.signal('SIGINT')
    await ping.exited
    const summary = ping.lines.join('\n')
    expect(summary).toMatch(/ 0% packet loss/)
    await monitor.stop()
    await nodeMonitor.stop()
    expect(monitor.lines.filter(line => !/table local|fe80|multicast/.test(line))).toEqual([])
    expect(nodeMonitor.lines.filter(line => /172\.16/.test(line))).toEqual([])
  })

  it('that has lost its memory of who was established waits for all, and flaps no route either', async () => {
    await prefixes('10.7.0.0/16', '10.8.0.0/16', '10.9.0.0/16')
    await bothWays()
    await client.call('replaceConfig', {
      config: { ...CONFIG, bgp: { ...CONFIG.bgp, selectionDeferralTime: 8 } },
    })
    const monitor = box.start(['ip', 'monitor', 'route', 'nexthop'])
    client.close()
    await engine.stop('SIGKILL')
    rmSync(join(directory, 'established'))
    startEngine()
    await running()
    await until('the stale routes swept', () => engine.lines.find(line => /converged/.test(line)), {
      limit: 20_000,
    })
    await prefixes('10.7.0.0/16', '10.8.0.0/16', '10.9.0.0/16')
    await monitor.stop()
    expect(monitor.lines.filter(line => !/table local|fe80|multicast/.test(line))).toEqual([])
  })

  it('applies nothing of a configuration that is not valid, and says what is wrong', async () => {
    await prefixes('10.7.0.0/16', '10.8.0.0/16', '10.9.0.0/16')
    const before = await client.call('getConfig', {})
    const bad = {
      ...CONFIG,
      routes: [],
      interfaces: [...CONFIG.interfaces, { type: 'vlan', name: 'eth9.10', parent: 'eth9', vlanId: 10 }],
    }
    await expect(client.call('replaceConfig', { config: bad })).rejects.toMatchObject({
      code: 'config-invalid',
    })
    expect(await client.call('getConfig', {})).toEqual(before)
    expect(await kernelPrefixes()).toContain('10.9.0.0/16')
  })

  it('puts everything back where the kernel refuses a part, and names it', async () => {
    await prefixes('10.7.0.0/16', '10.8.0.0/16', '10.9.0.0/16')
    // An ethernet link must exist: the kernel has none of this name.
    const refused = {
      ...CONFIG,
      interfaces: [
        { ...CONFIG.interfaces[0]!, addresses: ['172.16.0.2/24'] },
        ...CONFIG.interfaces.slice(1),
        { type: 'ethernet', name: 'eth7' },
      ],
    }
    await expect(client.call('replaceConfig', { config: refused })).rejects.toMatchObject({
      code: 'kernel-refused',
      message: expect.stringContaining('eth7'),
    })
    const addresses = await box.ipJson(['-4', 'address', 'show', 'dev', 'up0'])
    expect(addresses[0]).toMatchObject({ addr_info: [{ local: '172.16.0.1' }] })
    expect((await client.call('getConfig', {})).revision).toBe(1)
  })

  it('leaves a session alone whose settings a new configuration does not touch, and confirms it on disk', async () => {
    await bothWays()
    const since = (await client.call('getNeighbors', {})).map(neighbor => neighbor.uptime!)
    const next = { ...CONFIG, routes: [{ prefix: '10.6.0.0/16', blackhole: true }] }
    expect(await client.call('replaceConfig', { config: next, ifRevision: 1 })).toMatchObject({ revision: 2 })
    await prefixes('10.7.0.0/16', '10.8.0.0/16', '10.6.0.0/16')
    const after = (await client.call('getNeighbors', {})).map(neighbor => neighbor.uptime!)
    expect(after.every((uptime, i) => uptime >= since[i]!)).toBe(true)
    await expect(client.call('replaceConfig', { config: CONFIG, ifRevision: 1 })).rejects.toMatchObject({
      code: 'revision-mismatch',
    })
    expect(readdirSync(directory)).toContain('config.json')
    client.close()
    await engine.stop('SIGKILL')
    startEngine()
    await running()
    expect((await client.call('getConfig', {})).config).toEqual(next)
  })

  it('leaves the kernel forwarding when it is told to stop', async () => {
    await prefixes('10.7.0.0/16', '10.8.0.0/16', '10.9.0.0/16')
    await engine.stop('SIGTERM')
    expect((await kernelPrefixes()).sort()).toEqual(['10.7.0.0/16', '10.8.0.0/16', '10.9.0.0/16'])
  })
})
