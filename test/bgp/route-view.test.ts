import { describe, expect, it } from 'vitest'
import { parsePrefix } from '../../src/net/prefix.ts'
import { announcement } from './attributed-announcement.ts'
import { ALL, Lab } from './harness.ts'
import { Remote } from './remote.ts'

const prefixes = (count: number) => Array.from({ length: count }, (_, i) => `10.${i >> 8}.${i & 255}.0/24`)

function lab() {
  const net = new Lab()
  const both = { importPolicy: 'all', exportPolicy: 'all', passive: true }
  const box = net.box(
    '10.0.0.1',
    {
      localAs: 64512,
      neighbors: [
        { address: '10.0.0.2', remoteAs: 65002, ...both },
        { address: '10.0.0.3', remoteAs: 65003, ...both },
      ],
    },
    [ALL],
  )
  const remotes = [2, 3].map(i =>
    Remote.dial(net.network.host(`10.0.0.${i}`), '10.0.0.1')
      .open({ as: 65000 + i, routerId: 0x0a000000 + i })
      .keepalive(),
  )
  const say = (i: number, ...what: string[]) =>
    remotes[i - 2]!.send(
      announcement(
        { nexthop: Uint8Array.of(10, 0, 0, i), asPath: [{ type: 2, ases: [65000 + i] }], med: 9 },
        ...what,
      ),
    )
  say(2, ...prefixes(600))
  say(3, '10.0.7.0/24')
  net.seconds(2)
  return { net, view: box.speaker.view, say }
}

function texts(
  view: ReturnType<typeof lab>['view'],
  wanted: Parameters<typeof view.slots>[2],
  from = 0,
): string[] {
  return [...view.slots(4, from, wanted)].filter(slot => slot >= 0).map(slot => view.describe(4, slot).prefix)
}

describe('the view of the table', () => {
  it('goes over every prefix once, with chances to pause, and on from where it stopped', () => {
    const { view } = lab()
    const slots = [...view.slots(4, 0, {})]
    expect(slots.filter(slot => slot < 0).length).toBeGreaterThanOrEqual(2)
    const all = texts(view, {})
    expect([...all].sort()).toEqual(prefixes(600).sort())
    const middle = slots.filter(slot => slot >= 0)[300]!
    expect(texts(view, {}, middle)).toEqual(all.slice(300))
  })

  it('has only what lies inside a prefix, or one host', () => {
    const { view } = lab()
    expect(texts(view, { inside: parsePrefix('10.1.0.0/23')! }).sort()).toEqual([
      '10.1.0.0/24',
      '10.1.1.0/24',
    ])
    expect(texts(view, { inside: parsePrefix('10.1.0.1/32')! })).toEqual([])
  })

  it('has only what a neighbour has announced, or was told of', () => {
    const { view } = lab()
    const peer = view.peerOf('10.0.0.3')!
    expect(texts(view, { neighbor: { peer, direction: 'received' } })).toEqual(['10.0.7.0/24'])
    const told = texts(view, { neighbor: { peer, direction: 'advertised' } })
    expect(told).toHaveLength(600)
    // The best path of 10.0.7.0/24 is that of 10.0.0.2: who announced another one hears it.
    expect(told).toContain('10.0.7.0/24')
    const other = view.peerOf('10.0.0.2')!
    expect(texts(view, { neighbor: { peer: other, direction: 'advertised' } })).toEqual([])
  })

  it('shows what a neighbour was told as it was sent: our AS in front, our address as next hop, no MED', () => {
    const { view } = lab()
    const slot = view.find(4, parsePrefix('10.0.9.0/24')!)
    expect(view.advertised(4, slot, view.peerOf('10.0.0.3')!)).toMatchObject({
      prefix: '10.0.9.0/24',
      paths: [
        {
          attributes: {
            nexthop: Uint8Array.of(10, 0, 0, 1),
            asPath: [{ type: 2, ases: [64512, 65002] }],
          },
        },
      ],
    })
    const [path] = view.advertised(4, slot, view.peerOf('10.0.0.3')!).paths
    expect(path!.attributes.med).toBeUndefined()
  })
})
