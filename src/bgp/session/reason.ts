import { formatAsRange } from '../../net/as-range.ts'
import { describeNotification, insideHardReset, type Notification } from '../wire/index.ts'
import type { Down } from './down.ts'
import { type Advice, type DownContext, sentences, where } from './down-context.ts'
import { inNodes } from './node-fields.ts'
import { COUNTERPART, roleName } from './opening.ts'
import { explainDropped, explainFar, explainTcp } from './reason-tcp.ts'
import type { SessionSettings } from './settings.ts'

export type { DownContext } from './down-context.ts'

/** Why a session ended or does not come up, in a sentence or two for people: what happened, and what to do. */
export function explainDown(down: Down, context: DownContext): string {
  switch (down.kind) {
    case 'received':
      return sentences(
        `The neighbour ended the session: ${describeNotification(down.notification)}`,
        adviceReceived(down.notification, context),
      )
    case 'sent':
      return explainSent(down.notification, context)
    case 'tcp':
      return explainTcp(down, context)
    case 'replaced':
      return 'The neighbour has restarted: it came back on a new connection, which replaces the old one.'
    case 'far':
      return explainFar(down.ttl, context)
    case 'dropped':
      return explainDropped(down.drops, context)
    case 'disabled':
      return `The configuration disables this neighbour. Set enabled: true at ${where(context)} to bring it up.`
  }
}

const bug = () =>
  'It could not read what we sent, or we misread it: a capture of the session (tcpdump, port 179) shows which; update the older of the two.'

const unlisted: Advice = ({ settings }) =>
  `It does not know our address as a neighbour: add us there with AS ${settings.localAs} ${inNodes('peerAddress')}, or set localAddress to the address that it knows.`

function wantedAs({ remoteAs, remoteAsSet = [] }: SessionSettings): string {
  return remoteAs !== undefined ? `AS ${remoteAs}` : `one of AS ${remoteAsSet.map(formatAsRange).join(', ')}`
}

/** What helps against a NOTIFICATION that the neighbour sent, by code/subcode, or by the code alone. */
const ADVICE_RECEIVED: Readonly<Record<string, Advice>> = {
  '1': bug,
  '2/1': () => 'It speaks another version of BGP than 4, which is the only one in use.',
  '2/2': ({ settings }) =>
    `We are AS ${settings.localAs}: name this AS for ${settings.localAddress ?? 'our address'} there ${inNodes('peerAs')}, or set bgp.localAs to the AS that it expects.`,
  '2/3': () => 'Give the box a router id of its own (bgp.routerId).',
  '2/4': ({ settings }) =>
    settings.families.includes(4)
      ? 'It knows no capabilities: the next attempt is made without, for IPv4 alone.'
      : 'It knows no capabilities, and without them there is only IPv4: update it.',
  '2/5': () =>
    'It wants a way of authentication that is no longer in use: use TCP MD5 (password) on both sides.',
  '2/6': ({ settings }) =>
    `We announce a hold time of ${settings.holdTime} s: set holdTime to a value that the neighbour takes ${inNodes('holdTime')}.`,
  '2/7': ({ settings }) =>
    `We announce the families ${settings.families.map(familyName).join(' and ')}: make the families of both sides meet ${inNodes('families')}.`,
  '2/11': ({ settings }) => roleAdvice(settings),
  '3': bug,
  '4': () =>
    'It did not hear from us in time: look for packet loss and for a full processor on the way between us.',
  '5': bug,
  '6/1': () => 'We announce more prefixes than it allows: narrow the export policy, or raise its limit.',
  '6/2': () => 'It was shut down by its operator and comes back when they enable it.',
  '6/3': ({ settings }) =>
    `The neighbour no longer has a peer at our address: add us to its configuration with AS ${settings.localAs} ${inNodes('peerAddress')}.`,
  '6/4': () => 'It comes back by itself.',
  '6/5': unlisted,
  '6/6': () => 'Its configuration has changed, and the session comes back by itself.',
  '6/7': () => 'There were two connections, and the other one goes on.',
  '6/8': () => 'Look for memory and other limits there; a narrower export policy gives it less to hold.',
  '6/10': () => 'Look at the link and the routers between us.',
  '7': bug,
  '8': () =>
    'We did not take its data for minutes: look for a full processor here, and for packets that are lost on the way.',
}

function roleAdvice({ role }: SessionSettings): string {
  return role === undefined
    ? 'We announce no role: set role to what we are to it (provider, customer, peer, rs or rs-client).'
    : `Our role is ${role}: its role must be ${COUNTERPART[role]}. Correct role here, or the role there.`
}

function adviceReceived(notification: Notification, context: DownContext): string | undefined {
  const { code, subcode } = insideHardReset(notification) ?? notification
  return (ADVICE_RECEIVED[`${code}/${subcode}`] ?? ADVICE_RECEIVED[code])?.(context)
}

/** What we sent, in our own words where they say more than those of the NOTIFICATION. */
const SENT: Readonly<Record<string, Advice>> = {
  '2/2': context =>
    `The neighbour is in AS ${context.remote?.as ?? 'unknown'}, the configuration says ${wantedAs(context.settings)}. Set ${context.settings.remoteAsSet ? 'remoteAsSet' : 'remoteAs'}: ${context.remote?.as ?? '...'} at ${where(context)}, or correct the AS of the neighbour ${inNodes('nodeAs')}.`,
  '2/3': context =>
    `The neighbour has the same BGP identifier as we. Change bgp.routerId here or the router id of ${context.settings.address}.`,
  '2/7': context =>
    `The neighbour announces none of our families ${context.settings.families.map(familyName).join(' and ')}. Set families at ${where(context)} to what it announces, or correct them there ${inNodes('families')}.`,
  '2/11': context => {
    const { role } = context.remote?.capabilities ?? {}
    const theirs = role === undefined ? 'announces no role' : `announces the role ${roleName(role)}`
    const ours = context.settings.role
    if (ours === undefined)
      return `The neighbour announces several roles that contradict each other: correct them there.`
    return `The neighbour ${theirs}, and we are ${ours} at ${where(context)}: its role must be ${COUNTERPART[ours]}. Correct role here, or the role there.`
  },
  '4/0': context =>
    `Nothing came from the neighbour during the hold time. Check that ${context.settings.address} is up and that packets of its session arrive; a longer holdTime at ${where(context)} rides out longer gaps.`,
  '6/2': context => `We shut the session down. Set enabled: true at ${where(context)} to bring it up.`,
  '6/3': context => `The neighbour ${context.settings.address} was removed from the configuration.`,
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

function familyName(family: number): string {
  return `ipv${family}-unicast`
}
