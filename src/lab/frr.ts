import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
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
import { run } from './command.ts'
import { LabError } from './errors.ts'
import type { LabProcess } from './process.ts'
import { until } from './wait.ts'

const DAEMONS = '/usr/lib/frr'

/** FRR's zebra and bgpd in a namespace, with sockets of their own. */
class Frr implements BgpPeer {
  readonly name: string
  readonly #options: PeerOptions
  readonly #zebra: LabProcess
  #bgpd: LabProcess | undefined

  constructor(options: PeerOptions) {
    this.#options = options
    this.name = `FRR on ${options.namespace.name}`
    this.#zebra = this.#start('zebra')
  }

  async vtysh(...commands: readonly string[]): Promise<string> {
    const { directory, namespace } = this.#options
    const argv = ['vtysh', '--vty_socket', directory, ...commands.flatMap(command => ['-c', command])]
    return await run(argv, { where: `namespace ${namespace.name}`, timeout: 5000 })
  }

  async neighbors(): Promise<PeerNeighbor[]> {
    return parseFrrNeighbors(await this.vtysh('show bgp neighbors json'))
  }

  async routes(family: Family): Promise<PeerRoute[]> {
    return parseFrrRoutes(await this.vtysh(`show bgp ipv${family} unicast json detail`))
  }

  async refresh(neighbor: string, family: Family): Promise<void> {
    await this.vtysh(`clear bgp ipv${family} unicast ${neighbor} soft in`)
  }

  async shutdown(neighbor: string, text: string): Promise<void> {
    await this.configure(`neighbor ${neighbor} shutdown message ${text}`)
  }

  /** Lines of `router bgp`, entered while it runs. */
  async configure(...lines: readonly string[]): Promise<void> {
    const local = /^router bgp \d+/m.exec(this.#options.config)?.[0]
    if (local === undefined) throw new LabError(`${this.name} has no \`router bgp\``)
    await this.vtysh('configure terminal', local, ...lines)
  }

  async kill(): Promise<void> {
    await this.#bgpd?.stop('SIGKILL')
  }

  async restart(): Promise<void> {
    await this.answers()
  }

  async stop(): Promise<void> {
    await Promise.all([this.#bgpd?.stop(), this.#zebra.stop()])
  }

  log(): readonly string[] {
    return [...this.#zebra.lines, ...(this.#bgpd?.lines ?? [])]
  }

  /** Starts bgpd, and waits until it answers with its configuration read and knows its interfaces from zebra. */
  async answers(): Promise<void> {
    // Without zebra it goes on all the same, and announces IPv4 addresses as IPv6 next hops.
    await until(
      `zebra of ${this.name} listens`,
      () => existsSync(`${this.#options.directory}/zebra.sock`) || undefined,
      {
        interval: 10,
      },
    )
    const bgpd = this.#start('bgpd')
    this.#bgpd = bgpd
    const ended = () => !bgpd.running || !this.#zebra.running
    await until(
      `${this.name} answers`,
      async () => {
        if (ended()) return 'ended'
        const text = await this.vtysh('show bgp summary json', 'show zebra client summary')
        return /^bgp\b/m.test(text) ? 'up' : undefined
      },
      { interval: 20, limit: 15_000 },
    )
    const wrong = bgpd.lines.find(line => CONFIG_FAULT.test(line))
    if (wrong !== undefined) throw new LabError(`${this.name}: ${faultText(wrong)}`)
    if (ended()) throw new LabError(`${this.name} ended: ${this.log().slice(-5).join('; ')}`)
  }

  #start(daemon: 'zebra' | 'bgpd'): LabProcess {
    return this.#options.namespace.start(frrArgv(daemon, this.#options.directory), {
      name: `${daemon} of ${this.name}`,
    })
  }
}

/** bgpd goes on after a line that it does not know; its log names the line. */
const CONFIG_FAULT = /on config line \d+/

/** The fault without time stamp and log codes. */
const faultText = (line: string) => line.replace(/^.*? BGP: (\[[^\]]*\])*\s*/, '').trim()

function frrArgv(daemon: 'zebra' | 'bgpd', directory: string): string[] {
  const at = (name: string) => `${directory}/${name}`
  return [
    `${DAEMONS}/${daemon}`,
    ...['-u', 'frr', '-g', 'frr', '-P', '0', '--log', 'stdout'],
    ...[
      '-f',
      at(`${daemon}.conf`),
      '-i',
      at(`${daemon}.pid`),
      '-z',
      at('zebra.sock'),
      '--vty_socket',
      directory,
    ],
  ]
}

async function writeFrr({ directory, config }: PeerOptions): Promise<void> {
  await mkdir(directory, { recursive: true })
  await writeFile(`${directory}/zebra.conf`, '')
  await writeFile(`${directory}/bgpd.conf`, `${config}\n`)
  // Its daemons give up being root, and make their sockets and PID files in there.
  await run(['chown', '-R', 'frr:frr', directory])
}

export const FRR: BgpProgram = {
  name: 'FRR',
  command: `${DAEMONS}/bgpd`,
  version: async () => (await run([`${DAEMONS}/bgpd`, '--version'])).split('\n')[0]!.trim(),
  async start(options) {
    await writeFrr(options)
    const frr = new Frr(options)
    return await answering(frr)
  },
  async refusal(options) {
    await writeFrr(options)
    const { stdout, stderr } = await options.namespace.attempt([...frrArgv('bgpd', options.directory), '-C'])
    const line = `${stdout}\n${stderr}`.split('\n').find(one => CONFIG_FAULT.test(one))
    return line === undefined ? undefined : faultText(line)
  },
}

interface FrrNeighbor {
  readonly bgpState: string
  readonly lastNotificationReason?: string
  readonly lastShutdownDescription?: string
  readonly lastResetDueTo?: string
}

/** `show bgp neighbors json`. */
export function parseFrrNeighbors(text: string): PeerNeighbor[] {
  return Object.entries(JSON.parse(text) as Record<string, FrrNeighbor>).map(([address, row]) => {
    const { bgpState, lastNotificationReason, lastShutdownDescription, lastResetDueTo } = row
    const words = [bgpState, lastResetDueTo, lastNotificationReason, lastShutdownDescription]
    return { address, established: bgpState === 'Established', state: words.filter(Boolean).join('; ') }
  })
}

interface FrrPath {
  readonly aspath?: { readonly string: string }
  readonly nexthops?: readonly { readonly ip: string }[]
  readonly community?: { readonly list: readonly string[] }
  readonly largeCommunity?: { readonly list: readonly string[] }
  readonly extendedCommunity?: { readonly string: string }
  readonly locPrf?: number
  readonly originatorId?: string
  readonly clusterList?: { readonly list: readonly string[] }
  readonly otc?: number
  readonly stale?: boolean
}

/** `show bgp ipv4 unicast json detail`: by prefix a list, whose first entry says of the prefix itself. */
export function parseFrrRoutes(text: string): PeerRoute[] {
  const { routes = {} } = JSON.parse(text || '{}') as { routes?: Record<string, FrrPath[]> }
  return Object.entries(routes).flatMap(([prefix, paths]) =>
    paths
      .filter(path => path.aspath !== undefined)
      .map(path => ({
        prefix,
        nexthops: (path.nexthops ?? []).map(({ ip }) => ip),
        asPath: asNumbers(path.aspath!.string),
        communities: path.community?.list ?? [],
        largeCommunities: path.largeCommunity?.list ?? [],
        extendedCommunities: (path.extendedCommunity?.string.match(/RT:\S+/g) ?? []).map(one =>
          one.toLowerCase(),
        ),
        ...(path.locPrf !== undefined && { localPreference: path.locPrf }),
        ...(path.originatorId !== undefined && { originatorId: path.originatorId }),
        clusterList: path.clusterList?.list ?? [],
        ...(path.otc !== undefined && { onlyToCustomer: path.otc }),
        unknown: [],
        stale: path.stale === true,
      })),
  )
}
