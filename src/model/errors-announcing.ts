/** Rows of the error catalogue: what can be wrong with how routes are announced to BGP neighbours. */
export const announcingErrors = {
  'cluster-id': {
    title: 'The cluster id is not one.',
    status: 422,
    detail:
      '{value} cannot be a cluster id, which has the form of an IPv4 address and is not 0.0.0.0 (RFC 4456).',
    fix: 'Give an IPv4 address that is the same on all reflectors of the cluster, or take clusterId away to use {routerId}.',
  },
  'reflector-client-external': {
    title: 'A client of the route reflector is of another AS.',
    status: 422,
    detail:
      '{who} is a routeReflectorClient, but of AS {as}, while our own is {localAs}; clients are of our own AS (RFC 4456).',
    fix: 'Take routeReflectorClient away (an eBGP neighbour hears routes of iBGP without it), or set remoteAs: {localAs}.',
  },
  'nexthop-contradiction': {
    title: 'The next hop is to be our own and unchanged at once.',
    status: 422,
    detail: '{who} has nexthopSelf: {value} and nexthopUnchanged: true, which say the opposite.',
    fix: 'Take one of the two away.',
  },
  'confederation-identifier': {
    title: 'The identifier of the confederation is one of its members.',
    status: 422,
    detail:
      '{as} is the identifier of the confederation and an AS inside it, so that nobody could tell its paths apart (RFC 5065).',
    fix: 'Give the AS that others are to see as identifier; localAs and members are ASes that only the inside sees.',
  },
  'confederation-neighbor': {
    title: 'A neighbour is of the AS that the confederation is to others.',
    status: 422,
    detail:
      "{who} is of AS {as}, the identifier of our confederation; inside it neighbours are of its members' ASes (RFC 5065).",
    fix: 'Set remoteAs to the member AS of the neighbour.',
  },
  'external-only': {
    title: 'A setting means nothing inside the AS.',
    status: 422,
    severity: 'warning',
    detail:
      '{who} is inside our AS or confederation, where {key} has no effect: next hops and AS paths stay as they are there.',
    fix: 'Take {key} away, or set remoteAs to the AS of the neighbour.',
  },
} as const
