import type { Feature } from '../features.ts'
import { type Features, probeFeatures } from '../features.ts'
import { Box, loadBoxConfig } from './box.ts'
import { type ConvergenceOptions, converge } from './convergence.ts'
import { pathsOf } from './paths.ts'
import { buildTopology, possibleNodes, removeTopology, type Topology } from './topology.ts'
import { type PathResult, type TryOptions, tryPaths } from './try-paths.ts'

/** Where the lab keeps its files: sockets, logs of nobody else, the state of the box. */
const DIRECTORY = '/run/causeway'

export interface GatewayLabOptions {
  readonly directory?: string
  /** Lines of engine and manager. */
  readonly onLine?: (line: string) => void
}

/** The gateway lab: a box between an outside host and up to four kinds of cluster node. */
export class GatewayLab {
  readonly topology: Topology
  readonly box: Box
  /** A line for each node that this kernel cannot have. */
  readonly leftOut: readonly string[]

  private constructor(topology: Topology, box: Box, leftOut: readonly string[]) {
    this.topology = topology
    this.box = box
    this.leftOut = leftOut
  }

  /** Builds everything and starts engine, manager and BIRDs. To be called confined. */
  static async start(options: GatewayLabOptions = {}): Promise<GatewayLab> {
    const { directory = DIRECTORY, onLine } = options
    const features = await probeFeatures()
    const { nodes, leftOut } = possibleNodes(features)
    const [topology, config] = await Promise.all([
      buildTopology(nodes, `${directory}/bird`),
      loadBoxConfig(missing(features)),
    ])
    const box = await Box.start({
      namespace: topology.namespaces.get('box')!,
      config,
      directory: `${directory}/box`,
      ...(onLine && { onLine }),
    })
    return new GatewayLab(topology, box, leftOut)
  }

  /** Waits until sessions and routes are there; returns a sentence for each that did not come. */
  converge(options: ConvergenceOptions = {}): Promise<string[]> {
    return converge(this.topology, this.box, options)
  }

  /** Ends it where its confinement goes on. */
  async stop(): Promise<void> {
    await this.box.stop()
    await removeTopology(this.topology)
  }

  /** Tries every path of the lab. */
  tryPaths(options: TryOptions = {}): Promise<PathResult[]> {
    return tryPaths(this.topology.namespaces, pathsOf(this.topology.nodes), options)
  }
}

function missing(features: Features): ReadonlySet<Feature> {
  return new Set((Object.keys(features) as Feature[]).filter(feature => features[feature] !== undefined))
}
