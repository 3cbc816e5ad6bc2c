import { mkdir, writeFile } from 'node:fs/promises'
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
import type { LabProcess } from './process.ts'
import { until } from './wait.ts'

/** gobgpd in a namespace; it is asked over gRPC on the loopback of the namespace, by its own `gobgp`. */
class GoBgp implements BgpPeer {
  readonly name: string
  readonly #options: PeerOptions
  #process: LabProcess

  constructor(options: PeerOptions) {
    this.#options = options
    this.name = `GoBGP on ${options.namespace.name}`
    this.#process = this.#start([])
  }

  gobgp(...argv: readonly string[]): Promise<string> {
    return this.#options.namespace.run(['gobgp', ...argv], { timeout: 5000 })
  }

  async neighbors(): Promise<PeerNeighbor[]> {
    return parseGoBgpNeighbors(await this.gobgp('neighbor', '-j'))
  }

  async routes(family: Family): Promise<PeerRoute[]> {
    return parseGoBgpRoutes(await this.gobgp('global', 'rib', '-a', `ipv${family}`, '-j'))
  }

  async refresh(neighbor: string, family: Family): Promise<void> {
    await this.gobgp('neighbor', neighbor, 'softresetin', '-a', `ipv${family}`)
  }

  async shutdown(neighbor: string, text: string): Promise<void> {
    await this.gobgp('neighbor', neighbor, 'shutdown', '--reason', text)
  }

  async kill(): Promise<void> {
    await this.#process.stop('SIGKILL')
  }

  async restart(): Promise<void> {
    this.#process = this.#start(['-r'])
    await this.answers()
  }

  async stop(): Promise<void> {
    await this.#process.stop()
  }

  log(): readonly string[] {
    return this.#process.lines
  }

  /** Waits until it answers, and gives it the routes that its file cannot hold. */
  async answers(): Promise<void> {
    await until(
      `${this.name} answers`,
      async () => {
        if (!this.#process.running) return 'ended'
        await this.gobgp('global', '-j')
        return 'up'
      },
      { interval: 20, limit: 10_000 },
    )
    if (!this.#process.running) throw new LabError(`${this.name} ended: ${this.#process.lines.join('; ')}`)
    for (const argv of this.#options.commands ?? []) await this.gobgp(...argv)
  }

  #start(flags: readonly string[]): LabProcess {
    const { directory, namespace } = this.#options
    const argv = ['gobgpd', '-f', `${directory}/gobgpd.toml`, '-p', '--pprof-disable']
    return namespace.start([...argv, '--api-hosts', '127.0.0.1:50051', ...flags], { name: this.name })
  }
}

async function writeGoBgp({ directory, config }: PeerOptions): Promise<void> {
  await mkdir(directory, { recursive: true })
  await writeFile(`${directory}/gobgpd.toml`, config)
}

export const GOBGP: BgpProgram = {
  name: 'GoBGP',
  command: 'gobgpd',
  version: async () => (await run(['gobgpd', '--version'])).trim(),
  async start(options) {
    await writeGoBgp(options)
    const gobgp = new GoBgp(options)
    return await answering(gobgp)
  },
  async refusal(options) {
    await writeGoBgp(options)
    const argv = ['gobgpd', '-d', '-p', '-f', `${options.directory}/gobgpd.toml`]
    const { status, stdout, stderr } = await options.namespace.attempt(argv)
    if (status === 0) return undefined
    const error = /Error="((?:[^"\\]|\\.)*)"/.exec(`${stdout}${stderr}`)?.[1]
    return (error ?? `${stdout}${stderr}`).replace(/\\n/g, ' ').replace(/\s+/g, ' ').trim()
  },
}

/** ESTABLISHED of the API's PeerState.SessionState. */
const ESTABLISHED = 6
const STATES = ['Unknown', 'Idle', 'Connect', 'Active', 'OpenSent', 'OpenConfirm', 'Established']

interface GoBgpNeighbor {
  readonly state: {
    readonly neighbor_address: string
    readonly session_state?: number
    readonly admin_state?: number
    readonly disconnect_message?: string
  }
}

/** `gobgp neighbor -j`. */
export function parseGoBgpNeighbors(text: string): PeerNeighbor[] {
  return ((JSON.parse(text) as GoBgpNeighbor[] | null) ?? []).map(({ state }) => {
    const number = state.session_state ?? 0
    const words = [STATES[number] ?? `state ${number}`, state.disconnect_message]
    return {
      address: state.neighbor_address,
      established: number === ESTABLISHED,
      state: words.filter(Boolean).join('; '),
    }
  })
}

interface GoBgpAttribute {
  readonly type: number
  readonly flags?: number
  readonly value?: unknown
  readonly nexthop?: string
  readonly communities?: readonly number[]
  readonly as_paths?: readonly { readonly asns: readonly number[] }[]
}

interface GoBgpPath {
  readonly attrs: readonly GoBgpAttribute[]
  readonly stale?: boolean
}

/** Attributes that gobgp prints by name; others come with their octets in base64. */
const KNOWN = new Set([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 14, 15, 16, 17, 18, 25, 26, 32, 128])

const text = (value: unknown) => (typeof value === 'string' ? value : undefined)
const list = <T>(value: unknown) => (Array.isArray(value) ? (value as T[]) : [])

/** `gobgp global rib -j`: paths by prefix, attributes by their code. */
export function parseGoBgpRoutes(json: string): PeerRoute[] {
  const table = (JSON.parse(json) ?? {}) as Record<string, GoBgpPath[]>
  return Object.entries(table).flatMap(([prefix, paths]) =>
    paths.map(({ attrs, stale }) => {
      const get = (type: number) => attrs.find(attribute => attribute.type === type)
      const nexthop = get(3)?.nexthop ?? get(14)?.nexthop
      const originatorId = text(get(9)?.value)
      const localPreference = get(5)?.value as number | undefined
      return {
        prefix,
        nexthops: nexthop === undefined ? [] : [nexthop],
        asPath: (get(2)?.as_paths ?? []).flatMap(segment => segment.asns),
        communities: (get(8)?.communities ?? []).map(one => `${one >>> 16}:${one & 0xffff}`),
        largeCommunities: list<{ ASN: number; LocalData1: number; LocalData2: number }>(get(32)?.value).map(
          one => `${one.ASN}:${one.LocalData1}:${one.LocalData2}`,
        ),
        extendedCommunities: list<{ subtype: number; value: unknown }>(get(16)?.value)
          .filter(({ subtype, value }) => subtype === 2 && typeof value === 'string')
          .map(({ value }) => `rt:${value}`),
        ...(localPreference !== undefined && { localPreference }),
        ...(originatorId !== undefined && { originatorId }),
        clusterList: list<string>(get(10)?.value),
        unknown: attrs
          .filter(({ type, value }) => !KNOWN.has(type) && typeof value === 'string')
          .map(({ type, flags, value }) => ({
            code: type,
            ...(flags !== undefined && { flags }),
            value: Buffer.from(value as string, 'base64').toString('hex'),
          })),
        stale: stale === true,
      }
    }),
  )
}
