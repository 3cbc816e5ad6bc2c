import { validateConfig } from '../../src/config/index.ts'

/** What a test changes of the sample: sections that take the place of those of the sample. */
export type Sections = Readonly<Record<string, unknown>>

/** A configuration in which nothing is wrong: an uplink, cluster nodes, a VLAN and both kinds of tunnel. */
export const sample = {
  system: { hostName: 'box' },
  interfaces: [
    { name: 'lo', type: 'loopback', addresses: ['192.0.2.1/32', '2001:db8::1/128'] },
    { name: 'uplink', type: 'ethernet', addresses: ['198.51.100.1/24', '2001:db8:1::1/64'] },
    { name: 'nodes', type: 'ethernet', addresses: ['172.16.0.1/24', '2001:db8:2::1/64'] },
    { name: 'nodes.10', type: 'vlan', parent: 'nodes', vlanId: 10, addresses: ['10.10.0.1/24'] },
    {
      name: 'flannel.1',
      type: 'vxlan',
      vni: 1,
      port: 8472,
      local: '172.16.0.1',
      mtu: 1450,
      addresses: ['10.244.0.0/32'],
    },
    { name: 'tunl0', type: 'ipip', local: '172.16.0.1', mtu: 1480 },
  ],
}

/** The sample with interfaces behind its own. */
export function withInterfaces(...more: readonly unknown[]): Sections {
  return { interfaces: [...sample.interfaces, ...more] }
}

/** Problems of the sample with other sections, each as `path: detail fix`, warnings marked. */
export function problemsOf(sections: Sections): readonly string[] {
  const result = validateConfig({ ...sample, ...sections })
  const problems = result.valid ? result.warnings : result.problems
  return problems.map(
    ({ severity, path, detail, fix }) =>
      `${severity === 'warning' ? 'warning: ' : ''}${path}: ${detail} ${fix}`,
  )
}
