import { describe, expect, it } from 'vitest'
import type { LocalNexthop } from '../../src/bgp/export/nexthop.ts'
import { encodeKey, encodeOutgoing, UpdateWriter } from '../../src/bgp/wire/index.ts'
import { ALL, Lab } from './harness.ts'
import { Remote } from './remote.ts'

const PREFIX = Uint8Array.of(192, 0, 2)

/** An UPDATE that announces 192.0.2.0/24 with a next hop. */
function announcement(nexthop: readonly number[]): Uint8Array {
  const asPath = [{ type: 2, ases: [64513] }]
  const key = encodeKey({ nexthop: Uint8Array.from(nexthop), origin: 0, asPath })
  const how = {
    type: 'eBGP',
    as4: true,
    localAs: 64513,
    prepend: 0,
    localPreference: 100,
    keepMed: true,
  } as const
  let message = new Uint8Array(0)
  const writer = new UpdateWriter({
    limit: 4096,
    addPath: [],
    emit: bytes => (message = Uint8Array.from(bytes)),
  })
  writer.announce(encodeOutgoing(key, 0, key.length, 4, how))
  writer.add(PREFIX, 0, 24)
  writer.flush()
  return message
}

describe('addresses of the box that come and go while sessions stand', () => {
  it('make paths by them unusable, and usable again', () => {
    const lab = new Lab()
    const neighbors = [{ address: '10.0.0.2', remoteAs: 64513, importPolicy: 'all', exportPolicy: 'all' }]
    const box = lab.box('10.0.0.1', { localAs: 64512, neighbors }, [ALL])
    const remote = Remote.dial(lab.network.host('10.0.0.2'), '10.0.0.1')
    lab.seconds(1)
    remote
      .open({ as: 64513 })
      .keepalive()
      .send(announcement([10, 0, 0, 77]))
    lab.seconds(1)
    expect(box.sink.routes.get('192.0.2.0/24')).toEqual(['10.0.0.77'])
    box.speaker.setOwnAddresses(['10.0.0.77'])
    lab.seconds(1)
    expect(box.sink.routes.has('192.0.2.0/24')).toBe(false)
    box.speaker.setOwnAddresses([])
    lab.seconds(1)
    expect(box.sink.routes.get('192.0.2.0/24')).toEqual(['10.0.0.77'])
    expect(box.neighbor('10.0.0.2').state).toBe('Established')
  })

  it('become next hops of what neighbours are told, as soon as they are there', () => {
    const lab = new Lab()
    const both = {
      families: ['ipv4-unicast', 'ipv6-unicast'],
      importPolicy: 'all',
      exportPolicy: 'all',
    } as const
    const session = { ...both, families: [...both.families] }
    let found: LocalNexthop | undefined
    const box = lab.box(
      '10.0.0.1',
      { localAs: 64512, neighbors: [{ address: '10.0.0.2', remoteAs: 64513, ...session }] },
      [ALL],
      { localNexthop: family => (family === 6 ? found : undefined) },
    )
    const other = lab.box(
      '10.0.0.2',
      { localAs: 64513, neighbors: [{ address: '10.0.0.1', remoteAs: 64512, ...session }] },
      [ALL],
    )
    box.originate('2001:db8:1::/48')
    lab.seconds(10)
    expect(other.sink.routes.has('2001:db8:1::/48')).toBe(false)
    found = { address: '2001:db8::1' }
    box.speaker.setOwnAddresses(['10.0.0.1', '2001:db8::1'])
    lab.seconds(1)
    expect(other.sink.routes.get('2001:db8:1::/48')).toEqual(['2001:db8::1'])
  })
})
