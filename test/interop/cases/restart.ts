import { LabError, type LabProcess, until } from '../../../src/lab/index.ts'
import {
  type Bench,
  Lacks,
  OUR_ROUTES,
  type OurNeighbor,
  PEER,
  PEER_ROUTES,
  PLAIN,
  THIRD,
  THIRD_ROUTES,
} from '../bench.ts'
import { type Case, must } from '../case.ts'
import type { PeerSession } from '../setup.ts'
import { exchange } from './sessions.ts'

/** A route that only marks a moment for who watches the kernel. */
const MARK = '192.0.2.1/32'

/** What `ip monitor` says in our kernel between two moments. */
class KernelWatch {
  readonly #bench: Bench
  readonly #process: LabProcess

  private constructor(bench: Bench) {
    this.#bench = bench
    this.#process = bench.namespace('box').start(['ip', '-o', 'monitor', 'route', 'nexthop'])
  }

  static async start(bench: Bench): Promise<KernelWatch> {
    const watch = new KernelWatch(bench)
    await watch.#mark()
    watch.#process.lines.length = 0
    return watch
  }

  /** Ends the watch: the lines on a prefix since it began. */
  async linesOn(...prefixes: readonly string[]): Promise<string[]> {
    await this.#mark()
    await this.#process.stop()
    return this.#process.lines.filter(line => prefixes.some(prefix => line.includes(prefix)))
  }

  /** Changes a route until the watch sees it: from then on, and up to then, nothing is missed. */
  async #mark(): Promise<void> {
    const seen = () => this.#process.lines.filter(line => line.includes(MARK.split('/')[0]!)).length
    const before = seen()
    await until('ip monitor sees a route come and go', async () => {
      await this.#bench.namespace('box').ip([`route add blackhole ${MARK}`, `route delete blackhole ${MARK}`])
      return seen() > before || undefined
    })
  }
}

async function down(bench: Bench): Promise<void> {
  await until(
    'our session is down',
    async () => {
      const state = await bench.box.neighbor(PEER[4])
      return state?.state !== 'Established' || undefined
    },
    { limit: 20_000 },
  )
}

async function inKernel(bench: Bench, prefix: string, when: string): Promise<void> {
  const routes = await bench.box.kernelRoutes()
  must(
    routes.some(({ dst }) => dst === prefix),
    `${when} our kernel has no ${prefix}`,
  )
}

/**
 * A peer that will be killed and started again, and a prefix that it announces. GoBGP's own routes come from the command
 * line, after its End-of-RIB; one that it has of a third speaker comes before, as it does in a restart of its own.
 */
async function restarting(bench: Bench, session: Partial<PeerSession>, neighbor: OurNeighbor = {}) {
  if (bench.peerName !== 'gobgp')
    return { ...(await exchange(bench, session, neighbor)), prefix: PEER_ROUTES[4] }
  await bench.third({ sessions: [{ ...PLAIN, neighbor: PEER[4], remoteAs: PEER.as, gracefulRestart: 120 }] })
  const toThird = { ...PLAIN, ...session, neighbor: THIRD[4], remoteAs: THIRD.as }
  const peer = await bench.peer({ origins: [], sessions: [{ ...PLAIN, ...session }, toThird] })
  await bench.peerHas(peer, THIRD_ROUTES[4])
  await bench.ours({ neighbors: [{ address: PEER[4], remoteAs: PEER.as, ...neighbor }] })
  await bench.box.installed(THIRD_ROUTES[4])
  return { peer, prefix: THIRD_ROUTES[4] }
}

async function nothingStale(bench: Bench): Promise<void> {
  await until(
    'nothing of the peer is stale',
    async () => {
      const row = (await bench.box.neighbor(PEER[4]))?.families[0]
      if (row && row.received > 0 && row.stale === 0) return true
      throw new LabError(JSON.stringify(row))
    },
    { limit: 20_000 },
  )
}

/** Ends the case where the OPEN of the peer does not speak of restarting. */
function restarts(bench: Bench): void {
  const capability = bench.wire.open(PEER[4])?.capabilities.gracefulRestart
  bench.needsCapability(PEER[4], 'family in graceful restart', (capability?.families.length ?? 0) > 0)
}

export const RESTART: readonly Case[] = [
  {
    name: 'gr-helper',
    title: 'graceful restart: killed, its routes stay in our kernel',
    async run(bench) {
      await bench.needs('gracefulRestart')
      const { peer, prefix } = await restarting(bench, { gracefulRestart: 120 })
      restarts(bench)
      const watch = await KernelWatch.start(bench)
      await peer.kill()
      await down(bench)
      const row = (await bench.box.neighbor(PEER[4]))?.families[0]
      must(
        row !== undefined && row.stale > 0,
        `our state does not show its path as stale: ${JSON.stringify(row)}`,
      )
      await inKernel(bench, prefix, 'while it is away')
      await peer.restart()
      await bench.box.established(PEER[4])
      await nothingStale(bench)
      await inKernel(bench, prefix, 'after its return')
      const lines = await watch.linesOn(prefix)
      must(lines.length === 0, `ip monitor saw ${lines.join('; ')}`)
      await bench.peerHas(peer, OUR_ROUTES[4])
      return 'ip monitor saw nothing'
    },
  },
  {
    name: 'gr-restarting',
    title: 'graceful restart: we are killed, it keeps our routes',
    async run(bench) {
      const { peer } = await exchange(bench, { gracefulRestart: 120 })
      const watch = await KernelWatch.start(bench)
      let polls = 0
      let over = false
      const missed: string[] = []
      const has = async () => (await peer.routes(4)).some(({ prefix }) => prefix === OUR_ROUTES[4])
      const polling = (async () => {
        while (!over) {
          polls++
          if (!(await has())) missed.push((await peer.neighbors()).map(({ state }) => state).join())
          await new Promise(resolve => setTimeout(resolve, 30))
        }
      })()
      await bench.box.kill()
      await bench.peerSees(peer, `${peer.name} sees us gone`, all => all.some(one => !one.established))
      await bench.box.restart()
      await bench.box.established(PEER[4])
      await nothingStale(bench)
      await until(
        'our table converged',
        () => bench.box.process.lines.find(line => line.includes('converged')),
        {
          limit: 20_000,
        },
      )
      await bench.up(peer)
      await bench.peerHas(peer, OUR_ROUTES[4], ({ stale }) => !stale)
      over = true
      await polling
      const lines = await watch.linesOn(PEER_ROUTES[4], OUR_ROUTES[4])
      must(lines.length === 0, `ip monitor saw ${lines.join('; ')}`)
      if (missed.length > 0) {
        const text = `it forgot our routes in ${missed.length} of ${polls} looks, with its session ${missed[0]}`
        if (bench.peerName === 'exabgp') throw new Lacks(text)
        throw new LabError(text)
      }
      return `${polls} looks at its table, and ip monitor saw nothing`
    },
  },
  {
    name: 'llgr-helper',
    title: 'long-lived graceful restart: its routes outlive its restart time',
    async run(bench) {
      await bench.needs('longLived')
      const { peer, prefix } = await restarting(
        bench,
        { gracefulRestart: 1, longLived: 60 },
        { longLivedGracefulRestartTime: 60 },
      )
      const open = bench.wire.open(PEER[4])
      const families = open?.capabilities.longLivedGracefulRestart ?? []
      bench.needsCapability(PEER[4], 'family in long-lived graceful restart', families.length > 0)
      await peer.kill()
      await down(bench)
      await until(
        'our state shows its paths as long-lived stale',
        async () => {
          const row = (await bench.box.neighbor(PEER[4]))?.families[0]
          if (row?.longLived && row.stale > 0) return true
          throw new LabError(JSON.stringify(row))
        },
        { limit: 10_000 },
      )
      await inKernel(bench, prefix, 'after its restart time')
      await peer.restart()
      await bench.box.established(PEER[4])
      await nothingStale(bench)
      await inKernel(bench, prefix, 'after its return')
      return undefined
    },
  },
  {
    name: 'llgr-restarting',
    title: 'long-lived graceful restart: it keeps ours, marked LLGR_STALE',
    async run(bench) {
      await bench.needs('longLived')
      const { peer } = await exchange(
        bench,
        { gracefulRestart: 120, longLived: 60 },
        { gracefulRestartTime: 1, longLivedGracefulRestartTime: 60 },
      )
      await bench.box.kill()
      try {
        await bench.peerHas(peer, OUR_ROUTES[4], route => route.communities.some(one => LLGR_STALE.has(one)))
      } finally {
        await bench.box.restart()
      }
      await bench.box.established(PEER[4])
      await bench.peerHas(peer, OUR_ROUTES[4], route => !route.communities.some(one => LLGR_STALE.has(one)))
      return undefined
    },
  },
]

/** LLGR_STALE (RFC 9494 §4.6), as it is written by one and another. */
const LLGR_STALE: ReadonlySet<string> = new Set(['65535:6', 'llgr-stale', 'llgrStale', 'LLGR_STALE'])
