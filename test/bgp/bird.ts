import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Calls `probe` until it gives something other than undefined or false, and returns that. */
export async function until<T>(what: string, probe: () => T | undefined | false, seconds = 20): Promise<T> {
  const end = Date.now() + seconds * 1000
  for (;;) {
    const found = probe()
    if (found !== undefined && found !== false) return found
    if (Date.now() > end) throw new Error(`after ${seconds} s still not: ${what}`)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

function ip(...words: string[]): void {
  execFileSync('ip', words, { stdio: 'pipe' })
}

/** A network namespace joined to the one of the test by a veth pair, with both families. */
export class Node {
  readonly name: string
  readonly #link: string

  /** @param number the third octet: the node is 10.9.number.2, the test 10.9.number.1; fd09:number::2 and ::1 */
  constructor(number: number) {
    this.name = `bird${number}`
    this.#link = `veth${number}`
    ip('netns', 'add', this.name)
    ip('link', 'add', this.#link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', this.name)
    ip('addr', 'add', `10.9.${number}.1/24`, 'dev', this.#link)
    ip('addr', 'add', `fd09:${number}::1/64`, 'dev', this.#link, 'nodad')
    ip('link', 'set', this.#link, 'up')
    ip('-n', this.name, 'addr', 'add', `10.9.${number}.2/24`, 'dev', 'eth0')
    ip('-n', this.name, 'addr', 'add', `fd09:${number}::2/64`, 'dev', 'eth0', 'nodad')
    ip('-n', this.name, 'link', 'set', 'lo', 'up')
    ip('-n', this.name, 'link', 'set', 'eth0', 'up')
  }

  /** Whether somebody listens on a TCP port in there. */
  listens(port: number): boolean {
    return (
      execFileSync('ip', ['netns', 'exec', this.name, 'ss', '-Hltn', `sport = :${port}`], {
        encoding: 'utf8',
      }) !== ''
    )
  }

  remove(): void {
    ip('link', 'del', this.#link)
    ip('netns', 'del', this.name)
  }
}

/** BIRD 2 in a namespace. */
export class Bird {
  readonly #node: Pick<Node, 'name'>
  readonly #directory = mkdtempSync(join(tmpdir(), 'bird-'))
  #process: ChildProcess | undefined

  constructor(node: Pick<Node, 'name'>, config: string) {
    this.#node = node
    writeFileSync(join(this.#directory, 'bird.conf'), config)
  }

  /** @param recover takes up what it forwarded before (`bird -R`), as Calico starts it: F in its graceful restart */
  async start(recover = false): Promise<this> {
    const flags = recover ? ['-R'] : []
    const at = (name: string) => join(this.#directory, name)
    this.#process = spawn(
      'ip',
      [
        'netns',
        'exec',
        this.#node.name,
        'bird',
        '-f',
        ...flags,
        '-c',
        at('bird.conf'),
        '-s',
        at('ctl'),
        '-P',
        at('pid'),
      ],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    )
    await until('BIRD answers', () => {
      try {
        return this.ask('show status').includes('Daemon is up')
      } catch {
        return false
      }
    })
    return this
  }

  /** What `birdc` answers. */
  ask(command: string): string {
    return execFileSync('birdc', ['-s', join(this.#directory, 'ctl'), ...command.split(' ')], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  }

  /** Whether a protocol says that it is Established. */
  established(protocol: string): boolean {
    return /\bEstablished\b/.test(this.ask(`show protocols ${protocol}`))
  }

  /** Another configuration for the next start. */
  write(config: string): void {
    writeFileSync(join(this.#directory, 'bird.conf'), config)
  }

  /** Another configuration from now on. */
  configure(config: string): void {
    this.write(config)
    this.ask('configure')
  }

  /** Ends the process, `SIGKILL` without a word to its neighbours. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#process
    this.#process = undefined
    if (!child || child.exitCode !== null) return
    const gone = new Promise(resolve => child.once('exit', resolve))
    child.kill(signal)
    await gone
  }

  async remove(): Promise<void> {
    await this.kill()
    rmSync(this.#directory, { recursive: true, force: true })
  }
}
