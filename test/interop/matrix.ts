import { Bench, Lacks, PEERS, type PeerName } from './bench.ts'
import type { Case } from './case.ts'
import { ENDING } from './cases/ending.ts'
import { PATHS } from './cases/paths.ts'
import { REFLECTION } from './cases/reflection.ts'
import { REFRESH } from './cases/refresh.ts'
import { RESTART } from './cases/restart.ts'
import { SESSIONS } from './cases/sessions.ts'

/** The rows, in the order in which they are shown. */
export const CASES: readonly Case[] = [
  ...SESSIONS,
  ...REFRESH,
  ...RESTART,
  ...PATHS,
  ...REFLECTION,
  ...ENDING,
]

export type Result = 'yes' | 'no' | 'peer lacks it'

export interface Cell {
  readonly peer: PeerName
  readonly case: string
  readonly result: Result
  /** What was seen, what is wrong, or what shows that the peer lacks it. */
  readonly evidence?: string
  readonly seconds: number
}

export interface Column {
  readonly peer: PeerName
  /** Version of the program, in its own words. */
  readonly version: string
  readonly cells: readonly Cell[]
}

export interface MatrixOptions {
  readonly peers: readonly PeerName[]
  readonly cases: readonly Case[]
  /** Called for each cell when it is known, and what was in the logs where it is a no. */
  readonly onCell?: (cell: Cell, logs: readonly string[]) => void
}

/** Tries every case with every peer, one after the other. */
export async function runMatrix({ peers, cases, onCell }: MatrixOptions): Promise<Column[]> {
  const columns: Column[] = []
  for (const peer of peers) {
    const bench = await Bench.start(peer)
    const cells: Cell[] = []
    try {
      for (const one of cases) {
        const { cell, logs } = await tryCase(bench, one)
        cells.push(cell)
        onCell?.(cell, logs)
      }
    } finally {
      await bench.stop()
    }
    columns.push({ peer, version: await PEERS[peer].program.version(), cells })
  }
  return columns
}

/** Tries a case, and leaves the bench as it was before. */
export async function tryCase(bench: Bench, one: Case): Promise<{ cell: Cell; logs: readonly string[] }> {
  const start = performance.now()
  const done = (result: Result, evidence: string | undefined): Cell => ({
    peer: bench.peerName,
    case: one.name,
    result,
    ...(evidence !== undefined && { evidence }),
    seconds: Math.round((performance.now() - start) / 100) / 10,
  })
  try {
    return { cell: done('yes', await one.run(bench)), logs: [] }
  } catch (error) {
    const { message } = error as Error
    if (error instanceof Lacks) return { cell: done('peer lacks it', message), logs: [] }
    return { cell: done('no', message), logs: [...bench.logs(), ...bench.wire.dump()] }
  } finally {
    await bench.reset()
  }
}
