import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BgpPeer, BgpProgram, PeerRoute } from '../../src/lab/bgp-peer.ts'
import { run } from '../../src/lab/command.ts'
import { Namespace } from '../../src/lab/namespace.ts'
import type { Bgp } from '../../src/model/config-bgp.ts'
import type { Family } from '../../src/net/address.ts'
import { ALL } from './harness.ts'
import { LiveBox } from './live-box.ts'

/**
 * Two BGP daemons, each on a link of its own to the box: number n at 10.9.n.2 and fd09:n::2, the box at 10.9.n.1 and fd09:n::1.
 */
export class TwoPeers {
  readonly box: LiveBox
  readonly peers: readonly BgpPeer[]
  readonly #directory: string

  private constructor(box: LiveBox, peers: readonly BgpPeer[], directory: string) {
    this.box = box
    this.peers = peers
    this.#directory = directory
  }

  static async start(bgp: Bgp, ...daemons: readonly (readonly [BgpProgram, string])[]): Promise<TwoPeers> {
    const directory = mkdtempSync(join(tmpdir(), 'peers-'))
    // Daemons that are not root go through it.
    chmodSync(directory, 0o755)
    const namespaces = await Namespace.create(['peer1', 'peer2'])
    for (const [index, namespace] of namespaces.entries()) {
      const number = index + 1
      const link = `to${number}`
      const both = [4, 6] as const
      await run(['ip', 'link', 'add', link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace.name])
      for (const family of both)
        await run(['ip', 'addr', 'add', address(family, number, 1), 'dev', link, ...nodad(family)])
      await run(['ip', 'link', 'set', link, 'up'])
      await namespace.ip([
        ...both.map(family => `addr add ${address(family, number, 2)} dev eth0 ${nodad(family).join(' ')}`),
        'link set eth0 up',
      ])
    }
    const peers = await Promise.all(
      daemons.map(([program, config], index) =>
        program.start({
          namespace: namespaces[index]!,
          directory: join(directory, String(index + 1)),
          config,
        }),
      ),
    )
    return new TwoPeers(new LiveBox(bgp, [ALL]), peers, directory)
  }

  /** What a daemon was told of a prefix. */
  async told(number: 1 | 2, prefix: string, family: Family = 4): Promise<PeerRoute | undefined> {
    return (await this.peers[number - 1]!.routes(family)).find(route => route.prefix === prefix)
  }

  async remove(): Promise<void> {
    await this.box.stop()
    for (const peer of this.peers) await peer.stop()
    for (const number of [1, 2]) {
      await run(['ip', 'link', 'del', `to${number}`])
      await run(['ip', 'netns', 'del', `peer${number}`])
    }
    rmSync(this.#directory, { recursive: true, force: true })
  }
}

function address(family: Family, number: number, host: number): string {
  return family === 4 ? `10.9.${number}.${host}/24` : `fd09:${number}::${host}/64`
}

function nodad(family: Family): string[] {
  return family === 6 ? ['nodad'] : []
}

/** Asks until a condition holds. */
export async function eventually<T>(what: string, probe: () => Promise<T | undefined | false>): Promise<T> {
  const end = Date.now() + 20_000
  for (;;) {
    const found = await probe()
    if (found !== undefined && found !== false) return found
    if (Date.now() > end) throw new Error(`after 20 s still not: ${what}`)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}
