import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Bird, Node, until } from '../bgp/bird.ts'
import { LiveBox } from '../bgp/live-box.ts'

const run = promisify(execFile)

let node: Node
let bird: Bird | undefined
let box: LiveBox | undefined

beforeAll(() => {
  node = new Node(1)
})
afterAll(() => node.remove())
afterEach(async () => {
  await box?.stop()
  await bird?.remove()
})

/** BIRD with a session of each family, which dials or waits. */
function birdConfig(passive: boolean): string {
  const common = `hold time 9; connect delay time 1; connect retry time 1; error wait time 1, 1; ${passive ? 'passive;' : ''}`
  return `router id 10.9.1.2;
protocol device {}
protocol bgp four { local 10.9.1.2 as 64601; neighbor 10.9.1.1 as 64500; ${common} ipv4 { import all; export all; }; }
protocol bgp six { local fd09:1::2 as 64601; neighbor fd09:1::1 as 64500; ${common} ipv6 { import all; export all; }; }`
}

/** Segments of ours that carry messages, as they come to the neighbour: traffic class and TCP flags of each. */
async function messages(
  family: 'ip' | 'ip6',
  source: string,
): Promise<{ trafficClass: string; flags: string }[]> {
  const filter = `${family} and tcp and src host ${source}`
  const capture = ['timeout', '30', 'tcpdump', '-nvl', '-c', '6', '-i', 'eth0', filter]
  const { stdout: text } = await run('ip', ['netns', 'exec', node.name, ...capture])
  // IPv4 has the addresses on a line of their own.
  const lines = text.replace(/\n\s+/g, ' ').split('\n')
  return lines.flatMap(line => {
    const [, trafficClass = ''] = /(?:tos|class) (0x\w+)/.exec(line) ?? []
    const [, flags = ''] = /Flags \[(\S*)\]/.exec(line) ?? []
    const [, octets = '0'] = /Flags .* length (\d+)/.exec(line) ?? []
    return Number(octets) > 0 ? [{ trafficClass, flags }] : []
  })
}

describe('TCP segments with messages', () => {
  it.each([
    ['that we opened', false],
    ['that the neighbour opened', true],
  ])('have DSCP CS6 and PUSH on connections %s, of both families', async (_which, passive) => {
    bird = await new Bird(node, birdConfig(!passive)).start()
    const neighbors = ['10.9.1.2', 'fd09:1::2'].map(address => ({
      address,
      remoteAs: 64601,
      holdTime: 9,
      connectRetryTime: 1,
      passive,
    }))
    box = new LiveBox({ localAs: 64500, routerId: '10.9.1.1', neighbors })
    await until('both sessions', () => neighbors.every(({ address }) => box!.established(address)))
    const captures = [messages('ip', '10.9.1.1'), messages('ip6', 'fd09:1::1')]
    for (const seen of await Promise.all(captures)) {
      expect(seen.length).toBeGreaterThan(1)
      const told = JSON.stringify([seen, box.events])
      // The last message of a session leaves with FIN too.
      for (const { trafficClass, flags } of seen)
        expect([trafficClass, flags], told).toEqual(['0xc0', expect.stringMatching(/^F?P\.$/)])
    }
  })
})
