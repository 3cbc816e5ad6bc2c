import Type from 'typebox'
import { AsNumber, addressText, closed } from './scalars.ts'

/** What neighbours and groups say of how routes are announced to them. */
export const announcing = {
  nexthopSelf: Type.Optional(
    Type.Union([Type.Boolean(), Type.Literal('external')], {
      description:
        'Announce our own address as next hop: of everything (true, also of what is reflected), of what eBGP neighbours said (external), or only where the neighbour does not share the network of the next hop (false on eBGP; never on iBGP). Default: true for eBGP, false for iBGP.',
    }),
  ),
  nexthopUnchanged: Type.Optional(
    Type.Boolean({
      description:
        'Routes go to the eBGP neighbour with the next hop that they have, wherever it is: for route servers, and for reflectors between ASes. Default: false.',
    }),
  ),
  removePrivateAs: Type.Optional(
    Type.Union([Type.Literal('all'), Type.Literal('replace')], {
      description:
        "Take private AS numbers (RFC 6996) out of what the eBGP neighbour is told, or put our own in their place; the neighbour's own AS stays. Default: neither.",
    }),
  ),
  asOverride: Type.Optional(
    Type.Boolean({
      description:
        "Put our AS in the place of the eBGP neighbour's own in what it is told, so that sites of one AS take routes of each other. Default: false.",
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
  confederation: Type.Optional(
    Type.Object(
      {
        identifier: { ...AsNumber, description: 'The AS that the whole confederation is to others.' },
        members: Type.Array(AsNumber, {
          minItems: 1,
          uniqueItems: true,
          description: 'The ASes that it consists of; our own, localAs, may be among them.',
        }),
      },
      {
        ...closed,
        description:
          'The confederation that we are in (RFC 5065): localAs is our AS in it, neighbours of its other ASes are inside too, and all others see its identifier. Default: none.',
      },
    ),
  ),
  clusterId: Type.Optional(
    addressText(
      'Identifier of the cluster of our route reflector clients, in the form of an IPv4 address: the same on all reflectors of the cluster (RFC 4456). Default: routerId.',
    ),
  ),
}
