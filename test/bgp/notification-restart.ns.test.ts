import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Node, until } from './bird.ts'
import { Frr } from './frr.ts'
import { LiveBox } from './live-box.ts'

const frrConfig = (more: string) => `
router bgp 64513
 bgp router-id 10.9.1.2
 no bgp ebgp-requires-policy
 no bgp network import-check
 bgp graceful-restart
 bgp graceful-restart preserve-fw-state
 bgp graceful-restart notification
 ${more}
 neighbor 10.9.1.1 remote-as 64512
 neighbor 10.9.1.1 timers connect 1
 address-family ipv4 unicast
  network 10.244.7.0/24
 exit-address-family
`

describe('NOTIFICATIONs between FRR and the box, which keep routes after them (RFC 8538)', () => {
  let node: Node
  let frr: Frr
  let box: LiveBox

  beforeEach(() => {
    node = new Node(1)
  })
  afterEach(async () => {
    await box.stop()
    await frr.remove()
    node.remove()
  })

  /** The number of sessions that were up so far. */
  const sessions = () => box.events.filter(({ kind }) => kind === 'established').length

  async function established(more: string): Promise<void> {
    frr = await new Frr(node, frrConfig(more)).start()
    box = new LiveBox({
      localAs: 64512,
      routerId: '10.9.1.1',
      neighbors: [
        {
          address: '10.9.1.2',
          remoteAs: 64513,
          connectRetryTime: 1,
          importPolicy: 'all',
          exportPolicy: 'all',
        },
      ],
    })
    await until('the route of FRR', () => box.sink.routes.has('10.244.7.0/24'))
  }

  async function backAgain(before: number): Promise<void> {
    await until(
      'a new session, and all said in it',
      () => sessions() > before && box.neighbor('10.9.1.2')?.families[0]?.stale === 0,
      30,
    )
    await until('the route', () => box.sink.routes.has('10.244.7.0/24'))
  }

  it('take no route away: an administrative reset', async () => {
    await established('no bgp hard-administrative-reset')
    const { changes } = box.sink
    const before = sessions()
    frr.ask('clear bgp 10.9.1.1')
    await backAgain(before)
    expect(box.neighbor('10.9.1.2')?.lastDown?.reason).toContain('Cease/Administrative Reset')
    expect(box.sink.changes).toBe(changes)
  })

  it('take all away as a Hard Reset', async () => {
    await established('bgp hard-administrative-reset')
    const { changes } = box.sink
    const before = sessions()
    frr.ask('clear bgp 10.9.1.1')
    await backAgain(before)
    expect(box.neighbor('10.9.1.2')?.lastDown?.reason).toMatch(
      /Cease\/Hard Reset.*Cease\/Administrative Reset/,
    )
    expect(box.sink.changes).toBe(changes + 2)
  })
})
