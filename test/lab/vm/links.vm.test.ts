import { execFileSync } from 'node:child_process'
import { afterEach, describe, expect, it } from 'vitest'

interface Link {
  readonly ifname: string
  readonly linkinfo: { readonly info_kind: string; readonly info_data?: Record<string, unknown> }
}

function ip(command: string): string {
  return execFileSync('ip', command.split(' '), { encoding: 'utf8', stdio: 'pipe' })
}

/** Makes a link and gives back what the kernel has of it. The first of its kind makes the kernel load a module. */
function make(name: string, kind: string): Link {
  ip(`link add ${name} ${kind}`)
  return JSON.parse(ip(`-details -json link show dev ${name}`))[0]
}

describe('the kernel of the VM', () => {
  afterEach(() => {
    for (const name of ['under', 'made']) {
      try {
        ip(`link delete ${name}`)
      } catch {
        // Not every test makes both.
      }
    }
  })

  it('tags frames with 802.1Q', () => {
    make('under', 'type veth peer name other')
    expect(make('made', 'link under type vlan id 10').linkinfo).toMatchObject({
      info_kind: 'vlan',
      info_data: { protocol: '802.1Q', id: 10 },
    })
  })

  it('carries IPv4 in IPv4', () => {
    expect(make('made', 'type ipip local 192.0.2.1 remote 192.0.2.2').linkinfo).toMatchObject({
      info_kind: 'ipip',
      info_data: { remote: '192.0.2.2', local: '192.0.2.1' },
    })
  })

  it.each([
    ['dummy', 'type dummy'],
    ['bridge', 'type bridge'],
    ['wireguard', 'type wireguard'],
    ['vrf', 'type vrf table 10'],
    ['gre', 'type gre local 192.0.2.1 remote 192.0.2.2'],
    ['vxlan', 'type vxlan id 1 dstport 8472 local 192.0.2.1 nolearning'],
  ])('has links of kind %s', (kind, parameters) => {
    expect(make('made', parameters).linkinfo.info_kind).toBe(kind)
  })

  it('has macvlan', () => {
    make('under', 'type veth peer name other')
    expect(make('made', 'link under type macvlan mode bridge').linkinfo).toMatchObject({
      info_kind: 'macvlan',
      info_data: { mode: 'bridge' },
    })
  })

  it('has nexthop objects and groups', () => {
    make('made', 'type dummy')
    ip('link set made up')
    ip('address add 192.0.2.1/24 dev made')
    ip('nexthop add id 1 via 192.0.2.2 dev made')
    ip('nexthop add id 2 via 192.0.2.3 dev made')
    ip('nexthop add id 3 group 1/2')
    expect(ip('nexthop show id 3')).toContain('group 1/2')
  })
})
