/** Errors of the configuration on how sessions with BGP neighbours are made and protected. */
export const sessionErrors = {
  'bgp-neighbor-address-or-interface': {
    title: 'A BGP neighbour has either an address or an interface.',
    status: 422,
    detail: 'The neighbour has {what}.',
    fix: 'Give address, or interface for the router at the other end of a link; a link-local address has its link in it, as in fe80::1%eth1.',
  },
  'ttl-security-multihop': {
    title: 'TTL security and multihop exclude each other.',
    status: 422,
    detail: 'There are both ttlSecurity: {hops}{where} and multihop: true{other}.',
    fix: 'Leave multihop out: ttlSecurity says how many hops the neighbour may be away.',
  },
  'role-internal': {
    title: 'A role is for neighbours of another AS.',
    status: 422,
    detail: '{who} has a role and is of our own AS {as}; roles are for eBGP (RFC 9234).',
    fix: 'Take role away, or correct remoteAs.',
  },
  'role-missing': {
    title: 'A neighbour can be strict about roles only where we have one.',
    status: 422,
    detail: '{who} has roleStrict and no role.',
    fix: 'Give our role: provider, customer, peer, rs or rs-client.',
  },
  'password-length': {
    title: 'The password is too long.',
    status: 422,
    detail: 'The password has {octets} octets in UTF-8, and TCP MD5 takes at most 80.',
    fix: 'Give a password of at most 80 octets; letters, digits and signs of ASCII are one octet each.',
  },
  'password-of-range': {
    title: 'The listen range of another group wants its password of this neighbour.',
    status: 422,
    severity: 'warning',
    detail:
      '{address} has no password and lies in {prefix} of the group {group}, which has one: the kernel drops what {address} dials unsigned.',
    fix: 'Give the neighbour a password of its own, or take its address out of the listen range.',
  },
} as const
