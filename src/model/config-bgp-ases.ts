import Type from 'typebox'
import { AsNumber, closed } from './scalars.ts'

/** What neighbours and groups say of the AS that we are for the neighbour. */
export const impersonating = {
  localAs: Type.Optional(
    Type.Object(
      {
        as: AsNumber,
        noPrepend: Type.Optional(
          Type.Boolean({
            description:
              'Do not put this AS in front of the AS path of what an eBGP neighbour announces. Default: false.',
          }),
        ),
        replaceAs: Type.Optional(
          Type.Boolean({
            description:
              'Announce with this AS alone in front, and not with bgp.localAs behind it. Default: false.',
          }),
        ),
      },
      {
        ...closed,
        description:
          'The AS that we are for this neighbour, where it is not bgp.localAs: after a change of AS numbers. Default: bgp.localAs.',
      },
    ),
  ),
}

/** What groups say of the neighbours that they accept. */
export const accepting = {
  remoteAsSet: Type.Optional(
    Type.Array(
      Type.Union([
        Type.Integer({ minimum: 1, maximum: 4294967295, description: 'An AS.' }),
        Type.String({
          pattern: '^[0-9]{1,10}-[0-9]{1,10}$',
          description: 'ASes from the first to the last, as in 64512-64999.',
        }),
      ]),
      {
        minItems: 1,
        maxItems: 1000,
        description:
          'Instead of remoteAs: ASes that neighbours of the group may be of, numbers and ranges such as "64512-64999"; each says in its OPEN which it is. Default: none.',
      },
    ),
  ),
  maxDynamicNeighbors: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 32768,
      description: 'The most neighbours to accept from listenRanges at a time. Default: 32768.',
    }),
  ),
}
