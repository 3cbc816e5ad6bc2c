import Type, { type Static } from 'typebox'
import { closed } from './scalars.ts'

export const AddressFamily = Type.Union([Type.Literal('ipv4-unicast'), Type.Literal('ipv6-unicast')], {
  description: 'A BGP address family (AFI/SAFI).',
})

/** What neighbours and groups say of how long routes of a neighbour stay that is away. */
export const keeping = {
  gracefulRestartTime: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 4095,
      description:
        'Restart time in seconds that we announce (RFC 4724); 0 turns graceful restart off. Default: 120.',
    }),
  ),
  gracefulRestartNotification: Type.Optional(
    Type.Boolean({
      description:
        'Keep routes also when a NOTIFICATION or the hold timer ends the session (RFC 8538), where the neighbour does so too. Default: true.',
    }),
  ),
  longLivedGracefulRestartTime: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 16777215,
      description:
        'Seconds for which routes stay as a last resort after the restart time (RFC 9494), where the neighbour announces it too; the shorter time of both sides counts. 0: off. Default: 0.',
    }),
  ),
  stalePathTime: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 65535,
      description:
        'Seconds for which routes from before a restart stay when the neighbour is back and has not said End-of-RIB (RFC 4724). Default: 360.',
    }),
  ),
}

const MaxPrefixes = Type.Object(
  {
    limit: Type.Integer({
      minimum: 1,
      maximum: 4294967295,
      description: 'The most paths that the neighbour may announce, accepted by policy or not.',
    }),
    warnAt: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 100,
        description: 'Percent of the limit from which on the log warns. Default: 75.',
      }),
    ),
    action: Type.Optional(
      Type.Union([Type.Literal('stop'), Type.Literal('warn'), Type.Literal('restart')], {
        description:
          'What happens above the limit: stop ends the session until an operator clears it, restart ends it for restartTime, warn only logs. Default: stop.',
      }),
    ),
    restartTime: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 65535,
        description: 'Seconds for which restart keeps the session down. Default: 300.',
      }),
    ),
  },
  { ...closed, description: 'A limit on what a neighbour announces of one family.' },
)

/** What they say of how much a neighbour may announce. */
export const limiting = {
  maxPrefixes: Type.Optional(
    Type.Object(
      { 'ipv4-unicast': Type.Optional(MaxPrefixes), 'ipv6-unicast': Type.Optional(MaxPrefixes) },
      {
        ...closed,
        description: 'Limits on what the neighbour announces, by family (RFC 4486). Default: none.',
      },
    ),
  ),
}

export type AddressFamily = Static<typeof AddressFamily>
