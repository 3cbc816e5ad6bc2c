import Type from 'typebox'

/** How connections with BGP neighbours are protected: keys of neighbours and of groups. */
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
}
