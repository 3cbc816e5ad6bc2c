import Type from 'typebox'

/** How connections with BGP neighbours are protected, and what is agreed on: keys of neighbours and of groups. */
export const protecting = {
  ttlSecurity: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 254,
      description:
        'Generalized TTL security (RFC 5082): take only packets that have come over at most this many hops, 1 for a neighbour on the link, and send with TTL 255; the neighbour must do so too. Default: off.',
    }),
  ),
  password: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 80,
      format: 'password',
      description:
        'Key of the MD5 signatures of TCP (RFC 2385), at most 80 octets; for a group also that of its listenRanges. It is shown to who may read the configuration, and nowhere else. Default: none.',
    }),
  ),
  extendedNexthop: Type.Optional(
    Type.Boolean({
      description:
        'Offer that IPv4 routes have IPv6 next hops (RFC 8950). Default: true where the session runs over link-local addresses, else false.',
    }),
  ),
  role: Type.Optional(
    Type.Union(
      [
        Type.Literal('provider'),
        Type.Literal('customer'),
        Type.Literal('peer'),
        Type.Literal('rs'),
        Type.Literal('rs-client'),
      ],
      {
        description:
          'What we are to the neighbour (RFC 9234): its provider, its customer, its peer, its route server (rs) or a client of it (rs-client). The neighbour has to have the opposite role. Only for eBGP. Default: none.',
      },
    ),
  ),
  roleStrict: Type.Optional(
    Type.Boolean({
      description: 'Hold no session with a neighbour that names no role of its own. Default: false.',
    }),
  ),
}
