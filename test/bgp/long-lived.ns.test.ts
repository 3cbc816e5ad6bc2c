import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Bgp, BgpNeighbor } from '../../src/model/config-bgp.ts'
import { Bird, Node, until } from './bird.ts'
import { ALL } from './harness.ts'
import { LiveBox } from './live-box.ts'

const LLGR = 'graceful restart time 2; long lived graceful restart on; long lived stale time 600;'

/** A BIRD of AS 64512 + its number with two routes, of which one says NO_LLGR. */
const bird = (number: number, more: string) => `
router id 10.9.${number}.2;
protocol device {}
protocol static own {
  ipv4;
  route 10.24${number}.0.0/24 blackhole;
  route 10.24${number}.1.0/24 blackhole { bgp_community.add((65535, 7)); };
}
protocol bgp box {
  local 10.9.${number}.2 as ${64512 + number}; neighbor 10.9.${number}.1 as 64512;
  connect delay time 1; connect retry time 1; error wait time 1, 2; graceful restart on; ${more}
  ipv4 { import all; export all; };
}`

const neighbor = (number: number, more: Partial<BgpNeighbor> = {}): BgpNeighbor => ({
  address: `10.9.${number}.2`,
  remoteAs: 64512 + number,
  connectRetryTime: 1,
  gracefulRestartTime: 2,
  importPolicy: 'all',
  exportPolicy: 'all',
  ...more,
})

const STALE = /65535,\s?6\b|llgr_stale/i

describe('long-lived graceful restart with BIRD', () => {
  let nodes: Node[] = []
  let birds: Bird[] = []
  let box: LiveBox

  const bgp: Bgp = {
    localAs: 64512,
    routerId: '10.9.1.1',
    neighbors: [
      neighbor(1, { longLivedGracefulRestartTime: 3600 }),
      neighbor(2, { longLivedGracefulRestartTime: 3600 }),
      neighbor(3),
    ],
  }
  const asked = (number: number, prefix: string) =>
    birds[number - 1]!.ask(`show route all for ${prefix} protocol box`)
  const has = (number: number, prefix: string) => {
    try {
      return asked(number, prefix).includes(prefix)
    } catch {
      return false
    }
  }

  beforeEach(async () => {
    nodes = [1, 2, 3].map(number => new Node(number))
    birds = [1, 2, 3].map(
      number =>
        new Bird(nodes[number - 1]!, bird(number, number === 3 ? 'long lived graceful restart off;' : LLGR)),
    )
    await Promise.all(birds.map(each => each.start()))
    box = new LiveBox(bgp, [ALL])
    await until('all know the routes of the first', () =>
      [2, 3].every(number => has(number, '10.241.0.0/24') && has(number, '10.241.1.0/24')),
    )
  })

  afterEach(async () => {
    await box.stop()
    for (const each of birds) await each.remove()
    for (const node of nodes) node.remove()
  })

  it('keeps its routes as a last resort, tells only who knows what that is, and has them fresh when it is back', async () => {
    await birds[0]!.kill()
    const row = () => box.neighbor('10.9.1.2')!.families[0]!
    await until('the long-lived period begins', () => row().longLived)
    expect([...box.sink.routes.keys()].filter(prefix => prefix.startsWith('10.241.'))).toEqual([
      '10.241.0.0/24',
    ])
    const rest = Date.parse(row().staleUntil!) - Date.now()
    expect(rest).toBeGreaterThan(570_000)
    expect(rest).toBeLessThanOrEqual(600_000)
    await until('the second BIRD hears that it is stale', () => STALE.test(asked(2, '10.241.0.0/24')))
    await until('the third BIRD, which does not know, loses it', () => !has(3, '10.241.0.0/24'))
    await until('all lose what is not to be kept', () => !has(2, '10.241.1.0/24') && !has(3, '10.241.1.0/24'))
    await birds[0]!.start(true)
    await until('it is back', () => row().stale === 0 && row().received === 2)
    await until('all have both routes again', () =>
      [2, 3].every(number => has(number, '10.241.0.0/24') && has(number, '10.241.1.0/24')),
    )
    await until('nothing is stale', () => !STALE.test(asked(2, '10.241.0.0/24')))
  })

  it('is what BIRD does for us: it keeps our routes as stale until we have said all again', async () => {
    box.originate('192.0.2.0/24')
    await until('BIRD has our route', () => has(1, '192.0.2.0/24'))
    // As when the process is killed: no NOTIFICATION.
    box.transport.close()
    await box.speaker.stop()
    await until(
      'BIRD keeps it as stale',
      () => has(1, '192.0.2.0/24') && STALE.test(asked(1, '192.0.2.0/24')),
    )
    await until('who has no long-lived restart drops it', () => !has(3, '192.0.2.0/24'))
    const expected = [1, 2].map(number => `10.9.${number}.2`)
    box = new LiveBox(bgp, [ALL], { expected })
    box.originate('192.0.2.0/24')
    await until('it is fresh again', () => has(1, '192.0.2.0/24') && !STALE.test(asked(1, '192.0.2.0/24')))
    await until('and there for all', () => has(3, '192.0.2.0/24'))
  })
})
