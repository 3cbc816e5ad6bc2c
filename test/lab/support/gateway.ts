import { expect } from 'vitest'
import { echoOf } from '../../../src/lab/gateway/echo.ts'
import type { GatewayLab } from '../../../src/lab/gateway/index.ts'
import { parsePing, pingArgv } from '../../../src/lab/gateway/ping.ts'
import type { Endpoint } from '../../../src/lab/gateway/plan.ts'
import { Capture, type CapturedPacket } from '../../../src/lab/index.ts'

type Family = 4 | 6

let nextIdentifier = 0x2000

/** Sends one echo request, and hands back how it looked at the box's node-side port. */
export async function echoAtNodePort(
  lab: GatewayLab,
  from: Endpoint,
  to: Endpoint,
  family: Family = 4,
): Promise<CapturedPacket> {
  const identifier = nextIdentifier++
  const capture = await Capture.start(lab.topology.namespaces.get('box')!, 'eth1')
  const options = { family, to: to.addresses[family]!, identifier, count: 1 }
  await lab.topology.namespaces.get(from.name)!.run(pingArgv(options))
  const packet = await capture.waitFor('the echo request', seen => echoOf(seen)?.identifier === identifier)
  await capture.stop()
  return packet
}

export interface RunningPing {
  readonly from: Endpoint
  readonly to: Endpoint
  readonly family: Family
}

/**
 * Kills the engine with SIGKILL and starts it again, while pings run across the box. Not one may be lost, and no
 * route to a pod may leave the kernel.
 */
export async function restartUnderPing(
  lab: GatewayLab,
  pings: readonly RunningPing[],
  limit: number,
): Promise<void> {
  const { namespaces } = lab.topology
  const box = namespaces.get('box')!
  const routes = () => box.run(['sh', '-c', 'ip -4 route show; ip -6 route show'])
  const before = await routes()
  const monitor = box.start(['ip', 'monitor', 'route'])
  const running = pings.map(({ from, to, family }) => {
    const options = {
      family,
      to: to.addresses[family]!,
      identifier: nextIdentifier++,
      count: 100_000,
      interval: 0.05,
    }
    return {
      shown: `${from.name} → ${to.name} IPv${family}`,
      child: namespaces.get(from.name)!.start(pingArgv(options)),
    }
  })
  await Promise.all(running.map(({ child }) => child.waitForLine(/icmp_seq=3 /, limit)))
  await lab.box.killEngine()
  await answersAgain(running, limit)
  lab.box.startEngine()
  expect(await lab.converge({ limit })).toEqual([])
  await answersAgain(running, limit)
  const results = await Promise.all(
    running.map(async ({ shown, child }) => {
      await child.stop('SIGINT')
      const { sent, received } = parsePing(child.lines.join('\n'))
      // The last request may have left a moment before the end.
      return { shown, lost: Math.max(0, sent - received - 1), many: received > 10 }
    }),
  )
  expect(results).toEqual(running.map(({ shown }) => ({ shown, lost: 0, many: true })))
  await monitor.stop()
  expect(monitor.lines.filter(line => line.startsWith('Deleted') && /10\.244\.|fd00:10:/.test(line))).toEqual(
    [],
  )
  expect(await routes()).toBe(before)
}

/** Waits until each ping has had three further answers. */
async function answersAgain(
  running: readonly {
    child: { lines: readonly string[]; waitForLine(pattern: RegExp, limit: number): Promise<string> }
  }[],
  limit: number,
) {
  await Promise.all(
    running.map(({ child }) => {
      const last = /icmp_seq=(\d+) /.exec(child.lines.findLast(line => line.includes('icmp_seq='))!)!
      return child.waitForLine(new RegExp(`icmp_seq=${Number(last[1]) + 3} `), limit)
    }),
  )
}
