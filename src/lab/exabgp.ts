import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import type { Family } from '../net/address.ts'
import {
  answering,
  type BgpPeer,
  type BgpProgram,
  type PeerNeighbor,
  type PeerOptions,
  type PeerRoute,
} from './bgp-peer.ts'
import { run } from './command.ts'
import { LabError } from './errors.ts'
import { type ExaBgpEvent, parseExaBgpEvents, replayNeighbors, replayRoutes } from './exabgp-events.ts'
import type { LabProcess } from './process.ts'
import { until } from './wait.ts'

/**
 * ExaBGP in a namespace. It has no table: it tells a process of its own, as JSON, what it hears, and does what that
 * process says. Here this is a shell that writes the one to a file and reads the other from a file.
 */
class ExaBgp implements BgpPeer {
  readonly name: string
  readonly #options: PeerOptions
  #process: LabProcess

  constructor(options: PeerOptions) {
    this.#options = options
    this.name = `ExaBGP on ${options.namespace.name}`
    this.#process = this.#start()
  }

  async events(): Promise<ExaBgpEvent[]> {
    return parseExaBgpEvents(await readFile(eventsFile(this.#options), 'utf8').catch(() => ''))
  }

  /** A command of its API: `neighbor 10.9.0.1 teardown 2`. */
  async command(text: string): Promise<void> {
    await appendFile(commandsFile(this.#options), `${text}\n`)
  }

  async neighbors(): Promise<PeerNeighbor[]> {
    return replayNeighbors(await this.events())
  }

  async routes(family: Family): Promise<PeerRoute[]> {
    return replayRoutes(await this.events(), family)
  }

  async refresh(neighbor: string, family: Family): Promise<void> {
    await this.command(`neighbor ${neighbor} announce route-refresh ipv${family} unicast`)
  }

  /** It has no text to send: only the code of the Cease is its own to choose. */
  async shutdown(neighbor: string): Promise<void> {
    await this.command(`neighbor ${neighbor} teardown 2`)
  }

  async kill(): Promise<void> {
    await this.#process.stop('SIGKILL')
  }

  async restart(): Promise<void> {
    this.#process = this.#start()
    await this.answers()
  }

  async stop(): Promise<void> {
    await this.#process.stop()
  }

  log(): readonly string[] {
    return this.#process.lines
  }

  async answers(): Promise<void> {
    const what = `${this.name} has read its configuration`
    await until(
      what,
      () =>
        !this.#process.running || this.#process.lines.some(line => line.includes('loaded new configuration'))
          ? 'done'
          : undefined,
      { interval: 20, limit: 10_000 },
    )
    if (!this.#process.running) {
      throw new LabError(`${this.name} ended: ${faultText(this.#process.lines.join('\n'))}`)
    }
  }

  #start(): LabProcess {
    const { directory, namespace } = this.#options
    return namespace.start(['exabgp', `${directory}/exabgp.conf`], {
      name: this.name,
      environment: ENVIRONMENT,
    })
  }
}

/** It listens on all addresses, stays root, since its files are, and looks for no named pipes. */
const ENVIRONMENT = {
  'exabgp.tcp.bind': '0.0.0.0 ::',
  'exabgp.daemon.user': 'root',
  'exabgp.api.cli': 'false',
  'exabgp.api.ack': 'false',
}

const eventsFile = ({ directory }: PeerOptions) => `${directory}/events`
const commandsFile = ({ directory }: PeerOptions) => `${directory}/commands`

async function writeExaBgp(options: PeerOptions): Promise<void> {
  const { directory, config } = options
  await mkdir(directory, { recursive: true })
  const script = `${directory}/process.sh`
  await writeFile(commandsFile(options), '')
  await writeFile(eventsFile(options), '')
  await writeFile(
    script,
    `tail -n 0 -f ${commandsFile(options)} &\ntrap "kill $!" EXIT\ncat >>${eventsFile(options)}\n`,
  )
  const file = `process ${EXABGP_PROCESS} { run /bin/sh ${script}; encoder json; }\n${config}\n`
  await writeFile(`${directory}/exabgp.conf`, file)
}

/** The name by which a neighbour's `api` section refers to the process that listens. */
export const EXABGP_PROCESS = 'lab'

/** Its complaint: the lines about its configuration, without what stands before each. */
function faultText(text: string): string {
  const lines = text
    .split('\n')
    .map(line => /\| (configuration|parser) +\| (.*)$/.exec(line)?.[2]?.trim() ?? '')
  const fault = lines.filter(line => line !== '' && !/reload|loaded|decoding routes|no change/.test(line))
  return fault.join('; ') || text.trim().split('\n').at(-1)!
}

export const EXABGP: BgpProgram = {
  name: 'ExaBGP',
  command: 'exabgp',
  version: async () => /ExaBGP : (\S+)/.exec(await run(['exabgp', '--version']))?.[1] ?? 'unknown',
  async start(options) {
    await writeExaBgp(options)
    const exabgp = new ExaBgp(options)
    return await answering(exabgp)
  },
  async refusal(options) {
    await writeExaBgp(options)
    const { status, stdout, stderr } = await options.namespace.attempt(
      ['exabgp', '--test', `${options.directory}/exabgp.conf`],
      { environment: ENVIRONMENT },
    )
    const text = `${stdout}${stderr}`
    return status === 0 && !text.includes('syntax error') ? undefined : faultText(text)
  },
}
