import { describe, expect, it } from 'vitest'
import type { Policy } from '../../src/model/config-policy.ts'
import { announcement, END_OF_RIB } from './announcement.ts'
import { ALL, Lab } from './harness.ts'
import { migration } from './migration.ts'
import { Remote } from './remote.ts'

const GRACEFUL = {
  restarting: false,
  notification: false,
  time: 120,
  families: [{ afi: 1, safi: 1, forwarding: true }],
}
const READY = 'ready: the mesh can be switched off'

/** A route reflector of the group `nodes`, and nodes 10.0.0.2, 10.0.0.3 ... that say what a test makes them say. */
function reflector({ client = true, policies = [ALL] as readonly Policy[] } = {}) {
  const lab = new Lab()
  const group = {
    name: 'nodes',
    remoteAs: 64512,
    listenRanges: ['10.0.0.0/24'],
    importPolicy: 'all',
    routeReflectorClient: client,
  }
  const box = lab.box('10.0.0.1', { localAs: 64512, neighborGroups: [group] }, policies)
  const node = (host: number, { graceful = true } = {}) => {
    const address = `10.0.0.${host}`
    const remote = Remote.dial(lab.network.host(address), '10.0.0.1')
      .open({ as: 64512, routerId: host }, graceful ? { gracefulRestart: GRACEFUL } : {})
      .keepalive()
      .send(
        announcement([`10.244.${host}.0/26`], {
          as: 0,
          nexthop: address,
          asPath: [],
          localPreference: 100,
        }),
      )
    lab.clock.advance(100)
    return remote
  }
  return { lab, box, node, state: (nodes?: number) => migration(box, nodes) }
}

describe('the readiness of nodes to leave their mesh', () => {
  it('is there when each has said all and been told all', () => {
    const { lab, node, state } = reflector()
    for (const host of [2, 3, 4]) node(host).send(END_OF_RIB)
    lab.seconds(1)
    expect(state()).toMatchObject({ group: 'nodes', ready: true, summary: READY })
    expect(state().nodes).toEqual(
      ['10.0.0.2', '10.0.0.3', '10.0.0.4'].map(address => ({
        address,
        established: true,
        endOfRibReceived: 'received',
        endOfRibSent: true,
        notTold: 0,
      })),
    )
  })

  it('waits for End-of-RIB of who sends it, and not of others', () => {
    const { lab, node, state } = reflector()
    node(2).send(END_OF_RIB)
    node(3, { graceful: false })
    const late = node(4)
    lab.seconds(1)
    expect(state()).toMatchObject({
      ready: false,
      summary:
        'not ready: 1 of 3 nodes are not; 10.0.0.4 has not said all its routes yet: its End-of-RIB has not come.',
    })
    late.send(END_OF_RIB)
    lab.seconds(1)
    expect(state()).toMatchObject({ ready: true, nodes: [{}, { endOfRibReceived: 'unknown' }, {}] })
  })

  it('needs the nodes to be reflector clients', () => {
    const { lab, node, state } = reflector({ client: false })
    for (const host of [2, 3]) node(host).send(END_OF_RIB)
    lab.seconds(1)
    expect(state()).toMatchObject({
      ready: false,
      summary:
        'not ready: 2 of 2 nodes are not; 10.0.0.2 is not told 1 of the prefixes of other nodes, such as 10.244.3.0/26 of 10.0.0.3: set routeReflectorClient: true at its group.',
      nodes: [{ notTold: 1 }, { notTold: 1 }],
    })
  })

  it('finds a prefix that a policy holds back', () => {
    const rules: Policy['rules'] = [{ match: { prefixes: [{ prefix: '10.244.3.0/26' }] }, action: 'accept' }]
    const { lab, node, state } = reflector({ policies: [{ name: 'all', rules }] })
    for (const host of [2, 3]) node(host).send(END_OF_RIB)
    lab.seconds(1)
    const [two, three] = state().nodes
    expect(two).toMatchObject({ address: '10.0.0.2', notTold: 0 })
    expect(three?.missing).toContain('10.244.2.0/26 of 10.0.0.2: look at the import policy')
  })

  it('finds who is gone while its routes are kept, and who never came', () => {
    const { lab, node, state } = reflector()
    for (const host of [2, 3]) node(host).send(END_OF_RIB)
    lab.seconds(1)
    expect(state(3).summary).toBe(
      'not ready: 2 of 3 nodes have come to us; add this box as a peer of the others',
    )
    lab.network.kill('10.0.0.3')
    lab.clock.advance(100)
    expect(state(2)).toMatchObject({ ready: false, nodes: [{}, { established: false }] })
    expect(state().summary).toContain('10.0.0.3 has no session with us: The TCP connection')
  })

  it('is not there for a group that nobody has come for', () => {
    const { box } = reflector()
    expect(migration(box)).toMatchObject({ ready: false, nodes: [] })
  })
})
