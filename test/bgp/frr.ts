import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from './bird.ts'

/** FRR's zebra and bgpd in a namespace. */
export class Frr {
  readonly #node: { readonly name: string }
  readonly #directory = mkdtempSync(join(tmpdir(), 'frr-'))
  readonly #processes: ChildProcess[] = []

  /** @param config one text for both daemons */
  constructor(node: { readonly name: string }, config: string) {
    this.#node = node
    // The daemons need not become another user, and their sockets are of this directory.
    chmodSync(this.#directory, 0o777)
    writeFileSync(join(this.#directory, 'frr.conf'), config)
  }

  async start(): Promise<this> {
    this.#daemon('zebra', [])
    await until('zebra answers', () => this.#try('show version', 'zebra') !== undefined)
    this.#daemon('bgpd', ['-n'])
    await until('bgpd answers', () => this.#try('show version', 'bgpd') !== undefined)
    return this
  }

  /** What `vtysh` answers. */
  ask(command: string): string {
    return this.#vtysh(command, 'bgpd')
  }

  async remove(): Promise<void> {
    await Promise.all(
      this.#processes.map(async child => {
        if (child.exitCode !== null) return
        const gone = new Promise(resolve => child.once('exit', resolve))
        child.kill('SIGKILL')
        await gone
      }),
    )
    rmSync(this.#directory, { recursive: true, force: true })
  }

  #daemon(name: string, flags: readonly string[]): void {
    const at = (file: string) => join(this.#directory, file)
    const argv = [
      '-f',
      at('frr.conf'),
      '-z',
      at('zserv'),
      '-i',
      at(`${name}.pid`),
      '--vty_socket',
      this.#directory,
      '-P',
      '0',
      '-u',
      'frr',
      '-g',
      'frr',
      ...flags,
    ]
    this.#processes.push(
      spawn('ip', ['netns', 'exec', this.#node.name, `/usr/lib/frr/${name}`, ...argv], {
        stdio: ['ignore', 'ignore', 'inherit'],
      }),
    )
  }

  #try(command: string, daemon: string): string | undefined {
    try {
      return this.#vtysh(command, daemon)
    } catch {
      return undefined
    }
  }

  #vtysh(command: string, daemon: string): string {
    return execFileSync('vtysh', ['--vty_socket', this.#directory, '-d', daemon, '-c', command], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
  }
}
