import { type Capabilities, capabilityNames, type Open } from '../../src/bgp/wire/index.ts'
import type { BgpPeer, BgpProgram, PeerNeighbor, PeerRoute } from '../../src/lab/bgp-peer.ts'
import { BIRD } from '../../src/lab/bird-peer.ts'
import { EXABGP } from '../../src/lab/exabgp.ts'
import { FRR } from '../../src/lab/frr.ts'
import { GOBGP } from '../../src/lab/gobgp.ts'
import { LabError, Namespace, until, vethLine } from '../../src/lab/index.ts'
import { OPENBGPD } from '../../src/lab/openbgpd.ts'
import type { Bgp, BgpNeighbor } from '../../src/model/config-bgp.ts'
import type { Policy } from '../../src/model/config-policy.ts'
import { bird } from './dialects/bird.ts'
import { exabgp } from './dialects/exabgp.ts'
import { frr } from './dialects/frr.ts'
import { gobgp } from './dialects/gobgp.ts'
import { openbgpd } from './dialects/openbgpd.ts'
import { EngineBox } from './engine-box.ts'
import {
  type Dialect,
  type Feature,
  familyOfPrefix,
  type Origin,
  type PeerSession,
  type Setup,
} from './setup.ts'
import { Wire } from './wire.ts'

/** The daemons, by the name that `--peer` takes. */
export const PEERS = {
  bird: { program: BIRD, dialect: bird },
  frr: { program: FRR, dialect: frr },
  gobgp: { program: GOBGP, dialect: gobgp },
  openbgpd: { program: OPENBGPD, dialect: openbgpd },
  exabgp: { program: EXABGP, dialect: exabgp },
} as const satisfies Record<string, { program: BgpProgram; dialect: Dialect }>

export type PeerName = keyof typeof PEERS

/** Where a feature is one that the OPEN speaks of: whether these capabilities do. */
const IN_OPEN: Readonly<Partial<Record<Feature, (capabilities: Capabilities) => boolean>>> = {
  role: ({ role }) => role !== undefined,
  extendedMessage: ({ extendedMessage }) => extendedMessage === true,
  enhancedRefresh: ({ enhancedRefresh }) => enhancedRefresh === true,
  longLived: ({ longLivedGracefulRestart }) => (longLivedGracefulRestart?.length ?? 0) > 0,
  extendedNexthop: ({ extendedNexthop }) => (extendedNexthop?.length ?? 0) > 0,
}

/** The peer does not have what a case asks for; the message is what shows it. */
export class Lacks extends Error {}

export const OURS = { as: 65001, 4: '10.9.0.1', 6: 'fd09::1' } as const
/** The peer of the column. */
export const PEER = { as: 65002, 4: '10.9.0.2', 6: 'fd09::2' } as const
/** Somebody else, where a case needs three. */
export const THIRD = { as: 65003, 4: '10.9.0.3', 6: 'fd09::3' } as const

/** What we announce, and what the peer announces, where a case does not say otherwise. */
export const OUR_ROUTES = { 4: '172.16.0.0/24', 6: 'fd16::/64' } as const
export const PEER_ROUTES = { 4: '10.2.0.0/24', 6: 'fd02::/64' } as const
export const THIRD_ROUTES = { 4: '10.3.0.0/24', 6: 'fd03::/64' } as const

const MACHINES = [
  ['box', OURS],
  ['peer', PEER],
  ['third', THIRD],
] as const

const ALL: Policy = { name: 'all', rules: [{ action: 'accept' }] }

export type OurNeighbor = Partial<BgpNeighbor> & Readonly<Record<string, unknown>>

export interface Ours {
  readonly neighbors?: readonly OurNeighbor[]
  /** Keys of `bgp` beside neighbours. */
  readonly bgp?: Partial<Bgp> & Readonly<Record<string, unknown>>
  readonly policies?: readonly Policy[]
  /** False: our interface has no addresses of its own but the link-local one. */
  readonly numbered?: boolean
  /** Static routes beside those that are always there. */
  readonly routes?: readonly { readonly prefix: string; readonly blackhole: boolean }[]
}

type Machines = Readonly<Record<'box' | 'peer' | 'third' | 'link', Namespace>>

/** Three machines on one link: the box with our engine, the peer, and a third. One bench serves all cases of a peer. */
export class Bench {
  readonly peerName: PeerName
  readonly box: EngineBox
  readonly wire: Wire
  readonly #namespaces: Machines
  readonly #directory: string
  readonly #running: BgpPeer[] = []
  readonly #atEnd: (() => Promise<void>)[] = []
  #serial = 0
  /** Lines of the engine's log before this case. */
  #logged = 0

  private constructor(
    peerName: PeerName,
    namespaces: Machines,
    box: EngineBox,
    wire: Wire,
    directory: string,
  ) {
    this.peerName = peerName
    this.#namespaces = namespaces
    this.box = box
    this.wire = wire
    this.#directory = directory
  }

  static async start(peerName: PeerName): Promise<Bench> {
    const [box, peer, third, link] = await Namespace.create(['box', 'peer', 'third', 'link'])
    await link.ip(['link add br0 type bridge', 'link set br0 up'])
    for (const [name, addresses] of MACHINES) {
      const namespace = { box, peer, third }[name]
      await link.ip([vethLine({ namespace: name, name: 'eth0' }, { namespace: 'link', name })])
      await link.ip([`link set ${name} master br0 up`])
      await namespace.ip([
        'link set eth0 up',
        `address add ${addresses[4]}/24 dev eth0`,
        `address add ${addresses[6]}/64 dev eth0 nodad`,
      ])
    }
    const directory = `/run/interop/${peerName}`
    const namespaces = { box, peer, third, link }
    const engine = await EngineBox.start(box, `${directory}/box`, configOf({}))
    return new Bench(peerName, namespaces, engine, await Wire.start(box, 'eth0'), directory)
  }

  get program(): BgpProgram {
    return PEERS[this.peerName].program
  }

  get dialect(): Dialect {
    return PEERS[this.peerName].dialect
  }

  namespace(machine: 'box' | 'peer' | 'third'): Namespace {
    return this.#namespaces[machine]
  }

  /** Our configuration, with an interface, two routes and a policy that lets everything through. */
  async ours(ours: Ours): Promise<void> {
    await this.box.configure(configOf(ours))
  }

  /** Starts the peer of the column. */
  peer(setup: Partial<Setup> & Pick<Setup, 'sessions'>): Promise<BgpPeer> {
    return this.#start(this.program, this.dialect, 'peer', { ...defaults(PEER, PEER_ROUTES), ...setup })
  }

  /** Starts a third speaker; BIRD where it is not named. */
  third(setup: Partial<Setup> & Pick<Setup, 'sessions'>, name: PeerName = 'bird'): Promise<BgpPeer> {
    const { program, dialect } = PEERS[name]
    return this.#start(program, dialect, 'third', { ...defaults(THIRD, THIRD_ROUTES), ...setup })
  }

  /**
   * Ends a case where the peer does not have a feature: its parser is asked for it in this very run.
   * @throws {Lacks} with the parser's words; {LabError} where the parser takes it after all.
   */
  async needs(feature: Feature, session: Partial<PeerSession> = {}): Promise<void> {
    const plus = this.dialect.asks[feature]
    if (plus === undefined) return
    const setup = { ...defaults(PEER, PEER_ROUTES), sessions: [{ ...PLAIN, ...session, plus }] }
    const refused = await this.program.refusal({
      namespace: this.#namespaces.peer,
      directory: `${this.#directory}/refused-${++this.#serial}`,
      ...this.dialect.write(setup),
    })
    const asked = plus.replace(/\s+/g, ' ')
    if (refused === undefined) {
      throw new LabError(`it was expected to lack ${feature}, but its parser takes \`${asked}\``)
    }
    const open = IN_OPEN[feature] && (await this.#openOf(session))
    if (open && IN_OPEN[feature]?.(open.capabilities)) {
      throw new LabError(`its parser says ${refused}, but its OPEN has ${feature}`)
    }
    const unseen = open ? `, and its OPEN has it not: ${capabilityNames(open.capabilities).join(', ')}` : ''
    throw new Lacks(`asked for \`${asked}\` its parser says: ${refused}${unseen}`)
  }

  /** What the peer says of itself in a session without anything special. */
  async #openOf(session: Partial<PeerSession>): Promise<Open | undefined> {
    await this.peer({ sessions: [{ ...PLAIN, ...session }] })
    await this.ours({ neighbors: [{ address: PEER[4], remoteAs: PEER.as }] })
    await this.box.established(PEER[4])
    return this.wire.open(PEER[4])
  }

  /** Ends a case where the OPEN that the peer just sent lacks a capability. */
  needsCapability(from: string, name: string, has: boolean): void {
    if (has) return
    const open = this.wire.open(from)
    const seen = open ? JSON.stringify(open.capabilities) : 'nothing'
    throw new Lacks(`its OPEN has no ${name}: ${seen}`)
  }

  /** Waits until the peer says that its session is up. */
  async up(peer: BgpPeer, neighbor: string = OURS[4]): Promise<void> {
    await this.peerSees(peer, `${peer.name} has its session`, all =>
      all.some(row => row.established && (row.address === neighbor || neighbor === '')),
    )
  }

  async peerSees(
    peer: BgpPeer,
    what: string,
    match: (neighbors: readonly PeerNeighbor[]) => boolean,
    limit = 20_000,
  ): Promise<void> {
    await until(
      what,
      async () => {
        const all = await peer.neighbors()
        if (match(all)) return true
        throw new LabError(all.map(row => `${row.address}: ${row.state}`).join(', ') || 'no neighbours')
      },
      { limit, interval: 100 },
    )
  }

  /** Waits until the peer has a path to a prefix that is as it should be. */
  async peerHas(
    peer: BgpPeer,
    prefix: string,
    match: (route: PeerRoute) => boolean = () => true,
    limit = 15_000,
  ): Promise<PeerRoute> {
    return await until(
      `${peer.name} has ${prefix}`,
      async () => {
        const paths = (await peer.routes(familyOfPrefix(prefix))).filter(one => one.prefix === prefix)
        const found = paths.find(match)
        if (found) return found
        throw new LabError(`it has ${JSON.stringify(paths)}`)
      },
      { limit, interval: 100 },
    )
  }

  /** Has something done when the case is over, however it ends. */
  atEnd(action: () => Promise<void>): void {
    this.#atEnd.push(action)
  }

  /** Ends whatever a case started, and leaves our engine without neighbours. */
  async reset(): Promise<void> {
    for (const action of this.#atEnd.splice(0)) await action()
    await this.ours({})
    await Promise.all(this.#running.splice(0).map(peer => peer.stop()))
    this.wire.clear()
    this.#logged = this.box.process.lines.length
  }

  async stop(): Promise<void> {
    await Promise.all(this.#running.splice(0).map(peer => peer.stop()))
    await this.box.stop()
    await this.wire.stop()
    await Promise.all(Object.values(this.#namespaces).map(one => one.remove()))
  }

  /** The last lines of all that runs, for who has to find out why. */
  logs(): string[] {
    const ours = this.box.process.lines
      .slice(this.#logged)
      .slice(-12)
      .map(line => `  engine: ${line}`)
    return [
      ...ours,
      ...this.#running.flatMap(peer =>
        peer
          .log()
          .slice(-12)
          .map(line => `  ${peer.name}: ${line}`),
      ),
    ]
  }

  async #start(
    program: BgpProgram,
    dialect: Dialect,
    machine: 'peer' | 'third',
    setup: Setup,
  ): Promise<BgpPeer> {
    const directory = `${this.#directory}/${machine}-${++this.#serial}`
    const namespace = this.#namespaces[machine]
    const peer = await program.start({ namespace, directory, ...dialect.write(setup) })
    this.#running.push(peer)
    return peer
  }
}

/** A session of IPv4 with us, over eBGP. */
export const PLAIN: PeerSession = { neighbor: OURS[4], remoteAs: OURS.as, families: [4] }

function defaults(
  machine: { readonly as: number; readonly 4: string; readonly 6: string },
  routes: { readonly 4: string; readonly 6: string },
): Omit<Setup, 'sessions'> {
  const origins: Origin[] = [{ prefix: routes[4] }, { prefix: routes[6] }]
  return { as: machine.as, routerId: machine[4], self: { 4: machine[4], 6: machine[6] }, origins }
}

function configOf({ neighbors, bgp, policies = [], routes = [], numbered = true }: Ours) {
  return {
    system: { hostName: 'box' },
    interfaces: [
      { type: 'ethernet', name: 'eth0', addresses: numbered ? [`${OURS[4]}/24`, `${OURS[6]}/64`] : [] },
    ],
    routes: [
      { prefix: OUR_ROUTES[4], blackhole: true },
      { prefix: OUR_ROUTES[6], blackhole: true },
      ...routes,
    ],
    policies: [ALL, ...policies],
    ...(neighbors && {
      bgp: {
        localAs: OURS.as,
        routerId: OURS[4],
        ...bgp,
        neighbors: neighbors.map(neighbor => ({
          importPolicy: 'all',
          exportPolicy: 'all',
          connectRetryTime: 1,
          ...neighbor,
        })),
      },
    }),
  } as never
}
