import type { BgpNeighborState } from '../../model/state.ts'
import type { Family } from '../../net/address.ts'
import type { Clock } from '../../net/clock.ts'
import type { NeighborSettings } from '../neighbor-settings.ts'
import { FAMILY_NAMES } from '../neighbor-settings.ts'
import type { Session } from '../session/session.ts'
import type { PeerType } from '../sink.ts'
import type { Tables } from '../tables.ts'
import { dotted } from '../wire/bytes.ts'
import type { Offender } from './receiving.ts'
import type { Telling } from './telling.ts'

/** A neighbour, as far as its state is shown. */
export interface Shown {
  readonly address: string
  readonly peer: number
  readonly settings: NeighborSettings
  readonly session: Session
  readonly telling: Telling
  readonly remoteAs: number
  readonly type: PeerType
  stalePaths(family: Family): { readonly longLived: boolean; readonly until: number | undefined }
  readonly lastDown: { readonly at: number; readonly reason: string } | undefined
  readonly lastProblem: (Offender & { readonly at: number }) | undefined
}

/** What the state of the box says of a neighbour. */
export function stateRow(neighbor: Shown, tables: Tables, clock: Clock): BgpNeighborState {
  const { session, settings, lastDown, lastProblem } = neighbor
  const { channel } = session
  const negotiated = channel?.negotiated
  return {
    address: neighbor.address,
    ...(settings.group !== undefined && { group: settings.group }),
    dynamic: settings.dynamic,
    ...(settings.description !== undefined && { description: settings.description }),
    localAs: settings.session.localAs,
    remoteAs: neighbor.remoteAs,
    type: neighbor.type,
    state: session.state,
    ...(channel?.remote && { routerId: dotted(channel.remote.routerId) }),
    ...(channel?.establishedAt !== undefined && {
      uptime: Math.round((clock.now() - channel.establishedAt) / 1000),
    }),
    ...(negotiated && { holdTime: negotiated.holdTime, keepaliveTime: channel.keepaliveInterval }),
    capabilities: [...(negotiated?.capabilities ?? [])],
    families: (negotiated?.families ?? settings.session.families).map(family =>
      familyRow(neighbor, tables, family),
    ),
    messages: { ...session.counters },
    ...(lastDown && {
      lastDown: { at: new Date(lastDown.at).toISOString(), reason: lastDown.reason },
    }),
    ...(lastProblem && {
      lastProblem: {
        at: new Date(lastProblem.at).toISOString(),
        message: lastProblem.message,
        octets: lastProblem.octets,
        update: hex(lastProblem.kept),
      },
    }),
  }
}

function familyRow(neighbor: Shown, tables: Tables, family: Family): BgpNeighborState['families'][number] {
  const { peer, telling } = neighbor
  const { counts } = tables.paths[family]
  const limit = neighbor.settings.maxPrefixes[family]
  const { until, longLived } = neighbor.stalePaths(family)
  const negotiated = neighbor.session.channel?.negotiated
  return {
    family: FAMILY_NAMES[family],
    received: counts.received[peer]!,
    accepted: counts.accepted[peer]!,
    advertised: telling.group(family)?.advertised(peer) ?? 0,
    addPathSend: negotiated?.addPathSend.includes(family) ?? false,
    addPathReceive: negotiated?.addPathReceive.includes(family) ?? false,
    stale: counts.stale[peer]!,
    ...(limit && { maxPrefixes: limit.limit }),
    ...(until !== undefined && { staleUntil: new Date(until).toISOString(), longLived }),
  }
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, octet => octet.toString(16).padStart(2, '0')).join('')
}
