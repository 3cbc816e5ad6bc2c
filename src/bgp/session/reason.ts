import type { PeerType } from '../sink.ts'
import { describeNotification, insideHardReset, type Notification, type Open } from '../wire/index.ts'
import type { Down } from './down.ts'
import type { SessionSettings } from './settings.ts'

/** What is known of a neighbour when its session ends. */
export interface DownContext {
  readonly settings: SessionSettings
  /** The name of its group, where the settings come from there. */
  readonly group: string | undefined
  /** The OPEN that the neighbour sent last. */
  readonly remote: Open | undefined
  readonly type: PeerType
}

/** Why a session ended or does not come up, in a sentence or two for people: what happened, and what to do. */
export function explainDown(down: Down, context: DownContext): string {
  switch (down.kind) {
    case 'received':
      return withAdvice(`The neighbour ended the session: ${describeNotification(down.notification)}`, [
        adviceReceived(down.notification, context),
      ])
    case 'sent':
      return withAdvice(explainSent(down.notification, context), [])
    case 'tcp':
      return explainTcp(down, context)
    case 'replaced':
      return 'The neighbour has restarted: it came back on a new connection, which replaces the old one.'
    case 'far':
      return explainFar(down.ttl, context)
    case 'disabled':
      return `The configuration disables this neighbour. Set enabled: true at ${where(context)} to bring it up.`
  }
}

function withAdvice(text: string, advice: readonly (string | undefined)[]): string {
  return [text, ...advice].filter(Boolean).join(' ')
}

function where({ settings, group }: DownContext): string {
  return group === undefined
    ? `the neighbour ${settings.address} (bgp.neighbors)`
    : `the neighbour ${settings.address} (bgp.neighbors) or its group ${group} (bgp.neighborGroups)`
}

type Advice = (context: DownContext) => string

/** What helps against a NOTIFICATION that the neighbour sent, by code/subcode. */
const ADVICE_RECEIVED: Readonly<Record<string, Advice>> = {
  '2/2': ({ settings }) =>
    `We are AS ${settings.localAs}: the neighbour's configuration must name this AS for ${settings.localAddress ?? 'our address'} (Calico: asNumber of the BGPPeer), or set bgp.localAs to the AS that it expects.`,
  '2/3': () => 'Give the box a router id of its own (bgp.routerId).',
  '2/6': ({ settings }) =>
    `We announce a hold time of ${settings.holdTime} s: set holdTime to a value that the neighbour takes.`,
  '2/7': ({ settings }) =>
    `We announce the families ${settings.families.map(familyName).join(' and ')}: make the families of both sides meet.`,
  '4/0': () =>
    'It did not hear from us in time: look for packet loss and for a full processor on the way between us.',
  '6/1': () => 'We announce more prefixes than it allows: narrow the export policy, or raise its limit.',
  '6/2': () => 'It was shut down by its operator and comes back when they enable it.',
  '6/3': ({ settings }) =>
    `The neighbour no longer has a peer at our address: add us to its configuration with AS ${settings.localAs}.`,
  '6/5': ({ settings }) =>
    `The neighbour does not take sessions from our address: add us to its configuration with AS ${settings.localAs}.`,
}

function adviceReceived(notification: Notification, context: DownContext): string | undefined {
  const { code, subcode } = insideHardReset(notification) ?? notification
  return ADVICE_RECEIVED[`${code}/${subcode}`]?.(context)
}

/** What we sent, in our own words where they say more than those of the NOTIFICATION. */
const SENT: Readonly<Record<string, Advice>> = {
  '2/2': context =>
    `The neighbour is in AS ${context.remote?.as ?? 'unknown'}, the configuration says AS ${context.settings.remoteAs}. Set remoteAs: ${context.remote?.as ?? '...'} at ${where(context)}, or correct the AS of the neighbour.`,
  '2/3': context =>
    `The neighbour has the same BGP identifier as we. Change bgp.routerId here or the router id of ${context.settings.address}.`,
  '2/7': context =>
    `The neighbour announces none of our families ${context.settings.families.map(familyName).join(' and ')}. Set families at ${where(context)} to what it announces.`,
  '4/0': context =>
    `Nothing came from the neighbour during the hold time. Check that ${context.settings.address} is up and that packets of its session arrive; a longer holdTime at ${where(context)} rides out longer gaps.`,
  '6/2': context => `We shut the session down. Set enabled: true at ${where(context)} to bring it up.`,
  '6/3': context => `${context.settings.address} was removed from the configuration.`,
  '6/6': () =>
    'We reset the session because its settings in the configuration have changed; it comes back by itself.',
  '6/7': () => 'One of two connections was closed, because one is enough.',
  '8/0': context =>
    `The neighbour takes no data from us any more. Check the BGP process of ${context.settings.address}.`,
}

function explainSent(notification: Notification, context: DownContext): string {
  const { code, subcode } = insideHardReset(notification) ?? notification
  const own = SENT[`${code}/${subcode}`]
  return own ? own(context) : `We ended the session: ${describeNotification(notification)}`
}

/** A sender with GTSM begins with a TTL of 255, and each router on the way takes one off. */
function explainFar(ttl: number | undefined, context: DownContext): string {
  const { address, minimumTtl = 255 } = context.settings
  const allowed = 256 - minimumTtl
  if (ttl === undefined) return `The kernel cannot hold connections of ${address} to ttlSecurity: ${allowed}.`
  const away = 256 - ttl
  const farther =
    away <= 30 ? ` or is ${away} hops away, which ttlSecurity: ${away} at ${where(context)} would allow` : ''
  return `A connection from ${address} came with TTL ${ttl}, and ttlSecurity: ${allowed} takes at least ${minimumTtl}. The neighbour sends without TTL security: turn it on there (Calico: ttlSecurity of the BGPPeer),${farther}${farther === '' ? '' : ','} or remove ttlSecurity here.`
}

/** What an error of TCP means for a BGP session, by the name in errno(3). */
const TCP_ADVICE: Readonly<Record<string, Advice>> = {
  ECONNREFUSED: ({ settings }) =>
    `Nothing listens on TCP port ${settings.port} there: start BGP on ${settings.address}, set port to where it listens, or set passive: true if only the neighbour dials.`,
  EHOSTUNREACH: ({ settings, type }) =>
    `There is no way to ${settings.address}: check the link, the addresses and the routes${type === 'eBGP' && settings.ttl === 1 ? ', or set multihop: true if it is more than one hop away' : ''}.`,
  ENETUNREACH: ({ settings }) =>
    `No route leads to ${settings.address}: add an address on its network or a static route.`,
  ETIMEDOUT: ({ settings }) =>
    `${settings.address} does not answer: check that it is up, and that no filter drops TCP port ${settings.port}.`,
  ECONNRESET: ({ settings }) =>
    `Look into the log of ${settings.address}: it may not know our address as a neighbour, or its BGP process died.`,
  EADDRNOTAVAIL: ({ settings }) =>
    `The local address ${settings.localAddress ?? ''} is not on any interface: configure it, or correct localAddress.`,
  EACCES: () => 'The kernel forbids the connection: check the packet filter.',
}

function explainTcp(down: Down & { kind: 'tcp' }, context: DownContext): string {
  const { address } = context.settings
  const advice = TCP_ADVICE[down.code]?.(context)
  if (down.phase === 'Connect') {
    return withAdvice(`No TCP connection to ${address}${code(down)}.`, [advice ?? sentence(down.message)])
  }
  if (down.phase === 'Established') {
    return withAdvice(`The TCP connection of the session ended without a NOTIFICATION${code(down)}.`, [
      `The BGP process of ${address} was killed or restarted, or the path to it broke.`,
    ])
  }
  return withAdvice(`${address} closed the TCP connection before the session was established${code(down)}.`, [
    `It may not have us as a neighbour: check that its configuration names our address and AS ${context.settings.localAs}.`,
  ])
}

function code(down: Down & { kind: 'tcp' }): string {
  return down.code === '' ? '' : ` (${down.code})`
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

function familyName(family: number): string {
  return `ipv${family}-unicast`
}
