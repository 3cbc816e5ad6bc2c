import type { Down } from './down.ts'
import { type Advice, type DownContext, sentences, where } from './down-context.ts'
import { type Drops, suspicions } from './drops.ts'
import { inNodes } from './node-fields.ts'

/** What keeps a TCP connection from coming up, or ended it, in sentences for people. */

/** What an error of TCP means for a BGP session, by the name in errno(3). */
const ADVICE: Readonly<Record<string, Advice>> = {
  ECONNREFUSED: ({ settings }) =>
    `Nothing listens on TCP port ${settings.port} there: start BGP on ${settings.address}, set port to where it listens ${inNodes('port')}, or set passive: true if only the neighbour dials (MetalLB's native BGP, Cilium without localPort).`,
  EHOSTUNREACH: ({ settings, type }) =>
    `There is no way to ${settings.address}: check the link, the addresses and the routes${type === 'eBGP' && settings.ttl === 1 ? ', or set multihop: true if it is more than one hop away' : ''}.`,
  ENETUNREACH: ({ settings }) =>
    `No route leads to ${settings.address}: add an address on its network or a static route.`,
  ETIMEDOUT: context => `${context.settings.address} does not answer: ${whySilent(context)}.`,
  ECONNRESET: ({ settings }) =>
    `Look into the log of ${settings.address}: it may not know our address as a neighbour ${inNodes('peerAddress')}, or its BGP process died.`,
  EADDRNOTAVAIL: ({ settings }) =>
    `The local address ${settings.localAddress ?? ''} is not on any interface: configure it, or correct localAddress.`,
  EINVAL: ({ settings }) =>
    `The kernel takes no connection from ${settings.localAddress ?? 'here'} to ${settings.address}: check that both are of one interface and IP version.`,
  ENOENT: ({ settings }) =>
    `There is no interface for ${settings.address}: configure it, or correct its name.`,
  ENODEV: ({ settings }) =>
    `There is no interface for ${settings.address}: configure it, or correct its name.`,
  ENOMEM: () => 'The kernel has no room for more keys: raise the sysctl net.core.optmem_max.',
  EACCES: () => 'The kernel forbids the connection: check the packet filter.',
  EPERM: () => 'The kernel forbids the connection: check the packet filter.',
}

/** All that ends in silence: nothing comes back from a host that is away, behind a filter, or that wants another key. */
function whySilent({ settings, type }: DownContext): string {
  const reasons = [`check that it is up, and that no filter drops TCP port ${settings.port}`]
  if (settings.password !== undefined)
    reasons.push(
      `that it has the same password ${inNodes('password')}, since it drops what is signed otherwise without a word`,
    )
  else
    reasons.push(
      `that it has no password ${inNodes('password')}, since it then drops what is not signed without a word`,
    )
  if (settings.minimumTtl !== undefined)
    reasons.push(`that it sends with TTL security ${inNodes('ttlSecurity')}`)
  else if (type === 'eBGP' && settings.ttl === 1)
    reasons.push('that it is on the link (multihop: true if it is not)')
  return reasons.join(', ')
}

/** What each kind of dropped segments says of the session, and what helps: without their number, which would be new each time. */
const SUSPICION: Readonly<Record<keyof Drops, Advice>> = {
  wronglySigned: context =>
    `segments with a wrong MD5 signature: the passwords differ. Set password at ${where(context)} to that of the neighbour ${inNodes('password')}`,
  unsigned: context =>
    `segments without the MD5 signature that password wants: the neighbour has none. Give it the same password ${inNodes('password')}, or remove password at ${where(context)}`,
  signed: context =>
    `segments with an MD5 signature that nobody here wants: the neighbour has a password. Set the same password at ${where(context)}, or remove it there ${inNodes('password')}`,
  tooFar: context =>
    `segments with a TTL below ${context.settings.minimumTtl}: the neighbour sends without TTL security, or is farther away than ttlSecurity: ${256 - (context.settings.minimumTtl ?? 255)} at ${where(context)} allows. Turn it on there ${inNodes('ttlSecurity')}, or correct it here`,
}

function suspicion(drops: Drops | undefined, context: DownContext): string | undefined {
  const found = drops ? suspicions(drops, context.settings) : []
  if (!drops || found.length === 0) return undefined
  const told = found.map(kind => SUSPICION[kind](context)).join('; and ')
  return `Meanwhile the kernel dropped, of all connections of this network namespace together, ${told}.`
}

/** For one that waits to be dialled: what the kernel dropped lately. */
export function explainDropped(drops: Drops, context: DownContext): string {
  return sentences(`We wait for ${context.settings.address} to dial.`, suspicion(drops, context))
}

/** A sender with GTSM begins with a TTL of 255, and each router on the way takes one off (RFC 5082 §3). */
export function explainFar(ttl: number | undefined, context: DownContext): string {
  const { address, minimumTtl = 255 } = context.settings
  const allowed = 256 - minimumTtl
  if (ttl === undefined) return `The kernel cannot hold connections of ${address} to ttlSecurity: ${allowed}.`
  const away = 256 - ttl
  const farther =
    away <= 30 ? `; if it is ${away} hops away, set ttlSecurity: ${away} at ${where(context)}` : ''
  return `A connection from ${address} came with TTL ${ttl}, and ttlSecurity: ${allowed} takes at least ${minimumTtl}: turn TTL security on there ${inNodes('ttlSecurity')}${farther}, or remove ttlSecurity here.`
}

export function explainTcp(down: Down & { kind: 'tcp' }, context: DownContext): string {
  const { address, localAs } = context.settings
  if (down.phase === 'Connect') {
    const clue = suspicion(down.drops, context)
    const advice = ADVICE[down.code]?.(context) ?? sentence(down.message)
    // What the kernel has seen is nearer than what silence may mean.
    const silent = clue !== undefined && down.code === 'ETIMEDOUT'
    return sentences(`No TCP connection to ${address}${code(down)}.`, silent ? undefined : advice, clue)
  }
  if (down.phase === 'Established') {
    return sentences(
      `The TCP connection of the session ended without a NOTIFICATION${code(down)}.`,
      `The BGP process of ${address} was killed or restarted, or the path to it broke.`,
    )
  }
  return sentences(
    `${address} closed the TCP connection before the session was established${code(down)}.`,
    `It may not have us as a neighbour: check that its configuration names our address and AS ${localAs} ${inNodes('peerAddress')}.`,
  )
}

function code(down: Down & { kind: 'tcp' }): string {
  return down.code === '' ? '' : ` (${down.code})`
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}
