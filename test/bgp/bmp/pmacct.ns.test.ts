import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Bird, Node, until } from '../bird.ts'
import { LiveBox } from '../live-box.ts'

interface Logged {
  readonly event_type: string
  readonly bmp_msg_type?: string
  readonly peer_ip?: string
  readonly ip_prefix?: string
  readonly log_type?: string
  readonly as_path?: string
  readonly comms?: string
  readonly bgp_nexthop?: string
}

/** The BMP collector of pmacct in the namespace of a node, and what it made of what it heard. */
class Collector {
  readonly #directory = mkdtempSync(join(tmpdir(), 'pmacct-'))
  readonly #log = join(this.#directory, 'messages')
  readonly #process: ChildProcess

  constructor(node: Node, address: string) {
    const config = join(this.#directory, 'config')
    writeFileSync(
      config,
      `bmp_daemon_ip: ${address}\nbmp_daemon_port: 11019\nbmp_daemon_max_peers: 10\nbmp_daemon_msglog_file: ${this.#log}\n`,
    )
    this.#process = spawn('ip', ['netns', 'exec', node.name, 'pmbmpd', '-f', config], { stdio: 'ignore' })
  }

  messages(): Logged[] {
    if (!existsSync(this.#log)) return []
    const lines = readFileSync(this.#log, 'utf8').split('\n')
    return lines.slice(0, -1).map(line => JSON.parse(line) as Logged)
  }

  async remove(): Promise<void> {
    const gone = new Promise(resolve => this.#process.once('exit', resolve))
    this.#process.kill('SIGKILL')
    await gone
    rmSync(this.#directory, { recursive: true, force: true })
  }
}

const BIRD = `router id 10.9.1.2;
log stderr { bug };
protocol device {}
protocol static { ipv4; route 10.244.1.0/26 blackhole; route 10.244.1.64/26 blackhole; }
protocol bgp box {
  local 10.9.1.2 as 65001; neighbor 10.9.1.1 as 64512;
  ipv4 { import all; export filter { bgp_community.add((65001, 7)); accept; }; };
}`

describe("pmacct's BMP collector", () => {
  let node: Node
  let bird: Bird
  let collector: Collector
  let box: LiveBox

  beforeAll(async () => {
    node = new Node(1)
    collector = new Collector(node, '10.9.1.2')
    bird = await new Bird(node, BIRD).start()
    // Neither before the collector listens: the next attempt would be half a minute away.
    await until('the collector listens', () => node.listens(11019))
    box = new LiveBox({
      localAs: 64512,
      routerId: '10.9.1.1',
      bmp: { stations: [{ address: '10.9.1.2' }], statisticsInterval: 1 },
      neighbors: [{ address: '10.9.1.2', remoteAs: 65001, importPolicy: 'all', connectRetryTime: 1 }],
    })
  })

  afterAll(async () => {
    await box?.stop()
    await bird?.remove()
    await collector?.remove()
    node.remove()
  })

  const logged = (type: string) => collector.messages().filter(message => message.bmp_msg_type === type)

  it('understands who we are, the session, its routes and its counts', async () => {
    const routes = () => logged('route_monitor').filter(({ ip_prefix }) => ip_prefix === '10.244.1.64/26')
    await until('the route', () => routes().length > 0)
    await until('a report of statistics', () => logged('stats').length > 0)
    expect(logged('init')[0]).toMatchObject({ event_type: 'log' })
    expect(logged('peer_up')[0]).toMatchObject({ peer_ip: '10.9.1.2', remote_port: expect.anything() })
    expect(routes()[0]).toMatchObject({
      log_type: 'update',
      peer_ip: '10.9.1.2',
      as_path: '65001',
      comms: '65001:7',
      bgp_nexthop: '10.9.1.2',
    })
  })

  it('hears of a withdrawal, and of the end of the session', async () => {
    bird.configure(BIRD.replace('route 10.244.1.64/26 blackhole;', ''))
    await until('the withdrawal', () =>
      logged('route_monitor').some(
        ({ log_type, ip_prefix }) => log_type === 'withdraw' && ip_prefix === '10.244.1.64/26',
      ),
    )
    bird.ask('disable box')
    await until('the end', () => logged('peer_down').length > 0)
    expect(logged('peer_down')[0]).toMatchObject({ peer_ip: '10.9.1.2' })
  })
})
