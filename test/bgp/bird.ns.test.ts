import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Bgp } from '../../src/model/config-bgp.ts'
import type { Policy } from '../../src/model/config-policy.ts'
import { Bird, Node, until } from './bird.ts'
import { ALL } from './harness.ts'
import { LiveBox as Box } from './live-box.ts'

/** A BIRD that announces routes of its own, and what differs: the protocols. */
function birdConfig(protocols: string): string {
  return `router id 10.9.1.2;
log stderr { bug };
protocol device {}
protocol static pods4 { ipv4; route 10.244.1.0/26 blackhole; route 10.244.1.64/26 blackhole; }
protocol static pods6 { ipv6; route fd00:244:1::/122 blackhole; }
${protocols}`
}

const CALICO = `
  hold time 240;
  connect delay time 2; connect retry time 5; error wait time 1, 2;
  multihop; graceful restart;`

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
      expect(four).toMatchObject({
        received: 2,
        accepted: 2,
        addPathSend: true,
        addPathReceive: true,
        advertised: 2,
      })
      expect(box!.neighbor('10.9.1.2')).toMatchObject({ holdTime: 90, routerId: '10.9.1.2' })
    })

    it('shows BIRD its own routes with itself as next hop', async () => {
      await until('BIRD has our routes', () =>
        bird!.ask('show route protocol four').includes('172.16.1.0/24'),
      )
      const four = bird!.ask('show route protocol four all')
      expect(four).toMatch(/172\.16\.0\.0\/24/)
      expect(four).toMatch(/BGP\.next_hop: 10\.9\.1\.1\n/)
      expect(four).toMatch(/BGP\.local_pref: 100\n/)
      expect(four).toMatch(/BGP\.origin: IGP\n/)
      await until('and v6', () => bird!.ask('show route protocol six').includes('fd16::/64'))
      expect(bird!.ask('show route protocol six all')).toMatch(/BGP\.next_hop: fd09:1::1/)
    })

    it('follows what BIRD withdraws', async () => {
      await until('two blocks', () => box!.sink.routes.has('10.244.1.64/26'))
      bird!.configure(birdConfig(IBGP_BIRD).replace('route 10.244.1.64/26 blackhole;', ''))
      await until('one block', () => !box!.sink.routes.has('10.244.1.64/26'))
      expect(box!.sink.routes.has('10.244.1.0/26')).toBe(true)
    })

    it('answers a route refresh between BoRR and EoRR, and asks for one', async () => {
      await until('BIRD has our routes', () =>
        bird!.ask('show route protocol four').includes('172.16.1.0/24'),
      )
      const before = box!.neighbor('10.9.1.2')!.messages
      bird!.ask('reload in four')
      await until(
        'we said all again',
        () => box!.neighbor('10.9.1.2')!.messages.updatesSent > before.updatesSent,
      )
      await until('BIRD has taken it', () => /Refresh.*|Established/.test(bird!.ask('show protocols four')))
      expect(bird!.ask('show route protocol four count')).toMatch(/^2 of/m)
      const heard = box!.neighbor('10.9.1.2')!.messages.updatesReceived
      expect(box!.speaker.refresh('10.9.1.2', 'in', [4])).toBe('asked')
      await until('BIRD said all again', () => box!.neighbor('10.9.1.2')!.messages.updatesReceived > heard)
      expect(box!.neighbor('10.9.1.2')!.families[0]).toMatchObject({ received: 2, stale: 0 })
    })

    it('keeps the routes of a BIRD that was killed until it is back, and changes nothing meanwhile', async () => {
      await until('three prefixes', () => box!.sink.routes.size === 3)
      const { changes } = box!.sink
      await bird!.kill()
      await until(
        'the session is down',
        () => !box!.established('10.9.1.2') && !box!.established('fd09:1::2'),
      )
      expect(box!.neighbor('10.9.1.2')!.families[0]).toMatchObject({ received: 2, stale: 2 })
      expect(box!.neighbor('10.9.1.2')!.lastDown?.reason).toMatch(/ended without a NOTIFICATION/)
      expect(box!.sink.routes.size).toBe(3)
      await bird!.start(true)
      await until(
        'the sessions are back',
        () => box!.established('10.9.1.2') && box!.established('fd09:1::2'),
      )
      await until('nothing is stale', () => box!.neighbor('10.9.1.2')!.families[0]!.stale === 0)
      expect(box!.neighbor('10.9.1.2')!.families[0]).toMatchObject({ received: 2, accepted: 2 })
      expect(box!.sink.changes).toBe(changes)
    })

    it('drops what a restarted BIRD no longer has', async () => {
      await until('three prefixes', () => box!.sink.routes.size === 3)
      await bird!.kill()
      await until('the session is down', () => !box!.established('10.9.1.2'))
      bird!.write(birdConfig(IBGP_BIRD).replace('route 10.244.1.64/26 blackhole;', ''))
      await bird!.start()
      // The sessions of the two families come back one after the other.
      const left = ['10.244.1.0/26', 'fd00:244:1::/122'].join()
      await until('the block is gone', () => [...box!.sink.routes.keys()].sort().join() === left)
    })

    it('comes back after its own process was killed without BIRD losing a route', async () => {
      await until('BIRD has our routes', () => /^2 of/m.test(bird!.ask('show route protocol four count')))
      await until('and v6', () => bird!.ask('show route protocol six').includes('fd16::/64'))
      let lost = 0
      const watch = setInterval(() => {
        if (!/^2 of/m.test(bird!.ask('show route protocol four count'))) lost++
      }, 50)
      try {
        // What a killed process leaves: closed connections, and no word.
        box!.transport.close()
        await box!.speaker.stop()
        await until('BIRD waits for us', () => !bird!.established('four'))
        expect(bird!.ask('show protocols all four')).toMatch(/graceful restart active/i)
        box = new Box(IBGP, [ALL], { expected: ['10.9.1.2', 'fd09:1::2'] })
        box.originate('172.16.0.0/24', '172.16.1.0/24', 'fd16::/64')
        await until('converged', () => box!.sink.convergedCalls === 1)
        expect(box.sink.routes.size).toBe(3)
        await until(
          'BIRD is done',
          () => !/graceful restart active/i.test(bird!.ask('show protocols all four')),
        )
        expect(bird!.established('four')).toBe(true)
        await new Promise(resolve => setTimeout(resolve, 200))
      } finally {
        clearInterval(watch)
      }
      expect(lost).toBe(0)
      expect(bird!.ask('show route protocol four count')).toMatch(/^2 of/m)
    })

    it('explains what BIRD says when it is disabled, and comes back when it is enabled', async () => {
      bird!.ask('disable four')
      await until('down', () => !box!.established('10.9.1.2'))
      expect(box!.neighbor('10.9.1.2')!.lastDown?.reason).toMatch(
        /Cease\/Administrative Shutdown.*shut down by its operator/,
      )
      await until('its routes are gone', () => !box!.sink.routes.has('10.244.1.0/26'))
      bird!.ask('enable four')
      await until('up again', () => box!.established('10.9.1.2'))
      await until('its routes too', () => box!.sink.routes.has('10.244.1.0/26'))
    })

    it('tells BIRD when it stops', async () => {
      await box!.speaker.stop('moving to another rack')
      await until('BIRD is down', () => !bird!.established('four'))
      expect(bird!.ask('show protocols all four')).toMatch(/Administrative shutdown/i)
      expect(bird!.ask('show route protocol four count')).toMatch(/^0 of/m)
    })

    it('resets no session whose own settings did not change', async () => {
      const uptime = box!.neighbor('fd09:1::2')!.messages.received
      const [four, six] = IBGP.neighbors!
      box!.speaker.configure({ ...IBGP, neighbors: [{ ...four!, holdTime: 30 }, six!] }, [ALL])
      expect(box!.established('10.9.1.2')).toBe(false)
      expect(box!.established('fd09:1::2')).toBe(true)
      await until('the other is back', () => box!.neighbor('10.9.1.2')?.holdTime === 30)
      expect(box!.neighbor('fd09:1::2')!.messages.received).toBeGreaterThanOrEqual(uptime)
    })

    it('applies a changed policy without a reset', async () => {
      await until('three prefixes', () => box!.sink.routes.size === 3)
      await until('BIRD has both', () => /^2 of/m.test(bird!.ask('show route protocol four count')))
      const some: Policy = {
        name: 'some',
        rules: [
          { match: { prefixes: [{ prefix: '10.244.1.0/26' }] }, action: 'accept', set: { tunnel: 'tun0' } },
        ],
      }
      const all: Policy = {
        name: 'all',
        rules: [
          {
            match: { prefixes: [{ prefix: '172.16.0.0/24' }] },
            action: 'accept',
            set: { localPreference: 4294967295 },
          },
        ],
      }
      const [four, six] = IBGP.neighbors!
      box!.speaker.configure({ ...IBGP, neighbors: [{ ...four!, importPolicy: 'some' }, six!] }, [all, some])
      await until('BIRD has one', () => /^1 of/m.test(bird!.ask('show route protocol four count')))
      expect(bird!.ask('show route protocol four all')).toMatch(/BGP\.local_pref: 4294967295\n/)
      await until('one block', () => box!.sink.routes.size === 2)
      expect(box!.sink.sets.get('10.244.1.0/26')?.hops).toEqual([
        { via: '10.9.1.2', interface: 'tun0', onlink: true, weight: 1 },
      ])
      expect([...box!.sink.routes.keys()].sort()).toEqual(['10.244.1.0/26', 'fd00:244:1::/122'])
      expect(box!.established('10.9.1.2')).toBe(true)
      expect(box!.neighbor('10.9.1.2')!.lastDown).toBeUndefined()
    })
  })

  it('peers over eBGP, both families on one session, with policies both ways', async () => {
    const { bird, box } = await start(
      {
        localAs: 64500,
        routerId: '10.9.1.1',
        neighbors: [
          {
            address: '10.9.1.2',
            remoteAs: 4200000001,
            families: ['ipv4-unicast', 'ipv6-unicast'],
            importPolicy: 'all',
            exportPolicy: 'all',
          },
        ],
      },
      `protocol bgp both {
        local 10.9.1.2 as 4200000001; neighbor 10.9.1.1 as 64500;
        ipv4 { import all; export where source = RTS_STATIC; };
        ipv6 { import all; export where source = RTS_STATIC; next hop address fd09:1::2; };
      }`,
    )
    box.originate('172.16.0.0/24', 'fd16::/64')
    await until('three prefixes', () => box.sink.routes.size === 3)
    expect(box.sink.types.get('10.244.1.0/26')).toBe('eBGP')
    expect(box.sink.routes.get('fd00:244:1::/122')).toEqual(['fd09:1::2'])
    expect(box.speaker.route('10.244.1.0/26')?.paths[0]?.received.asPath).toEqual([
      { type: 2, ases: [4200000001] },
    ])
    await until('BIRD has our routes', () => bird.ask('show route protocol both').includes('fd16::/64'))
    const told = bird.ask('show route protocol both all')
    expect(told).toMatch(/BGP\.as_path: 64500\n/)
    expect(told).toMatch(/BGP\.next_hop: 10\.9\.1\.1\n/)
    expect(told).toMatch(/BGP\.next_hop: fd09:1::1/)
    expect(box.neighbor('10.9.1.2')).toMatchObject({ type: 'eBGP', remoteAs: 4200000001 })
  })

  it('says and takes nothing over eBGP without a policy (RFC 8212)', async () => {
    const { bird, box } = await start(
      { localAs: 64500, routerId: '10.9.1.1', neighbors: [{ address: '10.9.1.2', remoteAs: 64501 }] },
      `protocol bgp ext { local 10.9.1.2 as 64501; neighbor 10.9.1.1 as 64500; ipv4 { import all; export all; }; }`,
    )
    box.originate('172.16.0.0/24')
    await until('two paths', () => box.neighbor('10.9.1.2')?.families[0]?.received === 2)
    expect(box.neighbor('10.9.1.2')!.families[0]).toMatchObject({ accepted: 0, advertised: 0 })
    expect(box.sink.routes.size).toBe(0)
    expect(bird.ask('show route protocol ext count')).toMatch(/^0 of/m)
  })

  it('takes a neighbour from a listen range, and forgets it when it is gone', async () => {
    const { bird, box } = await start(
      {
        localAs: 64512,
        routerId: '10.9.1.1',
        neighborGroups: [
          {
            name: 'nodes',
            remoteAs: 64512,
            listenRanges: ['10.9.0.0/16'],
            exportPolicy: 'all',
            gracefulRestartTime: 0,
          },
        ],
      },
      IBGP_BIRD,
    )
    box.originate('172.16.0.0/24')
    await until('up', () => box.established('10.9.1.2'))
    expect(box.neighbor('10.9.1.2')).toMatchObject({ dynamic: true, group: 'nodes', type: 'iBGP' })
    await until('BIRD has our route', () => bird.ask('show route protocol four').includes('172.16.0.0/24'))
    await until('its blocks', () => box.sink.routes.size === 2)
    await bird.kill('SIGTERM')
    await until('forgotten', () => box.speaker.neighbors().length === 0 && box.sink.routes.size === 0)
  })

  it('names the AS to configure where the one of the neighbour is another', async () => {
    const { box } = await start(
      {
        localAs: 64512,
        routerId: '10.9.1.1',
        neighbors: [{ address: '10.9.1.2', remoteAs: 64999, multihop: true }],
      },
      IBGP_BIRD,
    )
    const reason = await until('the reason', () => box.neighbor('10.9.1.2')?.lastDown?.reason)
    expect(reason).toMatch(/Set remoteAs: 64512 at the neighbour 10\.9\.1\.2/)
  })

  it('gives several paths of one prefix to a neighbour with ADD-PATH', async () => {
    const second = new Node(2)
    const other = await new Bird(
      second,
      birdConfig(`protocol bgp ext { local 10.9.2.2 as 64601; neighbor 10.9.2.1 as 64512;
        ipv4 { import all; export all; }; }`),
    ).start()
    const third = new Node(3)
    const another = await new Bird(
      third,
      birdConfig(`protocol bgp ext { local 10.9.3.2 as 64602; neighbor 10.9.3.1 as 64512;
        ipv4 { import all; export all; }; }`),
    ).start()
    try {
      const external = { importPolicy: 'all', connectRetryTime: 1 }
      const { bird, box } = await start(
        {
          localAs: 64512,
          routerId: '10.9.1.1',
          neighbors: [
            { address: '10.9.1.2', remoteAs: 64512, connectRetryTime: 1 },
            { address: '10.9.2.2', remoteAs: 64601, ...external },
            { address: '10.9.3.2', remoteAs: 64602, ...external },
          ],
        },
        IBGP_BIRD.replaceAll('export all', 'export none'),
      )
      await until('two next hops', () => box.sink.routes.get('10.244.1.0/26')?.length === 2)
      expect(box.sink.routes.get('10.244.1.0/26')).toEqual(['10.9.2.2', '10.9.3.2'])
      const paths = () =>
        bird.ask('show route protocol four all for 10.244.1.0/26').match(/BGP\.next_hop: \S+/g)
      await until('BIRD has two paths', () => paths()?.length === 2)
      expect(paths()?.sort()).toEqual(['BGP.next_hop: 10.9.2.2', 'BGP.next_hop: 10.9.3.2'])
      const neighbors = box.bgp.neighbors!.map(row => ({ ...row, addPathSend: 1 }))
      box.configure({ ...box.bgp, neighbors })
      await until('BIRD has the best one', () => paths()?.length === 1)
      expect(paths()).toEqual(['BGP.next_hop: 10.9.2.2'])
      box.configure({ ...box.bgp, neighbors: neighbors.map(row => ({ ...row, addPathSend: 2 })) })
      await until('BIRD has two again', () => paths()?.length === 2)
      expect(box.neighbor('10.9.1.2')!.lastDown).toBeUndefined()
      box.configure({ ...box.bgp, neighbors: neighbors.map(row => ({ ...row, addPathSend: 'none' })) })
      await until(
        'the session is another one',
        () => box.neighbor('10.9.1.2')?.families[0]?.addPathSend === false,
      )
      await until('BIRD has one again', () => paths()?.length === 1)
      box.configure({ ...box.bgp, neighbors: neighbors.map(row => ({ ...row, addPathSend: 'all' })) })
      await until('BIRD has all', () => paths()?.length === 2)
      await another.kill('SIGTERM')
      await until('BIRD has one path', () => paths()?.length === 1)
      expect(box.sink.routes.get('10.244.1.0/26')).toEqual(['10.9.2.2'])
    } finally {
      await other.remove()
      await another.remove()
      second.remove()
      third.remove()
    }
  })
})
