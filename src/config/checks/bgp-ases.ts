import { parseAsRange } from '../../net/as-range.ts'
import { whyReserved } from '../../net/reserved-as.ts'
import { type Finding, finding } from '../finding.ts'
import type { Path } from '../path.ts'
import { groupsOf, sessionsOf } from './bgp-sessions.ts'
import type { Check, CheckContext } from './context.ts'

export const bgpAsChecks: readonly Check[] = [
  { name: 'ranges of AS numbers run upwards', run: asRanges },
  { name: 'an AS number can be that of an AS', run: reservedAses },
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

function reservedAses({ config: { bgp } }: CheckContext): readonly Finding[] {
  const { identifier, members = [] } = bgp?.confederation ?? {}
  return [
    ...reserved(['bgp', 'localAs'], bgp?.localAs, OURS),
    ...reserved(['bgp', 'confederation', 'identifier'], identifier, OURS),
    ...members.flatMap((as, index) => reserved(['bgp', 'confederation', 'members', index], as, OURS)),
    ...sessionsOf(bgp).flatMap(({ session, path }) => [
      ...reserved([...path, 'remoteAs'], session.remoteAs, THEIRS),
      ...reserved([...path, 'localAs', 'as'], session.localAs?.as, OURS),
    ]),
    ...groupsOf(bgp).flatMap(({ session: { remoteAsSet = [] }, path }) =>
      remoteAsSet.flatMap((value, index) => {
        // A range goes over numbers that nobody has as over others.
        const { first, last } = parseAsRange(value) ?? {}
        return first === last ? reserved([...path, 'remoteAsSet', index], first, THEIRS) : []
      }),
    ),
  ]
}

const OURS = 'Give an AS number of your own, or a private one: 64512 to 65534, or 4200000000 to 4294967294'
const THEIRS = 'Give the AS number that the neighbour is configured with'

function reserved(path: Path, as: number | undefined, advice: string): readonly Finding[] {
  const reason = as === undefined ? undefined : whyReserved(as)
  return as === undefined || reason === undefined
    ? []
    : [finding(path, 'as-reserved', { as, reason, advice })]
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
