import Type from 'typebox'
import { addressText } from './scalars.ts'

/** What neighbours and groups say of how routes are announced to them. */
export const announcing = {
  nexthopSelf: Type.Optional(
    Type.Boolean({
      description:
        'Announce our own address as next hop of everything, also of what is reflected. Default: true for eBGP, false for iBGP.',
    }),
  ),
  addPathSend: Type.Optional(
    Type.Union([Type.Literal('all'), Type.Literal('none'), Type.Integer({ minimum: 1, maximum: 64 })], {
      description:
        'How many paths of a prefix the neighbour is told where it takes several (RFC 7911): all, none but the best, or so many, the best first. Default: all.',
    }),
  ),
  addPathReceive: Type.Optional(
    Type.Boolean({
      description: 'Take several paths of a prefix from the neighbour (RFC 7911). Default: true.',
    }),
  ),
  routeReflectorClient: Type.Optional(
    Type.Boolean({
      description:
        'The neighbour is a client of this route reflector (RFC 4456): it hears all that iBGP taught us, and all of iBGP hears what it says. Default: false.',
    }),
  ),
}

/** What the speaker as a whole says of it. */
export const announcer = {
  clusterId: Type.Optional(
    addressText(
      'Identifier of the cluster of our route reflector clients, in the form of an IPv4 address: the same on all reflectors of the cluster (RFC 4456). Default: routerId.',
    ),
  ),
}
