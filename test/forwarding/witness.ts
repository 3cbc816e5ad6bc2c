import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'

/** iproute2 in the tests: the culprit that changes things behind our back, and the witness of what the kernel has. */

/** Runs lines of shell; answers what they print. @throws where one fails */
export function sh(script: string): string {
  return execFileSync('sh', ['-ec', script], { encoding: 'utf8', maxBuffer: 1 << 28 })
}

/** The rows that `ip -j` or `bridge -j` prints. */
export function rows(command: string): readonly Record<string, unknown>[] {
  const text = sh(command).trim()
  return text === '' ? [] : (JSON.parse(text) as Record<string, unknown>[])
}

/** Removes all that a test left in the namespace. */
export function cleanUp(): void {
  const names = rows('ip -j link').map(({ ifname }) => String(ifname))
  const others = names.filter(name => name !== 'lo' && name !== 'tunl0')
  // The far end of a veth goes with the near one, and may be gone when its turn comes: -force goes on.
  const lines = ['nexthop flush', 'addr flush dev lo scope global', ...others.map(name => `link del ${name}`)]
  sh(`printf '${lines.join('\\n')}\\n' | ip -force -batch - 2>/dev/null || true`)
}

/**
 * Waits until `holds`, looking every few milliseconds; answers how long it took.
 * @throws after ten seconds
 */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<number> {
  const start = performance.now()
  while (!(await holds())) {
    if (performance.now() - start > 10_000) throw new Error(`did not come about in 10 s: ${what}`)
    await new Promise(resolve => setTimeout(resolve, 5))
  }
  return performance.now() - start
}

/** `ip monitor` at work: all lines it printed, once it is stopped. */
export class IpMonitor {
  readonly #process: ChildProcess
  #text = ''

  private constructor(process: ChildProcess) {
    this.#process = process
    process.stdout?.on('data', chunk => {
      this.#text += chunk
    })
  }

  /** Starts it, and waits until it listens. @param what objects to watch: 'route nexthop' */
  static async start(what: string): Promise<IpMonitor> {
    const monitor = new IpMonitor(
      spawn('ip', ['monitor', ...what.split(' ')], { stdio: ['ignore', 'pipe', 'inherit'] }),
    )
    await monitor.#seen('203.0.113.0/32')
    monitor.#text = ''
    return monitor
  }

  /** Ends it when it has told of all that happened so far; answers its lines. */
  async stop(): Promise<string[]> {
    await this.#seen('203.0.113.1/32')
    this.#process.kill()
    await once(this.#process, 'exit')
    return this.#text.split('\n').filter(line => line !== '' && !line.includes('203.0.113.'))
  }

  /** A route of no importance that comes and goes, until the monitor tells of it. */
  async #seen(prefix: string): Promise<void> {
    const told = prefix.replace('/32', '')
    await until(`ip monitor tells of ${prefix}`, () => {
      sh(`ip route add blackhole ${prefix} metric 77; ip route del blackhole ${prefix} metric 77`)
      return this.#text.includes(told)
    })
  }
}
