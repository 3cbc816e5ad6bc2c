import type { Family } from '../../net/address.ts'
import type { Bird } from '../bird.ts'
import { LabError } from '../errors.ts'
import { KernelEvents } from '../kernel-events.ts'
import type { Namespace } from '../namespace.ts'
import { until } from '../wait.ts'
import type { Box } from './box.ts'
import { whyMissing } from './missing-routes.ts'
import { NETWORKS, type NodeName } from './plan.ts'
import type { Topology } from './topology.ts'

/** Something that must be so before the paths are tried. */
export interface Condition {
  /** A sentence that is true once it is so: `the kernel of node-a has its IPv4 routes`. */
  readonly what: string
  /** Resolves once it is so; rejects with a reason where that takes longer than `limit` milliseconds. */
  readonly wait: (limit: number, signal: AbortSignal) => Promise<unknown>
}

export interface ConvergenceOptions {
  /** Milliseconds for all conditions. Default 30,000. */
  readonly limit?: number
  /** Called when a condition came true, with the milliseconds that it took. */
  readonly onTrue?: (what: string, milliseconds: number) => void
  /** Called with what is still waited for: after three seconds, then after pauses that double. */
  readonly onWaiting?: (what: readonly string[]) => void
}

/** Milliseconds after which it is said for the first time what is waited for. */
const FIRST_REMINDER = 3000

/**
 * Waits until all conditions are true.
 * @returns a sentence for each that did not come true.
 * @throws {LabError} as soon as a process of the box ends.
 */
export async function converge(
  topology: Topology,
  box: Box,
  options: ConvergenceOptions = {},
): Promise<string[]> {
  const { limit = 30_000, onTrue, onWaiting } = options
  const events = new Map(
    ['box', 'node-a'].flatMap(name => {
      const namespace = topology.namespaces.get(name)
      return namespace ? [[name, new KernelEvents(namespace)] as const] : []
    }),
  )
  const over = new AbortController()
  const start = performance.now()
  const waiting = new Set<string>()
  const late: string[] = []
  let reminder: NodeJS.Timeout | undefined
  const remindIn = (pause: number) => {
    reminder = setTimeout(() => {
      if (waiting.size > 0) onWaiting?.([...waiting])
      remindIn(pause * 2)
    }, pause)
  }
  remindIn(FIRST_REMINDER)
  // In tenths of a second, as people are told of it.
  const left = () => Math.max(0, Math.ceil((limit - (performance.now() - start)) / 100) * 100)
  const met = async ({ what, wait }: Condition) => {
    waiting.add(what)
    try {
      await wait(left(), over.signal)
      onTrue?.(what, performance.now() - start)
    } catch (error) {
      late.push((error as Error).message)
    }
    waiting.delete(what)
  }
  const all = async () => {
    // First of all, since to look for the others costs processor time that the engine needs to start.
    await met(engineRuns(box))
    await Promise.all(conditions(topology, box, events).map(met))
  }
  try {
    await Promise.race([all(), ...endOf(box)])
  } finally {
    over.abort()
    clearTimeout(reminder)
    await Promise.all([...events.values()].map(listener => listener.stop()))
  }
  return late
}

/** Rejects when a process of the box ends of itself. */
function endOf(box: Box): Promise<never>[] {
  return [box.engine, box.manager].map(async child => {
    const { status, signal } = await child.exited
    const log = child.lines.slice(-15).map(line => `\n  ${line}`)
    throw new LabError(`the ${child.name} ended with ${status ?? signal}:${log.join('')}`)
  })
}

function engineRuns(box: Box): Condition {
  const what = 'the engine runs'
  return {
    what,
    wait: (limit, signal) => until(what, () => box.engineListens, { limit, signal }),
  }
}

/** What must be so in a lab with these nodes. */
function conditions(topology: Topology, box: Box, events: ReadonlyMap<string, KernelEvents>): Condition[] {
  const { nodes, birds, namespaces } = topology
  const routes = (name: string, family: Family, prefixes: readonly string[]): Condition => {
    const what = `the kernel of ${name === 'box' ? 'the box' : name} has its IPv${family} routes`
    return {
      what,
      wait: async (limit, signal) => {
        const listener = events.get(name)
        let missing = prefixes
        try {
          await until(
            what,
            async () => {
              missing = await missingRoutes(namespaces.get(name)!, family, prefixes)
              if (missing.length > 0) throw new LabError(`${missing.join(', ')} missing`)
              return true
            },
            { limit, signal, interval: 1000, ...(listener && { wake: listener.wake }) },
          )
        } catch (error) {
          if (signal.aborted || name !== 'box') throw error
          const why = await whyMissing(box, missing).catch(({ message }: Error) => [message])
          throw new LabError(`${(error as Error).message}. ${why.join(' ')}`)
        }
      },
    }
  }
  const all: Condition[] = [
    {
      what: 'the kernel of the box is as configured',
      wait: (limit, signal) =>
        until(
          'the kernel of the box is as configured',
          async () => {
            if (!box.managerListens) throw new LabError('the manager is starting')
            const health = await box.health()
            if (health.reconciled) return true
            throw new LabError(JSON.stringify(health))
          },
          { limit, signal, interval: 100 },
        ),
    },
    {
      what: 'the addresses of the box are its own (duplicate address detection)',
      wait: (limit, signal) => {
        const listener = events.get('box')
        return until(
          'the addresses of the box are its own (duplicate address detection)',
          () => addressesReady(namespaces.get('box')!),
          { limit, signal, interval: 1000, ...(listener && { wake: listener.wake }) },
        )
      },
    },
    ...birds.map(session),
  ]
  for (const family of [4, 6] as const) {
    const blocks = (['node-a', 'node-b', 'node-d'] as const)
      .filter(node => nodes.includes(node))
      .flatMap(node => NETWORKS[family][node] ?? [])
    all.push(routes('box', family, blocks))
    if (nodes.includes('node-a')) all.push(routes('node-a', family, announcedToA(nodes, family)))
  }
  return all
}

function session(bird: Bird): Condition {
  const what = `${bird.name} has its session with the box`
  return { what, wait: (limit, signal) => bird.established('box', { limit, signal }) }
}

/** What the box tells node A: what lies outside, VLANs, and the blocks of the other nodes. */
function announcedToA(nodes: readonly NodeName[], family: Family): string[] {
  const { outside, vlan10, vlan20, 'node-b': b, 'node-d': d } = NETWORKS[family]
  return [
    outside,
    ...(nodes.includes('node-b') ? [b] : []),
    ...(nodes.includes('node-c') ? [vlan10, vlan20] : []),
    ...(nodes.includes('node-d') ? [d] : []),
  ].filter(prefix => prefix !== undefined)
}

/** Those of the prefixes that the kernel has no route for that leads anywhere. */
async function missingRoutes(
  namespace: Namespace,
  family: Family,
  prefixes: readonly string[],
): Promise<string[]> {
  const rows = await namespace.ipJson([`-${family}`, 'route', 'show'])
  const there = new Set(rows.filter(row => row.type !== 'blackhole').map(row => row.dst))
  return prefixes.filter(prefix => !there.has(prefix))
}

async function addressesReady(namespace: Namespace): Promise<true | undefined> {
  const links = await namespace.ipJson(['-6', 'address', 'show', 'scope', 'global'])
  const addresses = links.flatMap(link => (link.addr_info ?? []) as { tentative?: boolean; local?: string }[])
  const tentative = addresses.filter(address => address.tentative)
  if (tentative.length > 0) throw new LabError(`${tentative.map(({ local }) => local).join(', ')} tentative`)
  return addresses.some(({ local }) => local !== undefined) ? true : undefined
}
