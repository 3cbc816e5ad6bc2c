import { describe, expect, it } from 'vitest'
import type { Attributes } from '../../../src/bgp/index.ts'
import { bgpRouteState } from '../../../src/engine/state/bgp-routes.ts'
import type { Policy } from '../../../src/model/config-policy.ts'
import type { BgpRoute } from '../../../src/model/state-bgp.ts'
import { announcement } from '../../bgp/attributed-announcement.ts'
import { ALL, Lab } from '../../bgp/harness.ts'
import { Remote } from '../../bgp/remote.ts'

const PREFIX = '192.0.2.0/24'
const ROUTER_IDS = [0x0a000002, 0x0a000003, 0x0a000004]

const sequence = (...ases: number[]) => [{ type: 2, ases }]

/** Our box, and neighbours 10.0.0.2 (AS 65002) and so on that announce the prefix with these attributes, where they do. */
function lab(
  said: readonly (Partial<Attributes> | undefined)[],
  policies: readonly Policy[] = [ALL],
  ases = [65002, 65003, 65004],
) {
  const net = new Lab()
  const neighbors = said.map((_, i) => ({
    address: `10.0.0.${i + 2}`,
    remoteAs: ases[i]!,
    importPolicy: policies[0]!.name,
    passive: true,
  }))
  const box = net.box('10.0.0.1', { localAs: 64512, neighbors }, policies)
  const remotes = said.map((attributes, i) => {
    const remote = Remote.dial(net.network.host(`10.0.0.${i + 2}`), '10.0.0.1')
      .open({ as: ases[i]!, routerId: ROUTER_IDS[i]! })
      .keepalive()
    const whole = { nexthop: Uint8Array.of(10, 0, 0, i + 2), asPath: sequence(ases[i]!), ...attributes }
    if (attributes) remote.send(announcement(whole, PREFIX))
    return remote
  })
  net.seconds(2)
  return { net, box, remotes }
}

function state(box: ReturnType<typeof lab>['box'], faults: Record<string, string> = {}): BgpRoute {
  return bgpRouteState(4, box.speaker.route(PREFIX)!, {
    fault: ({ via }) => faults[via!],
    installation: { installed: true, why: 'The kernel forwards by it.' },
  })
}

const reasons = (route: BgpRoute) => route.paths.map(({ neighbor, reason }) => `${neighbor}: ${reason}`)

describe('why a path won or lost', () => {
  it('names the neighbour that it lost to, and both values', () => {
    const { box } = lab([{}, { asPath: sequence(65003, 65009) }, { origin: 2 }])
    expect(reasons(state(box))).toEqual([
      '10.0.0.2: Best of 3 paths.',
      '10.0.0.4: Lost to 10.0.0.2: ORIGIN INCOMPLETE > IGP.',
      '10.0.0.3: Lost to 10.0.0.2: AS_PATH length 2 > 1.',
    ])
  })

  it('says of the only path that it is that', () => {
    const { box } = lab([{}])
    expect(reasons(state(box))).toEqual(['10.0.0.2: Best: the only path that can be used.'])
  })

  it('says of a path beside the best one that it shares load, and how the tie was broken', () => {
    const { box } = lab([{}, {}])
    expect(reasons(state(box))).toEqual([
      '10.0.0.2: Best of 2 paths.',
      '10.0.0.3: Shares load with the best path: equal up to the IGP metric. The tie goes to 10.0.0.2: BGP identifier 10.0.0.3 > 10.0.0.2.',
    ])
  })

  it('names for MULTI_EXIT_DISC the path of the same neighbouring AS, though another is the best of all', () => {
    const { box } = lab([{}, { med: 9 }, { med: 8 }], [ALL], [65002, 65003, 65003])
    expect(reasons(state(box))).toEqual([
      '10.0.0.2: Best of 3 paths.',
      expect.stringMatching(/^10\.0\.0\.4: Shares load with the best path/),
      '10.0.0.3: Lost to 10.0.0.4: MULTI_EXIT_DISC from one neighbouring AS 9 > 8.',
    ])
  })

  it('says of a path whose next hop cannot be reached why, in the words of who knows', () => {
    const { net, box } = lab([{}, {}])
    box.speaker.setNexthops([{ hop: { via: '10.0.0.2' }, metric: undefined }])
    net.seconds(1)
    expect(
      reasons(state(box, { '10.0.0.2': '10.0.0.2 is in 10.0.0.0/24 on eth1, and eth1 has no carrier' })),
    ).toEqual([
      '10.0.0.3: Best: the only path that can be used.',
      '10.0.0.2: Not used: 10.0.0.2 is in 10.0.0.0/24 on eth1, and eth1 has no carrier.',
    ])
  })

  it('says of a path that is not accepted which rule or check refused it', () => {
    const none: Policy = { name: 'none', rules: [{ action: 'reject' }] }
    const { box } = lab([{}, { asPath: sequence(65003, 64512) }], [none])
    expect(reasons(state(box)).sort()).toEqual([
      expect.stringMatching(/^10\.0\.0\.2: Not accepted: rule 1 of policy none rejects it/),
      expect.stringMatching(/^10\.0\.0\.3: Not accepted: our own AS is in its AS path/),
    ])
  })

  it('shows the attributes as people write them, and those received where the policy changed them', () => {
    const policy: Policy = { name: 'prefer', rules: [{ action: 'accept', set: { localPreference: 200 } }] }
    const { box } = lab([{ communities: [0xfde80064, 0xffffff01], med: 5 }], [policy])
    const [path] = state(box).paths
    expect(path).toMatchObject({
      neighbor: '10.0.0.2',
      best: true,
      metric: 0,
      attributes: {
        nexthop: '10.0.0.2',
        origin: 'IGP',
        asPath: '65002',
        localPreference: 200,
        med: 5,
        communities: ['65000:100', 'NO_EXPORT'],
      },
    })
    expect(path!.received).toBeDefined()
    expect(path!.received).not.toHaveProperty('localPreference')
  })
})
