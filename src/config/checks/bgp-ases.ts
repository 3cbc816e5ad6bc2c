import { parseAsRange } from '../../net/as-range.ts'
import { type Finding, finding } from '../finding.ts'
import { groupsOf, sessionsOf } from './bgp-sessions.ts'
import type { Check, CheckContext } from './context.ts'

export const bgpAsChecks: readonly Check[] = [
  { name: 'ranges of AS numbers run upwards', run: asRanges },
  { name: 'a group has one AS or a set of them', run: oneOrSet },
  { name: 'a local AS is another than our own', run: localAses },
]

function asRanges(context: CheckContext): readonly Finding[] {
  return groupsOf(context.config.bgp).flatMap(({ session: { remoteAsSet = [] }, path }) =>
    remoteAsSet.flatMap((value, index) =>
      parseAsRange(value) ? [] : [finding([...path, 'remoteAsSet', index], 'as-range', { value })],
    ),
  )
}

function oneOrSet(context: CheckContext): readonly Finding[] {
  return groupsOf(context.config.bgp).flatMap(({ session: { name, remoteAs, remoteAsSet }, path }) =>
    remoteAs !== undefined && remoteAsSet !== undefined
      ? [finding([...path, 'remoteAsSet'], 'remote-as-and-set', { name, as: remoteAs })]
      : [],
  )
}

function localAses(context: CheckContext): readonly Finding[] {
  const own = context.config.bgp?.localAs
  return sessionsOf(context.config.bgp).flatMap(({ session: { localAs }, path }) =>
    localAs !== undefined && localAs.as === own
      ? [finding([...path, 'localAs', 'as'], 'local-as-own', { as: localAs.as })]
      : [],
  )
}
