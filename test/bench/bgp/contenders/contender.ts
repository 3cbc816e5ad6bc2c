import { readFileSync } from 'node:fs'
import type { Namespace } from '../../../../src/lab/namespace.ts'
import type { LabProcess } from '../../../../src/lab/process.ts'
import { until } from '../../../../src/lab/wait.ts'
import type { Family } from '../../../../src/net/address.ts'

/** What a speaker is started with. It is a route reflector (RFC 4456) for all peers, and installs nothing in a kernel. */
export interface Setting {
  readonly namespace: Namespace
  /** For its files, empty. */
  readonly directory: string
  readonly family: Family
  /** Addresses of the peers, which dial. */
  readonly peers: readonly string[]
  /** Seconds. */
  readonly holdTime: number
  /** Starts a process of the speaker in its namespace, on its core. */
  start(argv: readonly string[], name: string): LabProcess
}

/** A speaker that takes sessions. */
export interface RunningSpeaker {
  /** Changes the export policy: all that is announced has this MED from now on. Resolves when it was told so. */
  setMed(med: number): Promise<void>
  /** The longest turn of its main loop, and the most that it computed in one, milliseconds, where it keeps them. */
  longest?(): Promise<{ readonly turn: number; readonly work: number }>
}

/**
 * Every contender has an import policy that refuses 192.168.0.0/16 and fd00::/8 and what is in them and accepts the rest,
 * and an export policy that refuses 172.16.0.0/12 and fc00::/8 so and accepts all other BGP routes.
 */
export const REFUSED = {
  import: { 4: '192.168.0.0/16', 6: 'fd00::/8' },
  export: { 4: '172.16.0.0/12', 6: 'fc00::/8' },
} as const

export type Contender = (setting: Setting) => Promise<RunningSpeaker>

/** Waits until something listens on TCP port 179 in the process's network namespace. */
export async function listening(speaker: LabProcess, family: Family): Promise<void> {
  const file = `/proc/${speaker.pid}/net/${family === 4 ? 'tcp' : 'tcp6'}`
  await until(
    `${speaker.name} listens on port 179`,
    async () => {
      if (!speaker.running) throw new Error(`ended: ${speaker.lines.slice(-5).join(' | ')}`)
      const table =
        readFileSync(file, 'utf8') +
        (family === 4 ? readFileSync(`/proc/${speaker.pid}/net/tcp6`, 'utf8') : '')
      return /:00B3 0+:0000 0A /.test(table) || undefined
    },
    { interval: 20, limit: 30_000 },
  )
}
