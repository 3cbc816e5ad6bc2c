import { spawnSync } from 'node:child_process'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { NTF, NUD, RT_TABLE } from '../../src/kernel/constants.ts'
import { type Kernel, type KernelEvent, openKernel } from '../../src/kernel/index.ts'
import { change, cleanUp, indexOf, batch as ipBatch } from './iproute.ts'

const PROTOCOL = 201

let kernel: Kernel
let link: number
let events: KernelEvent[]
let calls: number
let arrived: () => void

beforeEach(() => {
  change('link set lo up')
  change('link add br0 type bridge')
  change('link set br0 up')
  change('address add 192.0.2.1/24 dev br0')
  link = indexOf('br0')
  events = []
  calls = 0
  arrived = () => {}
})

afterEach(async () => {
  await kernel.close()
  cleanUp()
})

function listen(): () => void {
  return kernel.monitor(more => {
    events.push(...more)
    calls++
    arrived()
  })
}

/** Resolves with the first event of a description, now or when it comes. */
function seen(is: (event: KernelEvent) => boolean): Promise<KernelEvent> {
  return new Promise(resolve => {
    const look = () => {
      const event = events.find(is)
      if (event) resolve(event)
    }
    arrived = look
    look()
  })
}

/** A change whose event comes behind those of all that was done before. */
async function marker(): Promise<void> {
  change('link add marker type bridge')
  await seen(event => event.kind === 'link' && event.link.name === 'marker')
}

const ours = (event: KernelEvent) =>
  (event.kind === 'route' && event.route.protocol === PROTOCOL) ||
  (event.kind === 'nexthop' && event.nexthop.protocol === PROTOCOL) ||
  (event.kind === 'neighbor' && event.neighbor.protocol === PROTOCOL)

for (const inWorker of [true, false]) {
  describe(`the monitor ${inWorker ? 'in a worker' : 'in the caller’s thread'}`, () => {
    beforeEach(async () => {
      kernel = await openKernel({ inWorker })
      listen()
      // Events come from here on: what is asked for after the monitor is answered after it listens.
      await kernel.readSysctl('net/ipv4/ip_forward')
    })

    it('tells what others change, of every kind', async () => {
      change('link add vx0 type vxlan id 7 dstport 4789')
      const vxlan = indexOf('vx0')
      change('address add 198.51.100.1/24 dev br0')
      change('address add 2001:db8::1/64 dev br0 nodad')
      change('neigh add 192.0.2.9 lladdr 02:00:00:00:00:09 dev br0 nud permanent')
      spawnSync('bridge', ['fdb', 'append', '00:00:00:00:00:00', 'dst', '192.0.2.7', 'dev', 'vx0'])
      change('nexthop add id 9 via 192.0.2.9 dev br0')
      change('route add 10.0.0.0/8 nhid 9')
      change('route add 2001:db8:1::/48 via 2001:db8::2')
      change('route del 10.0.0.0/8')
      change('link del vx0')
      await marker()
      const expected = [
        { kind: 'link', gone: false, link: { name: 'vx0', kind: 'vxlan', vxlan: { vni: 7 } } },
        { kind: 'address', gone: false, address: { link, prefix: '198.51.100.1/24' } },
        { kind: 'address', gone: false, address: { link, prefix: '2001:db8::1/64' } },
        { kind: 'neighbor', gone: false, neighbor: { link, address: '192.0.2.9', state: NUD.PERMANENT } },
        { kind: 'fdb', gone: false, entry: { link: vxlan, destination: '192.0.2.7' } },
        { kind: 'nexthop', gone: false, nexthop: { id: 9, gateway: '192.0.2.9' } },
        { kind: 'route', gone: false, route: { prefix: '10.0.0.0/8', nexthopId: 9 } },
        { kind: 'route', gone: false, route: { prefix: '2001:db8:1::/48' } },
        { kind: 'route', gone: true, route: { prefix: '10.0.0.0/8', nexthopId: 9 } },
        { kind: 'link', gone: true, link: { name: 'vx0' } },
      ]
      for (const event of expected) expect(events).toContainEqual(expect.objectContaining(deep(event)))
      expect(events.filter(event => event.kind === 'lost')).toEqual([])
    })

    it('does not tell of a bridge’s port that leaves as of a link that is gone', async () => {
      change('link add vx0 type vxlan id 7 dstport 4789')
      change('link set vx0 master br0')
      change('link set vx0 nomaster')
      await marker()
      const links = events.filter(event => event.kind === 'link' && event.link.name === 'vx0')
      expect(links.length).toBeGreaterThan(0)
      expect(links.filter(event => 'gone' in event && event.gone)).toEqual([])
    })

    it('is silent on our own routes, nexthops, neighbours and FDB entries, and tells our links and addresses', async () => {
      change('link add vx0 type vxlan id 7 dstport 4789')
      const entry = {
        link: indexOf('vx0'),
        macAddress: '00:00:00:00:00:00',
        destination: '192.0.2.7',
        state: NUD.PERMANENT,
        flags: NTF.SELF,
      }
      const neighbor = {
        link,
        address: '192.0.2.9',
        macAddress: '02:00:00:00:00:09',
        state: NUD.PERMANENT,
        flags: 0,
        protocol: PROTOCOL,
      }
      const results = await kernel.apply([
        { op: 'addLink', link: { name: 'br1', kind: 'bridge' } },
        {
          op: 'addAddress',
          address: { link, prefix: '203.0.113.1/24', scope: 0, flags: 0, protocol: PROTOCOL },
        },
        { op: 'setNeighbor', neighbor },
        { op: 'setFdb', entry },
        { op: 'deleteFdb', entry },
        { op: 'setNexthop', nexthop: { id: 1, gateway: '192.0.2.9', link, protocol: PROTOCOL } },
      ])
      expect(results.filter(Boolean)).toEqual([])
      const count = 20_000
      const batch = {
        family: 4 as const,
        table: RT_TABLE.MAIN,
        metric: 20,
        protocol: PROTOCOL,
        count,
        addresses: new Uint8Array(
          Uint32Array.from({ length: count }, (_, i) => 20 | ((i & 255) << 24) | ((i >> 8) << 16)).buffer,
        ),
        lengths: new Uint8Array(count).fill(32),
        nexthopIds: new Uint32Array(count).fill(1),
      }
      expect(await kernel.writeRoutes(batch)).toEqual([])
      expect(await kernel.writeRoutes({ ...batch, nexthopIds: new Uint32Array(count) })).toEqual([])
      await kernel.apply([
        { op: 'deleteNeighbor', neighbor },
        { op: 'deleteNexthop', id: 1 },
      ])
      await marker()
      expect(events.filter(ours)).toEqual([])
      expect(events.filter(event => event.kind === 'fdb' && event.entry.destination !== undefined)).toEqual(
        [],
      )
      expect(events.filter(event => event.kind === 'lost')).toEqual([])
      expect(events).toContainEqual(expect.objectContaining(deep({ kind: 'link', link: { name: 'br1' } })))
      expect(events).toContainEqual(
        expect.objectContaining(deep({ kind: 'address', address: { prefix: '203.0.113.1/24' } })),
      )
    })

    it('tells when a stranger takes an FDB entry of ours away', async () => {
      change('link add vx0 type vxlan id 7 dstport 4789')
      const macAddress = '02:00:00:00:00:05'
      const entry = {
        link: indexOf('vx0'),
        macAddress,
        destination: '192.0.2.7',
        state: NUD.PERMANENT,
        flags: 0,
      }
      expect(await kernel.apply([{ op: 'setFdb', entry }])).toEqual([undefined])
      spawnSync('bridge', ['fdb', 'del', macAddress, 'dst', '192.0.2.7', 'dev', 'vx0'])
      await marker()
      const told = events.filter(event => event.kind === 'fdb' && event.entry.macAddress === macAddress)
      expect(told).toMatchObject([{ gone: true }])
    })

    it('tells a link that fails, but not what goes with it: the kernel says nothing of that', async () => {
      change('nexthop add id 9 via 192.0.2.9 dev br0')
      change('route add 10.0.0.0/8 nhid 9')
      change('link set br0 down')
      await marker()
      const down = { kind: 'link', gone: false, link: { name: 'br0', up: false } }
      expect(events).toContainEqual(expect.objectContaining(deep(down)))
      expect(await kernel.dump('nexthops')).toEqual([])
      expect(await kernel.dump('routes', { family: 4, table: RT_TABLE.MAIN })).toEqual([])
      expect(events.filter(event => event.kind === 'nexthop' && event.gone)).toEqual([])
      expect(
        events.filter(event => event.kind === 'route' && event.gone && event.route.family === 4),
      ).toEqual([])
    })

    it('gathers what comes together, and is silent once it is stopped', async () => {
      let more = 0
      const stop = kernel.monitor(() => {
        more++
      })
      ipBatch(Array.from({ length: 500 }, (_, i) => `route add 10.7.${i >> 8}.${i & 255}/32 dev br0`))
      await marker()
      const routes = events.filter(event => event.kind === 'route' && event.route.prefix.startsWith('10.7.'))
      expect(routes.length).toBe(500)
      expect(calls).toBeLessThan(events.length)
      expect(more).toBeGreaterThan(0)
      stop()
      const before = more
      change('link del marker')
      await seen(event => event.kind === 'link' && event.gone && event.link.name === 'marker')
      expect(more).toBe(before)
    })
  })

  it(`a monitor ${inWorker ? 'in a worker' : 'in the caller’s thread'} that is overrun says so and hears on`, async () => {
    kernel = await openKernel({ inWorker, monitorBuffer: 4096 })
    listen()
    await kernel.readSysctl('net/ipv4/ip_forward')
    const burst = Array.from({ length: 5000 }, (_, i) => `10.1.${i >> 8}.${i & 255}/32 dev br0`)
    for (let round = 0; round < 2; round++) {
      // Until it cannot keep up: a worker's thread races with the writer, and may win.
      await repeat(
        seen(event => event.kind === 'lost'),
        () =>
          ipBatch([...burst.map(route => `route add ${route}`), ...burst.map(route => `route del ${route}`)]),
      )
      events.length = 0
      await repeat(
        seen(event => event.kind === 'route' && event.route.prefix === '10.99.0.0/16'),
        () => {
          change('route add 10.99.0.0/16 dev br0')
          change('route del 10.99.0.0/16 dev br0')
        },
      )
      events.length = 0
    }
  })
}

/** Does something again and again until what is awaited has come. */
async function repeat(awaited: Promise<unknown>, action: () => void): Promise<void> {
  let came = false
  awaited.then(() => {
    came = true
  })
  while (!came) {
    action()
    await new Promise(resolve => setImmediate(resolve))
  }
}

/** Matches objects inside of objects by what is named of them. */
function deep(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      typeof inner === 'object' && inner !== null
        ? expect.objectContaining(deep(inner as Record<string, unknown>))
        : inner,
    ]),
  )
}
