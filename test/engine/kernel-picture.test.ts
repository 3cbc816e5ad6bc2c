import { describe, expect, it } from 'vitest'
import { KernelPicture } from '../../src/engine/kernel-picture.ts'
import type { InterfaceAddress, Link, Route } from '../../src/kernel/objects.ts'
import { parseAddress } from '../../src/net/address.ts'
import { formatPrefix } from '../../src/net/prefix.ts'

const link = (index: number, name: string, more: Partial<Link> = {}): Link => ({
  index,
  name,
  kind: '',
  loopback: false,
  macAddress: '',
  mtu: 1500,
  up: true,
  carrier: true,
  parent: 0,
  master: 0,
  alias: '',
  ...more,
})

const address = (on: number, prefix: string): InterfaceAddress => ({
  link: on,
  prefix,
  scope: 0,
  flags: 0,
  protocol: 0,
})

const MAIN = 254
const STATIC = 4
const UNICAST = 1
const UNREACHABLE = 7

const route = (prefix: string, metric: number, gateway?: string, more: Partial<Route> = {}): Route => ({
  family: 4,
  prefix,
  table: MAIN,
  protocol: STATIC,
  metric,
  type: UNICAST,
  scope: 0,
  flags: 0,
  paths: [{ ...(gateway !== undefined && { gateway }), link: 2, weight: 1, flags: 0 }],
  ...more,
})

function picture(routes: readonly Route[] = []): KernelPicture {
  const one = new KernelPicture()
  one.readLinks([link(2, 'eth1'), link(3, 'eth2')], [address(2, '10.0.1.1/24'), address(3, '10.0.2.1/24')])
  one.readRoutes(routes)
  return one
}

const connected = (one: KernelPicture) => one.connected().map(({ network }) => formatPrefix(network))
const lost = (one: KernelPicture, configured: Parameters<KernelPicture['lost']>[0] = []) =>
  one.lost(configured).map(({ network, why }) => `${formatPrefix(network)}: ${why}`)
const foreign = (one: KernelPicture, text: string) => one.foreign.find(parseAddress(text)!)?.value

describe('the picture of the kernel', () => {
  it('loses a network with the carrier of its link, in the turn in which the kernel says so, and says why', () => {
    const one = picture()
    expect(one.take([{ kind: 'link', gone: false, link: link(3, 'eth2', { carrier: false }) }])).toBe(true)
    expect(connected(one)).toEqual(['10.0.1.0/24'])
    expect(lost(one)).toEqual(['10.0.2.0/24: eth2 has no carrier'])
    expect(one.linkFault('eth2')).toBe('eth2 has no carrier')
    expect(one.take([{ kind: 'link', gone: false, link: link(3, 'eth2') }])).toBe(true)
    expect(connected(one)).toEqual(['10.0.1.0/24', '10.0.2.0/24'])
    expect(lost(one)).toEqual([])
  })

  it('is not concerned by a link whose counters or flags of other kinds change', () => {
    expect(picture().take([{ kind: 'link', gone: false, link: link(3, 'eth2', { mtu: 9000 }) }])).toBe(false)
  })

  it('counts a network of the configuration as lost while its address is not there, unless the interface is to be down', () => {
    const one = picture()
    one.take([{ kind: 'address', gone: true, address: address(3, '10.0.2.1/24') }])
    const eth2 = { name: 'eth2', addresses: ['10.0.2.1/24'] }
    expect(lost(one, [eth2])).toEqual(['10.0.2.0/24: eth2 does not have the address 10.0.2.1/24 now'])
    expect(lost(one, [{ ...eth2, enabled: false }])).toEqual([])
    expect(lost(one, [{ name: 'eth9', addresses: ['10.0.9.1/24'] }])).toEqual([
      '10.0.9.0/24: there is no interface eth9',
    ])
  })

  it('has of the routes of others that with the lowest metric, as they come and go', () => {
    const one = picture([route('10.9.0.0/16', 30, '10.0.1.7'), route('10.9.0.0/16', 20, '10.0.1.8')])
    expect(foreign(one, '10.9.1.1')).toMatchObject({
      metric: 20,
      protocol: 'static',
      ways: [{ gateway: '10.0.1.8', link: 'eth1' }],
    })
    one.take([{ kind: 'route', gone: true, route: route('10.9.0.0/16', 20) }])
    expect(foreign(one, '10.9.1.1')).toMatchObject({ metric: 30 })
    one.take([{ kind: 'route', gone: true, route: route('10.9.0.0/16', 30) }])
    expect(foreign(one, '10.9.1.1')).toBeUndefined()
  })

  it('leaves out our own routes and other tables, and has no way where a route says that there is none', () => {
    const one = picture([
      route('10.8.0.0/16', 20, '10.0.1.7', { protocol: 201 }),
      route('10.8.0.0/16', 20, '10.0.1.7', { table: 100 }),
      route('10.7.0.0/16', 20, undefined, { type: UNREACHABLE }),
    ])
    expect(foreign(one, '10.8.1.1')).toBeUndefined()
    expect(foreign(one, '10.7.1.1')).toMatchObject({ ways: [] })
  })
})
