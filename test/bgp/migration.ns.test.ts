import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Bgp } from '../../src/model/config-bgp.ts'
import { Bird, until } from './bird.ts'
import { ALL } from './harness.ts'
import { LiveBox } from './live-box.ts'
import { migration } from './migration.ts'

const NODES = [11, 12, 13]
const block = (node: number) => `10.244.${node}.0/26`

function ip(...words: string[]): string {
  return execFileSync('ip', words, { encoding: 'utf8', stdio: 'pipe' })
}

/** A node of the cluster on the network 10.9.9.0/24, where the box is 10.9.9.1, and what its kernel says of routes. */
class ClusterNode {
  readonly name: string
  readonly lines: string[] = []
  readonly #port: string
  readonly #monitor: ChildProcess

  constructor(number: number) {
    this.name = `node${number}`
    this.#port = `port${number}`
    ip('netns', 'add', this.name)
    ip('link', 'add', this.#port, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', this.name)
    ip('link', 'set', this.#port, 'master', 'fabric', 'up')
    ip('-n', this.name, 'addr', 'add', `10.9.9.${number}/24`, 'dev', 'eth0')
    for (const link of ['lo', 'eth0']) ip('-n', this.name, 'link', 'set', link, 'up')
    this.#monitor = spawn('ip', ['-n', this.name, 'monitor', 'route'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    this.#monitor.stdout!.setEncoding('utf8').on('data', text => this.lines.push(...text.split('\n')))
  }

  routes(): string[] {
    return ip('-n', this.name, 'route', 'show', 'proto', 'bird').split('\n').filter(Boolean)
  }

  /** Waits until the monitor has told all that has happened so far. */
  async heard(): Promise<void> {
    ip('-n', this.name, 'route', 'add', 'blackhole', '192.0.2.99')
    await until('the monitor is up to date', () => this.lines.some(line => line.includes('192.0.2.99')))
  }

  /** Blocks whose routes the kernel has lost. */
  get lost(): string[] {
    return this.lines.filter(line => line.startsWith('Deleted 10.244.'))
  }

  /** The link goes first: of a deleted namespace the kernel takes the links away later, when it has time. */
  remove(): void {
    this.#monitor.kill()
    ip('link', 'del', this.#port)
    ip('netns', 'del', this.name)
  }
}

/** BIRD as Calico runs it on a node: a block of its own, a full mesh, and the box as a further peer. */
function bird(node: number, mesh: boolean): string {
  const peers = mesh ? NODES.filter(other => other !== node) : []
  const session = (name: string, address: string) => `
protocol bgp ${name} {
  local 10.9.9.${node} as 64512; neighbor ${address} as 64512;
  multihop; graceful restart; connect delay time 1; connect retry time 2; error wait time 1, 2;
  ipv4 { import all; export where source = RTS_STATIC; add paths on; };
}`
  return `
router id 10.9.9.${node};
protocol device {}
protocol direct { ipv4; interface "eth0"; }
protocol kernel { ipv4 { export where source = RTS_BGP; }; }
protocol static own { ipv4; route ${block(node)} blackhole; }
${peers.map(other => session(`mesh_${other}`, `10.9.9.${other}`)).join('')}
${session('box', '10.9.9.1')}`
}

describe('a full mesh of BIRDs', () => {
  let nodes: ClusterNode[] = []
  let birds: Bird[] = []
  let box: LiveBox

  const bgp = (routeReflectorClient: boolean): Bgp => ({
    localAs: 64512,
    routerId: '10.9.9.1',
    neighborGroups: [{ name: 'nodes', remoteAs: 64512, listenRanges: ['10.9.9.0/24'], routeReflectorClient }],
  })
  const switchOff = () => {
    birds.forEach((each, index) => {
      each.configure(bird(NODES[index]!, false))
    })
  }
  const complete = (index: number) =>
    NODES.every(
      (other, at) => at === index || nodes[index]!.routes().some(line => line.startsWith(block(other))),
    )

  beforeEach(async () => {
    ip('link', 'add', 'fabric', 'type', 'bridge')
    ip('addr', 'add', '10.9.9.1/24', 'dev', 'fabric')
    ip('link', 'set', 'fabric', 'up')
    nodes = NODES.map(number => new ClusterNode(number))
    birds = NODES.map((number, index) => new Bird(nodes[index]!, bird(number, true)))
    await Promise.all(birds.map(each => each.start()))
    await until('the mesh is complete', () => nodes.every((_, index) => complete(index)))
  })

  afterEach(async () => {
    await box.stop()
    for (const each of birds) await each.remove()
    for (const node of nodes) node.remove()
    ip('link', 'del', 'fabric')
  })

  it('can be switched off without the loss of a route once the box says that it can', async () => {
    box = new LiveBox(bgp(true), [ALL])
    expect(migration(box, 3).ready).toBe(false)
    await until('the box says so', () => migration(box, 3).ready)
    expect(migration(box, 3)).toMatchObject({
      summary: 'ready: the mesh can be switched off',
      nodes: NODES.map(number => ({ address: `10.9.9.${number}`, endOfRibReceived: 'received', notTold: 0 })),
    })
    switchOff()
    await until('the mesh is gone', () => birds.every(each => !each.ask('show protocols').includes('mesh_')))
    for (const each of birds) {
      await until('all routes come from the box', () => {
        const routes = each.ask('show route where source = RTS_BGP')
        return routes.includes('[box ') && !routes.includes('[mesh_')
      })
    }
    for (const node of nodes) await node.heard()
    expect(nodes.map(({ lost }) => lost)).toEqual([[], [], []])
    nodes.forEach((_, index) => {
      expect(complete(index)).toBe(true)
    })
    for (const node of nodes)
      expect(node.routes().every(line => /via 10\.9\.9\.1[123] /.test(line))).toBe(true)
  })

  it('loses routes where it is switched off though the box says that it cannot', async () => {
    box = new LiveBox(bgp(false), [ALL])
    await until('all nodes have come and said all', () => {
      const { ready, summary } = migration(box, 3)
      return !ready && summary.includes('set routeReflectorClient: true at its group')
    })
    switchOff()
    await until('routes go', () => nodes.every(({ lost }) => lost.length === 2))
  })
})
