import { Capture } from '../capture.ts'
import type { Namespaces } from './build.ts'
import { echoOf, type SeenEcho } from './echo.ts'
import { type Path, wireText } from './paths.ts'
import { findLargest, ping } from './ping.ts'

/** What came of trying a path. */
export interface PathResult {
  readonly path: Path
  /** What was on the wire before and behind the box; undefined where nothing was seen. */
  readonly wire: string | undefined
  readonly sent: number
  readonly received: number
  /** Largest packet that passed unfragmented with DF set; undefined where none was found. */
  readonly largest: number | undefined
  /** Source address at the destination; undefined where nothing arrived. */
  readonly source: string | undefined
  /** Sentences on what is not as it must be; none: the path is right. */
  readonly problems: readonly string[]
}

export interface TryOptions {
  /** Echo requests of each path. Default 5. */
  readonly pings?: number
  /** Paths tried at a time. Default 12. */
  readonly atATime?: number
  readonly onResult?: (result: PathResult) => void
}

/** What was found out about a path by its two ends. */
export interface Trial {
  readonly sent: number
  readonly received: number
  /** A size, or a sentence on why there is none. */
  readonly largest: number | string
}

/** Identifiers of ICMP tell the paths apart: one for each, from here on. */
const FIRST_IDENTIFIER = 0x4300

/** The box's ports with their MACs: a frame that bears one leaves the box. */
const BOX_PORTS = [
  { name: 'eth0', mac: '02:00:ac:10:00:01' },
  { name: 'eth1', mac: '02:00:c0:a8:32:01' },
] as const

/** Tries all paths, and looks at the packets at both ports of the box and at all destinations. */
export async function tryPaths(
  namespaces: Namespaces,
  paths: readonly Path[],
  options: TryOptions = {},
): Promise<PathResult[]> {
  const { pings = 5, atATime = 12 } = options
  const box = namespaces.get('box')!
  const ends = [...new Set(paths.map(path => path.to.name))]
  const [ports, destinations] = await Promise.all([
    Promise.all(BOX_PORTS.map(port => Capture.start(box, port.name))),
    Promise.all(
      ends.map(name =>
        Capture.start(namespaces.get(name)!, 'eth0', { filter: 'icmp or icmp6', direction: 'in' }),
      ),
    ),
  ])
  const trials = await inTurns(paths, atATime, (path, index) =>
    tryPath(namespaces, path, FIRST_IDENTIFIER + index, pings),
  )
  const [seen, arrived] = await Promise.all([echoes(ports), echoes(destinations)])
  return paths.map((path, index) => {
    const identifier = FIRST_IDENTIFIER + index
    const result = judge(
      path,
      trials[index]!,
      seen.filter(echo => echo.identifier === identifier),
      arrived.filter(echo => echo.identifier === identifier),
    )
    options.onResult?.(result)
    return result
  })
}

async function tryPath(
  namespaces: Namespaces,
  path: Path,
  identifier: number,
  count: number,
): Promise<Trial> {
  const namespace = namespaces.get(path.from.name)!
  const target = { family: path.family, to: path.to.addresses[path.family]!, identifier }
  const { sent, received } = await ping(namespace, { ...target, count })
  if (received === 0) return { sent, received, largest: 'nothing passes' }
  return { sent, received, largest: await findLargest(namespace, target) }
}

async function echoes(captures: readonly Capture[]): Promise<SeenEcho[]> {
  const packets = await Promise.all(captures.map(capture => capture.stop()))
  return packets.flat().flatMap(packet => echoOf(packet) ?? [])
}

/**
 * Compares what was seen with how the path must be.
 * @param seen its echo requests at the ports of the box, each twice: coming in and going out.
 * @param arrived its echo requests at the destination.
 */
export function judge(
  path: Path,
  trial: Trial,
  seen: readonly SeenEcho[],
  arrived: readonly SeenEcho[],
): PathResult {
  const outgoing = (echo: SeenEcho) => BOX_PORTS.some(port => port.mac === echo.sender)
  const before = wires(seen.filter(echo => !outgoing(echo)))
  const behind = wires(seen.filter(outgoing))
  const wire = seen.length === 0 ? undefined : wireText(before || 'nothing', behind || 'nothing')
  const sources = [...new Set(arrived.map(echo => echo.ip.source))]
  const source = path.from.addresses[path.family]!
  const problems: string[] = []
  if (trial.received < trial.sent || trial.sent === 0)
    problems.push(`${trial.received} of ${trial.sent} echoes came back`)
  if (trial.received > 0 && wire !== path.wire) problems.push(`on the wire must be ${path.wire}`)
  if (typeof trial.largest === 'string') {
    if (trial.received > 0) problems.push(trial.largest)
  } else if (trial.largest !== path.largest) problems.push(`the largest packet must be ${path.largest}`)
  if (seen.some(echo => echo.fragment)) problems.push('packets were fragmented on the way')
  if (sources.length > 0 && (sources.length > 1 || sources[0] !== source))
    problems.push(`the source must be ${source}`)
  return {
    path,
    wire,
    sent: trial.sent,
    received: trial.received,
    largest: typeof trial.largest === 'number' ? trial.largest : undefined,
    source: sources.length === 0 ? undefined : sources.join(', '),
    problems,
  }
}

function wires(echoes: readonly SeenEcho[]): string {
  return [...new Set(echoes.map(echo => echo.wire))].join(' and ')
}

/** Runs a job for each item, so many at a time; results in the order of the items. */
async function inTurns<T, R>(
  items: readonly T[],
  atATime: number,
  job: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  let next = 0
  const worker = async () => {
    for (let index = next++; index < items.length; index = next++) {
      results[index] = await job(items[index]!, index)
    }
  }
  await Promise.all(Array.from({ length: Math.min(atATime, items.length) }, worker))
  return results
}
