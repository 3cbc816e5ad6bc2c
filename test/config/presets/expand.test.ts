import { describe, expect, it } from 'vitest'
import { expandPresets, PRESETS, validateConfig } from '../../../src/config/index.ts'
import type { Config } from '../../../src/model/config.ts'
import type { BgpNeighborGroup, PresetName } from '../../../src/model/config-bgp.ts'

const NETWORKS = { pods: ['10.244.0.0/16', 'fd00:244::/48'], services: ['10.96.0.0/12'] }

function configWith(group: Partial<BgpNeighborGroup>, more: Partial<Config> = {}): Config {
  return {
    system: { hostName: 'box' },
    interfaces: [{ name: 'eth1', type: 'ethernet', addresses: ['192.168.50.1/24', 'fd00:50::1/64'] }],
    bgp: {
      localAs: 65000,
      routerId: '192.168.50.1',
      neighborGroups: [{ name: 'nodes', remoteAs: 64512, listenRanges: ['192.168.50.0/24'], ...group }],
    },
    ...more,
  }
}

function expanded(preset: PresetName, group: Partial<BgpNeighborGroup> = {}) {
  const config = expandPresets(configWith({ preset: { name: preset, ...NETWORKS }, ...group }))
  const policy = (name: string) => config.policies?.find(one => one.name === name)?.rules
  return { config, group: config.bgp!.neighborGroups![0]!, policy, lists: config.prefixLists }
}

describe('a preset', () => {
  it.each(PRESETS.map(({ name }) => name))('%s becomes a plain configuration that is valid', name => {
    const { config, group } = expanded(name, name === 'calico-rr' ? { remoteAs: 65000 } : {})
    expect(group).not.toHaveProperty('preset')
    expect(group).toMatchObject({ importPolicy: 'nodes.import', exportPolicy: 'nodes.export' })
    expect(validateConfig(JSON.parse(JSON.stringify(config)))).toMatchObject({ valid: true, warnings: [] })
  })

  it('takes what lies inside the networks of pods and services, and nothing else', () => {
    const { policy, lists } = expanded('calico-tor')
    expect(policy('nodes.import')).toEqual([
      { match: { prefixLists: ['nodes.pods', 'nodes.services'] }, action: 'accept' },
    ])
    expect(lists).toEqual([
      {
        name: 'nodes.pods',
        entries: [
          { prefix: '10.244.0.0/16', le: 32 },
          { prefix: 'fd00:244::/48', le: 128 },
        ],
      },
      { name: 'nodes.services', entries: [{ prefix: '10.96.0.0/12', le: 32 }] },
    ])
  })

  it('calico-tor lets nodes of one AS hear of each other, and reach each other without the box', () => {
    const { group, policy } = expanded('calico-tor')
    expect(group.asOverride).toBe(true)
    expect(policy('nodes.export')).toEqual([
      { match: { neighborGroups: ['nodes'] }, action: 'accept', set: { nexthop: 'unchanged' } },
      { action: 'accept' },
    ])
  })

  it('calico-tor in the AS of the nodes announces itself as next hop', () => {
    const { group, policy } = expanded('calico-tor', { remoteAs: 65000 })
    expect(group).toMatchObject({ nexthopSelf: true })
    expect(group).not.toHaveProperty('asOverride')
    expect(policy('nodes.export')).toEqual([{ action: 'accept' }])
  })

  it('calico-rr reflects what BGP taught it, with all paths, in the AS of the box', () => {
    const nodes = { name: 'nodes', listenRanges: ['192.168.50.0/24'] }
    const { bgp } = configWith({})
    const preset = { name: 'calico-rr', ...NETWORKS } as const
    const config = expandPresets({
      ...configWith({}),
      bgp: { ...bgp!, neighborGroups: [{ ...nodes, preset }] },
    })
    const [group] = config.bgp!.neighborGroups!
    const policy = (name: string) => config.policies!.find(one => one.name === name)!.rules
    expect(group).toMatchObject({
      remoteAs: 65000,
      routeReflectorClient: true,
      addPathSend: 'all',
      addPathReceive: true,
    })
    expect(policy('nodes.export')).toEqual([{ match: { sources: ['bgp'] }, action: 'accept' }])
  })

  it.each(['cilium', 'metallb', 'hybridnet'] as const)(
    '%s waits for the nodes, and tells them nothing',
    name => {
      const { group, policy } = expanded(name)
      expect(group).toMatchObject({ passive: true, families: ['ipv4-unicast', 'ipv6-unicast'] })
      expect(policy('nodes.export')).toEqual([])
    },
  )

  it('kube-router never hears of a default route', () => {
    expect(expanded('kube-router').policy('nodes.export')![0]).toEqual({
      match: { prefixes: [{ prefix: '0.0.0.0/0' }, { prefix: '::/0' }] },
      action: 'reject',
    })
  })

  it('gives way to what the group says itself', () => {
    const { group, config } = expanded('hybridnet', { gracefulRestartTime: 7, importPolicy: 'mine' })
    expect(group).toMatchObject({ gracefulRestartTime: 7, importPolicy: 'mine' })
    expect(config.policies!.map(({ name }) => name)).toEqual(['nodes.export'])
  })

  it('leaves a configuration without presets as it is', () => {
    const config = configWith({})
    expect(expandPresets(config)).toBe(config)
  })

  it('is refused where it is not told the networks that it needs', () => {
    const result = validateConfig(configWith({ preset: { name: 'metallb', pods: ['10.244.0.0/16'] } }))
    expect(result.problems).toMatchObject([
      {
        code: 'preset-incomplete',
        path: 'bgp.neighborGroups[nodes].preset',
        fix: expect.stringContaining('services'),
      },
    ])
  })

  it('is refused where a name that it makes is taken', () => {
    const result = validateConfig(
      configWith(
        { preset: { name: 'cilium', ...NETWORKS } },
        { policies: [{ name: 'nodes.export', rules: [] }] },
      ),
    )
    expect(result.problems!.map(({ code }) => code)).toContain('preset-name-taken')
  })
})
