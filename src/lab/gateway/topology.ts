import { Bird } from '../bird.ts'
import { type Features, featureName } from '../features.ts'
import { type Blueprint, together } from './blueprint.ts'
import { build, type Namespaces } from './build.ts'
import { calicoBirdConfig } from './calico-bird.ts'
import { boxAndOutside, nodeSwitch } from './hosts.ts'
import { nodeA } from './node-a.ts'
import { nodeB } from './node-b.ts'
import { nodeC } from './node-c.ts'
import { nodeD } from './node-d.ts'
import { BOX, KINDS, NETWORKS, NODES, type NodeName } from './plan.ts'

const BLUEPRINTS: Readonly<Record<NodeName, Blueprint>> = {
  'node-a': nodeA,
  'node-b': nodeB,
  'node-c': nodeC,
  'node-d': nodeD,
}

/** Everything of the gateway lab around the box, which is there with two ports and nothing set. */
export interface Topology {
  readonly nodes: readonly NodeName[]
  readonly namespaces: Namespaces
  readonly birds: readonly Bird[]
}

/** Which nodes a kernel can have, and a line for each that is left out. */
export function possibleNodes(features: Features): { nodes: NodeName[]; leftOut: string[] } {
  const nodes: NodeName[] = []
  const leftOut: string[] = []
  for (const node of Object.keys(KINDS) as NodeName[]) {
    const missing = KINDS[node].needs.filter(feature => features[feature] !== undefined)
    if (missing.length === 0) {
      nodes.push(node)
      continue
    }
    const why = missing.map(feature => `${featureName(feature)} (${features[feature]})`).join(' and no ')
    leftOut.push(`${node} (like ${KINDS[node].like}) is left out: this kernel has no ${why}`)
  }
  return { nodes, leftOut }
}

/** Builds the lab with these nodes, and starts their BIRDs. */
export async function buildTopology(nodes: readonly NodeName[], directory: string): Promise<Topology> {
  const parts = [boxAndOutside, nodeSwitch(nodes), ...nodes.map(node => BLUEPRINTS[node])]
  const namespaces = await build(together(parts))
  const birds = await Promise.all(
    birdConfigs(nodes).map(({ node, name, config }) =>
      Bird.start({ namespace: namespaces.get(node)!, name, config, directory, gracefulRestart: true }),
    ),
  )
  return { nodes, namespaces, birds }
}

/** Stops the BIRDs and takes the namespaces away, for who builds more than one lab in a run. */
export async function removeTopology(topology: Topology): Promise<void> {
  await Promise.all(topology.birds.map(bird => bird.stop()))
  await Promise.all([...topology.namespaces.values()].map(namespace => namespace.remove()))
}

/** The BIRDs of the nodes: their session with the box is called `box`. */
export function birdConfigs(nodes: readonly NodeName[]): { node: NodeName; name: string; config: string }[] {
  const configs: { node: NodeName; name: string; config: string }[] = []
  if (nodes.includes('node-a')) {
    for (const family of [4, 6] as const) {
      configs.push({
        node: 'node-a',
        name: family === 4 ? 'bird' : 'bird6',
        config: calicoBirdConfig({
          family,
          routerId: NODES['node-a'][4],
          localAs: BOX.as,
          localAddress: NODES['node-a'][family],
          neighborAddress: BOX.nodes[family],
          neighborAs: BOX.as,
          block: NETWORKS[family]['node-a']!,
        }),
      })
    }
  }
  if (nodes.includes('node-d')) {
    const { 'node-d': block, ...elsewhere } = NETWORKS[4]
    configs.push({
      node: 'node-d',
      name: 'bird',
      config: calicoBirdConfig({
        family: 4,
        routerId: NODES['node-d'][4],
        localAs: 64514,
        localAddress: NODES['node-d'][4],
        neighborAddress: BOX.nodes[4],
        neighborAs: BOX.as,
        block: block!,
        felixPrograms: Object.values(elsewhere),
      }),
    })
  }
  return configs
}
