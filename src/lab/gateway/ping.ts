import type { Family } from '../../net/address.ts'
import type { Namespace } from '../namespace.ts'

/** Bytes of the IP and the ICMP header before the payload of an echo request. */
const HEADERS: Readonly<Record<Family, number>> = { 4: 28, 6: 48 }
/** No link of the lab takes larger packets: where the search for the largest begins. */
const LINK_MTU = 1500
/** Seconds to wait for the last answer: on an emulated processor with much to do, one takes more than one. */
const PATIENCE = 5
/** A route may lead over several links, each smaller than the one before. */
const MOST_STEPS = 6

export interface PingOptions {
  readonly family: Family
  readonly to: string
  /** ICMP identifier: tells these requests from all others. */
  readonly identifier: number
  readonly count: number
  /** Seconds between requests. */
  readonly interval?: number
  /** Size of the IP packet, sent with DF; without it, a small one. */
  readonly size?: number
}

export interface PingResult {
  readonly sent: number
  readonly received: number
  /** The smallest MTU that ICMP or the kernel named. */
  readonly mtu: number | undefined
  /** The kernel refused to send it (EMSGSIZE). Newer ones of iputils do not say for which MTU with IPv6. */
  readonly tooLong: boolean
}

/** Runs ping in a namespace to its end. */
export async function ping(namespace: Namespace, options: PingOptions): Promise<PingResult> {
  const result = await namespace.attempt(pingArgv(options), { environment: { LC_ALL: 'C' } })
  return parsePing(`${result.stdout}\n${result.stderr}`)
}

/** The command line of iputils' ping. */
export function pingArgv(options: PingOptions): string[] {
  const { family, to, identifier, count, interval = 0.05, size } = options
  const argv = [
    'ping',
    `-${family}`,
    '-n',
    '-e',
    `${identifier}`,
    '-c',
    `${count}`,
    '-i',
    `${interval}`,
    '-W',
    `${PATIENCE}`,
  ]
  if (size !== undefined) argv.push('-M', 'do', '-s', `${size - HEADERS[family]}`)
  return [...argv, to]
}

/** Reads what ping wrote. Requests that the kernel refused to send count as sent. */
export function parsePing(text: string): PingResult {
  const totals = /(\d+) packets transmitted, (\d+) received/.exec(text)
  const mtus = [...text.matchAll(/mtu\s*[:=]\s*(\d+)/gi)].map(match => Number(match[1]))
  return {
    sent: Number(totals?.[1] ?? 0),
    received: Number(totals?.[2] ?? 0),
    mtu: mtus.length === 0 ? undefined : Math.min(...mtus),
    tooLong: /message too long/i.test(text),
  }
}

/** The MTU of the link that the way to an address begins with. */
async function linkMtu(
  namespace: Namespace,
  { family, to }: Pick<PingOptions, 'family' | 'to'>,
): Promise<number | undefined> {
  const [route] = await namespace.ipJson([`-${family}`, 'route', 'get', to])
  const [link] = await namespace.ipJson(['link', 'show', 'dev', String(route?.dev)])
  return typeof link?.mtu === 'number' ? link.mtu : undefined
}

/**
 * The largest packet that passes with DF set, found as a host finds it (RFC 1191, RFC 8201): it begins with the
 * link's MTU and believes what the network says. One byte more must not pass.
 * @returns the size in bytes, or a sentence that says how it failed.
 */
export async function findLargest(
  namespace: Namespace,
  options: Pick<PingOptions, 'family' | 'to' | 'identifier'>,
): Promise<number | string> {
  let size = LINK_MTU
  for (let step = 0; step < MOST_STEPS; step++) {
    // The first packet of a size may be lost on the way to finding out; the last one tells.
    const result = await ping(namespace, { ...options, count: 2, interval: 0.02, size })
    if (result.received > 0) {
      const beyond = await ping(namespace, { ...options, count: 1, interval: 0.02, size: size + 1 })
      return beyond.received === 0 ? size : `a packet of ${size + 1} bytes passed, though ${size} is the most`
    }
    const mtu = result.mtu ?? (result.tooLong ? await linkMtu(namespace, options) : undefined)
    if (mtu === undefined) return `packets of ${size} bytes vanish without an answer`
    if (mtu >= size) return `packets of ${size} bytes are refused with an MTU of ${mtu}`
    size = mtu
  }
  return `still no end after ${MOST_STEPS} steps down to ${size} bytes`
}
