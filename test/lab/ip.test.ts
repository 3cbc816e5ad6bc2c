import { describe, expect, it } from 'vitest'
import { batchFailure, vethLine } from '../../src/lab/ip.ts'

describe('a batch of ip', () => {
  it('fails with the namespace, the line that failed, and what the kernel said', () => {
    const lines = ['link set lo up', 'address add 10.0.0.1/24 dev eth7', 'link set eth0 up']
    const stderr = 'Cannot find device "eth7"\nCommand failed -:2\n'
    expect(batchFailure('ip', lines, 'box', stderr)).toBe(
      'namespace box: `ip address add 10.0.0.1/24 dev eth7`: Cannot find device "eth7"',
    )
  })
})

describe('a veth pair', () => {
  it('is one line that names both ends with their namespaces', () => {
    const line = vethLine(
      { namespace: 'box', name: 'eth0', mac: '02:00:00:00:00:01' },
      { namespace: 'outside', name: 'eth0', mtu: 1400 },
    )
    expect(line).toBe(
      'link add name eth0 netns box address 02:00:00:00:00:01 type veth peer name eth0 netns outside mtu 1400',
    )
  })
})
