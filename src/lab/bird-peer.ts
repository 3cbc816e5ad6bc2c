import type { Family } from '../net/address.ts'
import {
  asNumbers,
  type BgpPeer,
  type BgpProgram,
  type PeerNeighbor,
  type PeerOptions,
  type PeerRoute,
  type UnknownAttribute,
} from './bgp-peer.ts'
import { Bird } from './bird.ts'
import { attempt } from './command.ts'

/** BIRD, asked as every BGP daemon of the lab is. */
class BirdPeer implements BgpPeer {
  readonly name: string
  readonly #options: PeerOptions
  #bird: Bird

  constructor(options: PeerOptions, bird: Bird) {
    this.#options = options
    this.#bird = bird
    this.name = `BIRD on ${options.namespace.name}`
  }

  async neighbors(): Promise<PeerNeighbor[]> {
    return parseBirdNeighbors(await this.#bird.query('show protocols all'))
  }

  async routes(family: Family): Promise<PeerRoute[]> {
    return parseBirdRoutes(await this.#bird.query(`show route table master${family} all`))
  }

  async refresh(neighbor: string): Promise<void> {
    await this.#bird.query(`reload in ${await this.#protocol(neighbor)}`)
  }

  async shutdown(neighbor: string, text: string): Promise<void> {
    await this.#bird.query(`disable ${await this.#protocol(neighbor)} "${text}"`)
  }

  async kill(): Promise<void> {
    await this.#bird.process.stop('SIGKILL')
  }

  async restart(): Promise<void> {
    this.#bird = await Bird.start({ ...this.#options, gracefulRestart: true })
  }

  async stop(): Promise<void> {
    await this.#bird.stop()
  }

  log(): readonly string[] {
    return this.#bird.process.lines
  }

  /** The name of the protocol that speaks with a neighbour. */
  async #protocol(neighbor: string): Promise<string> {
    const blocks = (await this.#bird.query('show protocols all')).split(/\n(?=\S)/)
    const block = blocks.find(text => new RegExp(`Neighbor address: +${neighbor}(%|$)`, 'm').test(text))
    return block?.split(/\s/)[0] ?? ''
  }
}

export const BIRD: BgpProgram = {
  name: 'BIRD',
  command: 'bird',
  version: async () => (await attempt(['bird', '--version'])).stderr.trim(),
  start: async options => new BirdPeer(options, await Bird.start(options)),
  async refusal(options) {
    const { directory, namespace, config } = options
    const file = ['sh', '-c', `mkdir -p ${directory} && cat >${directory}/refused.conf`]
    await namespace.run(file, { input: config })
    const { status, stdout, stderr } = await namespace.attempt([
      'bird',
      '-p',
      '-c',
      `${directory}/refused.conf`,
    ])
    if (status === 0) return undefined
    return `${stdout}${stderr}`.trim().replace(/^.*refused\.conf:/, 'line ')
  },
}

/** The BGP protocols of `show protocols all`. */
export function parseBirdNeighbors(text: string): PeerNeighbor[] {
  return text.split(/\n(?=\S)/).flatMap(block => {
    const address = /Neighbor address: +(\S+)/.exec(block)?.[1]
    const state = /BGP state: +(\S+)/.exec(block)?.[1]
    if (address === undefined || state === undefined) return []
    const error = /Last error: +(.*)/.exec(block)?.[1]
    const message = /Message: +(.*)/.exec(block)?.[1]
    return [
      {
        address,
        established: state === 'Established',
        state: [state, error, message].filter(Boolean).join('; '),
      },
    ]
  })
}

/** `show route all`: a line for each path, the first of a prefix with the prefix before it, then its attributes. */
export function parseBirdRoutes(text: string): PeerRoute[] {
  let prefix = ''
  const routes: PeerRoute[] = []
  for (const block of text.split(/\n(?=\S| +\w+ \[|\s+(?:unicast|blackhole|unreachable) \[)/)) {
    const head = /^(\S*)\s+(?:unicast|blackhole|unreachable|prohibited) \[/.exec(block)
    if (!head) continue
    if (head[1] !== '') prefix = head[1]!
    routes.push(routeOf(prefix, block))
  }
  return routes
}

function routeOf(prefix: string, block: string): PeerRoute {
  const attribute = (name: string) => new RegExp(`^\\s*BGP\\.${name}: ?(.*)$`, 'm').exec(block)?.[1]
  /** `(65001,1) (65001,2)`: the parts of each, joined by colons. */
  const communities = (name: string) =>
    [...(attribute(name) ?? '').matchAll(/\(([^)]*)\)/g)].map(([, inside]) => inside!.split(/, ?/).join(':'))
  const preference = attribute('local_pref')
  const originatorId = attribute('originator_id')
  const otc = attribute('otc')
  return {
    prefix,
    nexthops: (attribute('next_hop') ?? '').split(' ').filter(Boolean),
    asPath: asNumbers(attribute('as_path') ?? ''),
    communities: communities('community'),
    largeCommunities: communities('large_community'),
    extendedCommunities: communities('ext_community').filter(one => one.startsWith('rt:')),
    ...(preference !== undefined && { localPreference: Number(preference) }),
    ...(originatorId !== undefined && { originatorId }),
    clusterList: (attribute('cluster_list') ?? '').split(' ').filter(Boolean),
    ...(otc !== undefined && { onlyToCustomer: Number(otc) }),
    unknown: [...block.matchAll(/^\s*BGP\.([0-9a-f]{2}) \[t?\]: (.*)$/gm)].map(
      ([, code, value]): UnknownAttribute => ({
        code: parseInt(code!, 16),
        value: value!.replaceAll(' ', ''),
      }),
    ),
    stale: /\[[^\]]*\] [*!]? ?\([^)]*s\)/.test(block.split('\n')[0]!),
  }
}
