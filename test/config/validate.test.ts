import { describe, expect, it } from 'vitest'
import { formatProblems, parseConfig, validateConfig, validateInSteps } from '../../src/config/index.ts'
import type { Problem } from '../../src/model/errors.ts'
import { sample } from './sample.ts'

const text = `system: { hostName: box }
interfaces:
  - { name: eth0, type: ethernet, addresses: [10.0.0.1/24] }
  - name: flannel.1
    type: vxlan
    vni: 16777216
    local: 10.0.0.1
  - { name: v, type: vlan, parent: eth1, vlanId: 10 }
`

describe('validating a configuration', () => {
  it('gives back what is right, unchanged', () => {
    const result = validateConfig(sample)
    expect(result).toEqual({ valid: true, config: sample, warnings: [] })
    expect(result.config).toBe(sample)
  })

  it('says of each problem where, what stands there, what is wrong and what would be right', () => {
    expect(parseConfig(text, 'box.yaml').problems).toEqual([
      {
        code: 'out-of-range',
        severity: 'error',
        detail: '16777216 is out of range.',
        fix: 'Give a whole number from 1 to 16777215.',
        pointer: '/interfaces/1/vni',
        path: 'interfaces[flannel.1].vni',
        value: 16777216,
        line: 6,
        column: 10,
        source: 'box.yaml',
      },
      {
        code: 'unknown-interface',
        severity: 'error',
        detail: 'No interface eth1 is configured.',
        fix: 'Did you mean eth0? If not, add eth1 to interfaces.',
        pointer: '/interfaces/2/parent',
        path: 'interfaces[v].parent',
        value: 'eth1',
        line: 8,
        column: 36,
        source: 'box.yaml',
      },
    ])
  })

  it('formats problems for a terminal', () => {
    const { problems = [] } = parseConfig(text, 'box.yaml')
    expect(formatProblems(problems)).toBe(
      [
        'box.yaml:6:10: interfaces[flannel.1].vni: 16777216 is out of range.',
        '    Give a whole number from 1 to 16777215.',
        'box.yaml:8:36: interfaces[v].parent: No interface eth1 is configured.',
        '    Did you mean eth0? If not, add eth1 to interfaces.',
      ].join('\n'),
    )
    const { problems: bare = [] } = validateConfig({ system: {} })
    expect(formatProblems(bare, 'the request')).toBe(
      'the request: system.hostName: The key hostName is missing.\n    Add hostName: Name of the box (RFC 1123 label).',
    )
  })

  it('tells faults of the schema and of the meaning together, in the order of the document', () => {
    const { problems = [] } = parseConfig(`
bgp: { localAs: 0, routerId: 0.0.0.0, neighbors: [{ address: 10.0.0.1, remoteAs: 1 }] }
routes: [{ prefix: 10.9.9.9/24, blackhole: true }]
system: { hostName: box }
interfaces:
  - { name: eth0, type: ethernet, addresses: [10.0.0.1/24], mtu: 9 }
  - { name: eth0, type: ethernet, addresses: [10.0.0.2/25] }
`)
    expect(problems.map(({ path, code }) => `${path} ${code}`)).toEqual([
      'bgp.localAs out-of-range',
      'bgp.routerId router-id',
      'bgp.neighbors[10.0.0.1].address bgp-neighbor-own-address',
      'bgp.neighbors[10.0.0.1].importPolicy bgp-policy-missing',
      'bgp.neighbors[10.0.0.1].exportPolicy bgp-policy-missing',
      'routes[10.9.9.9/24].prefix host-bits',
      'interfaces[0].mtu out-of-range',
      'interfaces[1].name duplicate-interface',
    ])
  })

  it('does not blame others for a part that could not be read', () => {
    const { problems = [] } = validateConfig({
      ...sample,
      interfaces: [
        ...sample.interfaces,
        { name: 'eth9', type: 'ethernet', mtu: 'big', addresses: ['10.9.0.1/24'] },
      ],
      neighbors: [
        { interface: 'eth9', address: '10.9.0.2', macAddress: '02:00:00:00:00:01' },
        { interface: 'eth8', address: '10.9.0.2', macAddress: '02:00:00:00:00:01' },
      ],
      routes: [{ prefix: '10.8.0.0/24', nexthops: [{ via: '10.9.0.2' }] }],
      policies: [{ name: 3, rules: [] }],
      bgp: {
        localAs: 1,
        routerId: '192.0.2.1',
        neighborGroups: [{ name: 'a', importPolicy: 'x', remoteAs: 'y' }],
        neighbors: [{ address: '172.16.0.2', group: 'a' }],
      },
    })
    expect(problems.map(({ pointer, code }) => `${pointer} ${code}`)).toEqual([
      '/interfaces/6/mtu wrong-type',
      '/neighbors/1/interface unknown-interface',
      '/policies/0/name wrong-type',
      '/bgp/neighborGroups/0/remoteAs wrong-type',
    ])
  })

  it('keeps indices right behind parts that were taken out', () => {
    const { problems = [] } = validateConfig({
      ...sample,
      routes: [
        { prefix: 7 },
        'x',
        { prefix: '10.0.0.1/8', blackhole: true },
        { prefix: '10.0.0.2/8', blackhole: true },
      ],
    })
    expect(problems.map(({ pointer, detail }) => `${pointer} ${detail}`)).toEqual([
      '/routes/0/prefix 7 is a whole number.',
      '/routes/1 "x" is text.',
      '/routes/2/prefix 10.0.0.1/8 has bits set behind its length.',
      '/routes/3/prefix 10.0.0.2/8 has bits set behind its length.',
      '/routes/3/prefix The route to 10.0.0.2/8 with distance 1 is also routes[10.0.0.1/8].',
    ])
  })

  it.each([
    [null, 'The configuration is empty.'],
    [undefined, 'The configuration is empty.'],
    [[], 'The configuration is an empty list.'],
    ['system', 'The configuration is text.'],
    [7, 'The configuration is a whole number.'],
  ])('refuses %j', (value, detail) => {
    expect(validateConfig(value).problems?.map(problem => problem.detail)).toEqual([detail])
  })

  it('tells at most a thousand problems and how many more there are', () => {
    const routes = Array.from({ length: 1500 }, (_, index) => ({
      prefix: `10.${index >> 8}.${index & 255}.1/24`,
      blackhole: true,
    }))
    const { problems = [] } = validateConfig({ ...sample, routes })
    expect(problems).toHaveLength(1001)
    expect(problems.at(-1)?.detail).toBe('There are 500 more problems.')
  })

  it('checks ten thousand interfaces and entries within seconds', () => {
    const interfaces = Array.from({ length: 3000 }, (_, index) => ({
      name: `p${index}`,
      type: 'ethernet',
      addresses: [`10.${index >> 8}.${index & 255}.1/24`],
    }))
    const neighbors = interfaces.map(({ name, addresses }) => ({
      interface: name,
      address: addresses[0]!.replace('.1/24', '.2'),
      macAddress: '02:00:00:00:00:01',
    }))
    const started = performance.now()
    expect(validateConfig({ system: sample.system, interfaces, neighbors }).valid).toBe(true)
    expect(performance.now() - started).toBeLessThan(10_000)
  })

  it('answers any value with a configuration or with problems that say something', () => {
    const values = [
      null,
      true,
      -1,
      1.5,
      1e99,
      '',
      'x',
      '10.0.0.1',
      '10.0.0.1/24',
      'eth0',
      [],
      {},
      [[]],
      [null],
      { name: 'lo' },
    ]
    const base = {
      ...sample,
      neighbors: [{ interface: 'nodes', address: '172.16.0.2', macAddress: '02:00:00:00:00:01' }],
      fdb: [{ interface: 'flannel.1', macAddress: '02:00:00:00:00:01', destination: '172.16.0.2' }],
      routes: [{ prefix: '10.1.0.0/16', nexthops: [{ via: '172.16.0.2', interface: 'nodes', weight: 2 }] }],
      policies: [
        {
          name: 'p',
          rules: [
            {
              action: 'accept',
              match: { prefixes: [{ prefix: '10.0.0.0/8', ge: 9 }] },
              set: { tunnel: 'tunl0' },
            },
          ],
        },
      ],
      bgp: {
        localAs: 64512,
        routerId: '192.0.2.1',
        neighborGroups: [{ name: 'g', remoteAs: 64512, listenRanges: ['172.16.0.0/24'] }],
        neighbors: [{ address: '172.16.0.2', group: 'g', families: ['ipv4-unicast'], importPolicy: 'p' }],
      },
    }
    expect(validateConfig(base).valid).toBe(true)
    const unsaid: unknown[] = []
    let checked = 0
    for (const path of pathsOf(base)) {
      for (const value of values) {
        const result = validateConfig(replaced(base, path, value))
        const problems: readonly Problem[] = result.valid ? result.warnings : result.problems
        const sentences = problems.map(({ detail, fix }) => `${detail} ${fix}`)
        const vague = sentences.some(sentence => /undefined|\[object|NaN|\{\w+\}/.test(sentence))
        if (vague || (!result.valid && problems.length === 0)) unsaid.push([path, value, sentences])
        checked++
      }
    }
    expect(unsaid).toEqual([])
    expect(checked).toBeGreaterThan(1000)
  }, 30_000)
})

function pathsOf(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path]
  return [path, ...Object.entries(value).flatMap(([key, part]) => pathsOf(part, [...path, key]))]
}

function replaced(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by
  const copy = structuredClone(value) as Record<string, unknown>
  copy[key] = replaced(copy[key], rest, by)
  return copy
}

describe('a validation in steps', () => {
  it('says the same, and lets others have a turn between its checks', () => {
    for (const value of [{ system: { hostName: 'a' } }, { system: {} }, 5]) {
      const steps = validateInSteps(value)
      let count = 0
      for (;;) {
        const { done, value: result } = steps.next()
        if (!done) {
          count++
          continue
        }
        expect(result).toEqual(validateConfig(value))
        if (result.valid) expect(count).toBeGreaterThan(10)
        break
      }
    }
  })
})
