import { describe, expect, it } from 'vitest'
import { validateConfig } from '../../../src/config/index.ts'
import { loadBoxConfig } from '../../../src/lab/gateway/box.ts'
import { BOX, NODES } from '../../../src/lab/gateway/plan.ts'

const names = (list: readonly { name: string }[] | undefined) => list?.map(({ name }) => name)

describe("the lab's configuration of the box", () => {
  it('is valid and agrees with what its neighbours know of it', async () => {
    const config = await loadBoxConfig(new Set())
    const vxlans = config.interfaces!.filter(candidate => candidate.type === 'vxlan')
    expect(vxlans.map(({ macAddress, local }) => [macAddress, local])).toEqual([
      [BOX.vtepMac[4], BOX.nodes[4]],
      [BOX.vtepMac[6], BOX.nodes[6]],
    ])
    expect(config.fdb!.map(({ destination }) => destination)).toEqual([
      NODES['node-b'][4],
      NODES['node-b'][6],
    ])
    expect(config.bgp!.localAs).toBe(BOX.as)
    expect(config.bgp!.neighbors!.map(({ address }) => address)).toEqual([NODES['node-d'][4]])
  })

  it('is valid too without VLAN and IPIP, and names nothing that is then missing', async () => {
    const config = await loadBoxConfig(new Set(['vlan', 'ipip']))
    expect(validateConfig(config).config).toEqual(config)
    expect(names(config.interfaces)).toEqual(['eth0', 'eth1', 'flannel.1', 'flannel-v6.1'])
    expect(names(config.policies)).toEqual(['pods-in', 'to-cluster'])
    expect(config.bgp!.neighbors).toEqual([])
    expect(names(config.bgp!.neighborGroups)).toEqual(['calico', 'calico-v6'])
  })

  it('has neighbours, forwarding entries and routes of a VXLAN only where there is one', async () => {
    const config = await loadBoxConfig(new Set(['vxlan']))
    expect(validateConfig(config).config).toEqual(config)
    expect([config.neighbors, config.fdb, config.routes]).toEqual([[], [], []])
  })
})
