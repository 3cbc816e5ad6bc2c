import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import type { Namespace } from '../../../src/lab/namespace.ts'

/** What the processes of a speaker have used. */
export interface Usage {
  /** Processor time of all of them, seconds: utime and stime of proc_pid_stat(5). */
  readonly cpu: number
  /** Sum of their peaks of resident memory (VmHWM), octets. */
  readonly peakMemory: number
}

/** `getconf CLK_TCK` is 100 on every Linux that Debian has. */
const TICKS = 100

/** Usage of all processes in a network namespace: a speaker may be several, and start some by itself. */
export function usageIn(namespace: Namespace): Usage {
  let cpu = 0
  let peakMemory = 0
  for (const pid of processesIn(namespace)) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      // The name in parentheses may hold blanks.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      cpu += (Number(fields[11]) + Number(fields[12])) / TICKS
      const peak = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
      peakMemory += Number(peak?.[1] ?? 0) * 1024
    } catch {
      // It ended in between.
    }
  }
  return { cpu, peakMemory }
}

export function processesIn(namespace: Namespace): number[] {
  const wanted = `net:[${statSync(namespace.path).ino}]`
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .filter(pid => {
      try {
        return readlinkSync(`/proc/${pid}/ns/net`) === wanted
      } catch {
        return false
      }
    })
}
