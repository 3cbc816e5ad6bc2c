import { mkdir, writeFile } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { run } from './command.ts'
import { LabError } from './errors.ts'
import type { Namespace } from './namespace.ts'
import type { LabProcess } from './process.ts'
import { type UntilOptions, until } from './wait.ts'

export interface BirdOptions {
  readonly namespace: Namespace
  /** Tells two BIRDs of one namespace apart. Default `bird`. */
  readonly name?: string
  /** The whole configuration file. */
  readonly config: string
  /** Where configuration, socket and PID file are kept. */
  readonly directory: string
  /** `-R`: recover from a restart as RFC 4724 says, keeping what is in the kernel. */
  readonly gracefulRestart?: boolean
}

/** A row of `show protocols`. */
export interface BirdProtocol {
  readonly name: string
  readonly protocol: string
  readonly table: string
  /** `up`, `start`, `down`. */
  readonly state: string
  /** For BGP the state of its machine, and the last error: `Established`, `Active Socket: Connection refused`. */
  readonly info: string
}

/** A BIRD of Debian's in a namespace. */
export class Bird {
  readonly name: string
  readonly namespace: Namespace
  readonly #options: BirdOptions
  #process: LabProcess

  private constructor(options: BirdOptions) {
    this.#options = options
    this.namespace = options.namespace
    this.name = `${options.name ?? 'bird'} on ${options.namespace.name}`
    this.#process = this.#start()
  }

  /**
   * Checks the configuration, starts BIRD and waits until it answers.
   * @throws {LabError} with BIRD's own words where the configuration is wrong.
   */
  static async start(options: BirdOptions): Promise<Bird> {
    await mkdir(options.directory, { recursive: true })
    const file = configFile(options)
    await writeFile(file, options.config)
    await run(['bird', '-p', '-c', file], { where: `namespace ${options.namespace.name}` })
    const bird = new Bird(options)
    await bird.#answers()
    return bird
  }

  get process(): LabProcess {
    return this.#process
  }

  /** Starts it again after its process ended. */
  async restart(): Promise<void> {
    if (this.#process.running) await this.stop()
    this.#process = this.#start()
    await this.#answers()
  }

  /** What BIRD answers to a command of its shell, as text. */
  async query(command: string): Promise<string> {
    return (await askBird(socketFile(this.#options), command)).join('\n')
  }

  async protocols(): Promise<BirdProtocol[]> {
    return parseProtocols(await this.query('show protocols'))
  }

  /** Waits until a BGP session is established. */
  async established(protocol: string, options: Omit<UntilOptions, 'wake'> = {}): Promise<void> {
    await until(
      `session ${protocol} of ${this.name}`,
      async () => {
        const row = (await this.protocols()).find(candidate => candidate.name === protocol)
        if (row?.info.startsWith('Established')) return true
        throw new LabError(row ? `${row.state} ${row.info}` : 'there is no such protocol')
      },
      options,
    )
  }

  async stop(): Promise<void> {
    await this.#process.stop()
  }

  #start(): LabProcess {
    const options = this.#options
    const argv = ['bird', '-f', '-c', configFile(options), '-s', socketFile(options), '-P', pidFile(options)]
    return this.namespace.start(options.gracefulRestart ? [...argv, '-R'] : argv, { name: this.name })
  }

  async #answers(): Promise<void> {
    await until(
      this.name,
      async () => {
        if (!this.#process.running) return 'ended'
        await this.query('show status')
        return 'up'
      },
      { interval: 10, limit: 10_000 },
    )
    if (!this.#process.running) throw new LabError(`${this.name} ended: ${this.#process.lines.join('; ')}`)
  }
}

const base = ({ directory, name, namespace }: BirdOptions) =>
  `${directory}/${namespace.name}-${name ?? 'bird'}`
const configFile = (options: BirdOptions) => `${base(options)}.conf`
const socketFile = (options: BirdOptions) => `${base(options)}.ctl`
const pidFile = (options: BirdOptions) => `${base(options)}.pid`

/** Codes of BIRD's shell (doc/reply_codes): 0xxx ends well, 8xxx and 9xxx end with an error. */
const FINAL = /^(\d{4})( |$)/

/**
 * Asks BIRD over its control socket, as `birdc` does.
 * @returns the lines of the answer without their codes.
 * @throws {LabError} with BIRD's words, or when there is no BIRD.
 */
export function askBird(socket: string, command: string): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const connection = createConnection(socket)
    let text = ''
    let greeted = false
    connection.setTimeout(5000, () => connection.destroy(new Error('no answer within 5 s')))
    connection.on('error', error => reject(new LabError(`BIRD at ${socket}: ${error.message}`)))
    connection.on('close', () => reject(new LabError(`BIRD at ${socket} hung up`)))
    connection.setEncoding('utf8')
    connection.on('data', (piece: string) => {
      text += piece
      const answer = parseAnswer(text)
      if (!answer) return
      text = ''
      if (!greeted) {
        greeted = true
        connection.write(`${command}\n`)
        return
      }
      connection.end()
      if (answer.code < 8000) resolve(answer.lines)
      else reject(new LabError(`BIRD: \`${command}\`: ${answer.lines.join('; ')}`))
    })
  })
}

/** One whole answer of BIRD's control protocol, or undefined where its last line is not there yet. */
export function parseAnswer(text: string): { code: number; lines: string[] } | undefined {
  if (!text.endsWith('\n')) return undefined
  const raw = text.slice(0, -1).split('\n')
  const last = FINAL.exec(raw.at(-1)!)
  if (!last) return undefined
  const lines = raw.map(line => (/^\d{4}[ -]/.test(line) ? line.slice(5) : line.slice(1)))
  if (lines.at(-1) === '') lines.pop()
  return { code: Number(last[1]), lines }
}

/** The table of `show protocols`. */
export function parseProtocols(text: string): BirdProtocol[] {
  return text
    .split('\n')
    .filter(line => line.trim() !== '' && !line.startsWith('Name '))
    .map(line => {
      const [name = '', protocol = '', table = '', state = '', ...rest] = line.trim().split(/\s+/)
      // A date, a time, or both stand between the state and what the protocol says of itself.
      const info = rest.join(' ').replace(/^(\d{4}-\d{2}-\d{2} ?)?(\d{2}:\d{2}:\d{2}(\.\d+)? ?)?/, '')
      return { name, protocol, table, state, info }
    })
}
