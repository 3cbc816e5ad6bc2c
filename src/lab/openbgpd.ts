import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import type { Family } from '../net/address.ts'
import {
  answering,
  asNumbers,
  type BgpPeer,
  type BgpProgram,
  type PeerNeighbor,
  type PeerOptions,
  type PeerRoute,
} from './bgp-peer.ts'
import { attempt, run } from './command.ts'
import { LabError } from './errors.ts'
import type { LabProcess } from './process.ts'
import { until } from './wait.ts'

/** The home of its user, which it takes for its root directory; Debian's unit makes it at each start. */
const HOME = '/run/openbgpd'

/** OpenBSD's bgpd in a namespace. */
class OpenBgpd implements BgpPeer {
  readonly name: string
  readonly #options: PeerOptions
  #process: LabProcess

  constructor(options: PeerOptions) {
    this.#options = options
    this.name = `OpenBGPD on ${options.namespace.name}`
    this.#process = this.#start()
  }

  bgpctl(...argv: readonly string[]): Promise<string> {
    const { directory, namespace } = this.#options
    const where = `namespace ${namespace.name}`
    return run(['bgpctl', '-s', `${directory}/bgpd.sock`, ...argv], { where, timeout: 5000 })
  }

  async neighbors(): Promise<PeerNeighbor[]> {
    return parseOpenBgpdNeighbors(await this.bgpctl('-j', 'show', 'neighbor'))
  }

  async routes(family: Family): Promise<PeerRoute[]> {
    const detail = ['show', 'rib', 'detail', family === 4 ? 'inet' : 'inet6']
    return parseOpenBgpdRoutes(await this.bgpctl('-j', ...detail))
  }

  async refresh(neighbor: string): Promise<void> {
    await this.bgpctl('neighbor', neighbor, 'refresh')
  }

  async shutdown(neighbor: string, text: string): Promise<void> {
    await this.bgpctl('neighbor', neighbor, 'down', text)
  }

  async kill(): Promise<void> {
    // Its processes notice the end of the first one and would say goodbye to neighbours: first all are stopped.
    const { pid } = this.#process
    const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).split(' ').filter(Boolean)
    for (const signal of ['SIGSTOP', 'SIGKILL'] as const) {
      for (const child of children) process.kill(Number(child), signal)
    }
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
    await until(
      `${this.name} answers`,
      async () => {
        if (!this.#process.running) return 'ended'
        await this.bgpctl('-j', 'show', 'summary')
        return 'up'
      },
      { interval: 20, limit: 10_000 },
    )
    if (!this.#process.running) throw new LabError(`${this.name} ended: ${this.#process.lines.join('; ')}`)
  }

  #start(): LabProcess {
    const argv = ['bgpd', '-d', '-v', '-f', `${this.#options.directory}/bgpd.conf`]
    return this.#options.namespace.start(argv, { name: this.name })
  }
}

async function writeOpenBgpd({ directory, config }: PeerOptions): Promise<string> {
  await mkdir(directory, { recursive: true })
  await mkdir(HOME, { recursive: true })
  await rm(`${directory}/bgpd.sock`, { force: true })
  const file = `${directory}/bgpd.conf`
  // It refuses a file that others may read.
  await writeFile(file, `socket "${directory}/bgpd.sock"\n${config}\n`, { mode: 0o600 })
  return file
}

/** What it calls its file is of no interest, and the number of its line counts the one that we put before. */
const faultText = (file: string, text: string) =>
  text
    .split('\n')
    .find(line => line.includes(file))
    ?.replace(new RegExp(`^.*${file}:(\\d+): `), (_, line) => `line ${Number(line) - 1}: `)

export const OPENBGPD: BgpProgram = {
  name: 'OpenBGPD',
  command: 'bgpctl',
  version: async () => (await attempt(['bgpd', '-V'])).stderr.trim(),
  async start(options) {
    const refused = await OPENBGPD.refusal(options)
    if (refused !== undefined) throw new LabError(`OpenBGPD: ${refused}`)
    const openbgpd = new OpenBgpd(options)
    return await answering(openbgpd)
  },
  async refusal(options) {
    const file = await writeOpenBgpd(options)
    const { status, stderr } = await options.namespace.attempt(['bgpd', '-n', '-f', file])
    return status === 0 ? undefined : (faultText(file, stderr) ?? stderr.trim())
  },
}

interface OpenBgpdNeighbor {
  readonly remote_addr: string
  readonly state: string
  readonly last_error_received?: string
  readonly last_error_sent?: string
  readonly last_shutdown_reason?: string
}

/** `bgpctl -j show neighbor`. */
export function parseOpenBgpdNeighbors(text: string): PeerNeighbor[] {
  const { neighbors = [] } = JSON.parse(text) as { neighbors?: OpenBgpdNeighbor[] }
  return neighbors.map(({ remote_addr, state, ...row }) => ({
    address: remote_addr,
    established: state === 'Established',
    state: [state, row.last_error_received, row.last_error_sent, row.last_shutdown_reason]
      .filter(Boolean)
      .join('; '),
  }))
}

interface OpenBgpdPath {
  readonly prefix: string
  readonly aspath: string
  readonly exit_nexthop: string
  readonly communities?: readonly string[]
  readonly large_communities?: readonly string[]
  readonly extended_communities?: readonly string[]
  readonly localpref?: number
  readonly stale?: boolean
  readonly attributes?: readonly OpenBgpdAttribute[]
}

interface OpenBgpdAttribute {
  readonly type: string
  readonly originator?: string
  readonly cluster_list?: readonly string[]
}

/** `bgpctl -j show rib detail`. */
export function parseOpenBgpdRoutes(text: string): PeerRoute[] {
  const { rib = [] } = JSON.parse(text) as { rib?: OpenBgpdPath[] }
  return rib.map(path => {
    const attributes = path.attributes ?? []
    const originator = attributes.find(one => one.originator !== undefined)?.originator
    return {
      prefix: path.prefix,
      nexthops: [path.exit_nexthop],
      asPath: asNumbers(path.aspath),
      communities: path.communities ?? [],
      largeCommunities: path.large_communities ?? [],
      extendedCommunities: (path.extended_communities ?? [])
        .filter(one => one.startsWith('rt '))
        .map(one => one.replace(' ', ':')),
      ...(path.localpref !== undefined && { localPreference: path.localpref }),
      ...(originator !== undefined && { originatorId: originator }),
      clusterList: attributes.find(one => one.cluster_list !== undefined)?.cluster_list ?? [],
      unknown: [],
      stale: path.stale === true,
    }
  })
}
