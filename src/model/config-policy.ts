import Type, { type Static } from 'typebox'
import { AddressFamily } from './config-bgp.ts'
import { addressText, closed, interfaceName, Name, nameText, prefixText } from './scalars.ts'

/** The part of the configuration that says which routes are taken and told, and how they change on the way. */

const UINT32 = 4294967295

const uint32 = (description: string) => Type.Integer({ minimum: 0, maximum: UINT32, description })

const list = <T extends Type.TSchema>(items: T, description: string) =>
  Type.Array(items, { minItems: 1, maxItems: 10000, description })

export const PrefixMatch = Type.Object(
  {
    prefix: prefixText('Prefix that routes are compared with.'),
    ge: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 128,
        description: 'Match more specific prefixes from this length on.',
      }),
    ),
    le: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 128,
        description: 'Match more specific prefixes up to this length.',
      }),
    ),
  },
  { ...closed, description: 'A prefix; with `ge` or `le` also the more specific ones inside it.' },
)

export const PrefixEntry = Type.Union(
  [
    PrefixMatch,
    Type.String({ format: 'prefix-range', description: 'The same in short: `10.244.0.0/16 ge 24 le 26`.' }),
  ],
  { description: 'A prefix with `ge` and `le`, as a map or in short.' },
)

export const AsPathPattern = Type.String({
  format: 'as-path-pattern',
  description:
    'Pattern over AS paths: AS numbers, [64512-65534] for one of a range, . for any one, * for any number of them, + behind an item for one or more of it, ^ and $ for the two ends.',
})

export const CommunityPattern = Type.String({
  format: 'community-pattern',
  description:
    'Community, * for any number in it: 65000:100, 65000:1:100 (large), rt:65000:100, ro:65000:100, bandwidth:65000:*, or a well-known one such as no-export.',
})

export const CommunityMatch = Type.String({
  format: 'community-match',
  description:
    'Community, * for any number in it: 65000:100, 65000:1:100 (large), rt:65000:100, ro:65000:100, bandwidth:65000:*, or a well-known one such as no-export; or the name of a list of communityLists.',
})

export const CommunityValue = Type.String({
  format: 'community',
  description:
    'Community: 65000:100, 65000:1:100 (large), rt:65000:100, ro:65000:100, bandwidth:65000:125000000 (octets a second), or a well-known one such as no-export; or the name of a list of communityLists.',
})

export const PrefixList = Type.Object(
  {
    name: nameText('Name that policies refer to: lower-case letters, digits, dots and hyphens.'),
    entries: Type.Array(PrefixEntry, {
      maxItems: 200000,
      description: 'A prefix is in the list where it is one of these.',
    }),
  },
  { ...closed, description: 'A named list of prefixes, which policies share.' },
)

export const AsPathList = Type.Object(
  {
    name: nameText('Name that policies refer to: lower-case letters, digits, dots and hyphens.'),
    entries: Type.Array(AsPathPattern, {
      maxItems: 10000,
      description: 'An AS path is in the list where one of these matches it.',
    }),
  },
  { ...closed, description: 'A named list of patterns over AS paths, which policies share.' },
)

export const CommunityList = Type.Object(
  {
    name: Type.String({
      pattern: '^[a-z]([a-z0-9.-]{0,61}[a-z0-9])?$',
      description:
        'Name that policies refer to: begins with a letter, then lower-case letters, digits, dots and hyphens.',
    }),
    entries: Type.Array(CommunityPattern, { maxItems: 10000, description: 'Communities of any kind.' }),
  },
  { ...closed, description: 'A named list of communities, which policies share.' },
)

export const RouteSource = Type.Union(
  [Type.Literal('connected'), Type.Literal('static'), Type.Literal('bgp')],
  { description: 'Where a route comes from.' },
)

export const RouteOrigin = Type.Union(
  [Type.Literal('igp'), Type.Literal('egp'), Type.Literal('incomplete')],
  { description: 'ORIGIN (RFC 4271 §5.1.1).' },
)

const AsRange = Type.Union(
  [
    Type.Integer({ minimum: 1, maximum: UINT32, description: 'AS number.' }),
    Type.String({ format: 'as-range', description: 'Range of AS numbers, as in 64512-65534.' }),
  ],
  { description: 'An AS number or a range of them.' },
)

/** A number, or what bounds it. */
const NumberMatch = (what: string) =>
  Type.Union(
    [
      uint32(`${what} is this.`),
      Type.Object(
        {
          ge: Type.Optional(uint32('At least this.')),
          le: Type.Optional(uint32('At most this.')),
        },
        { ...closed, description: `${what} is from \`ge\` to \`le\`.` },
      ),
    ],
    { description: `${what}: a number, or ge and le.` },
  )

const NumberChange = (what: string) =>
  Type.Union(
    [
      uint32(`${what}.`),
      Type.String({
        pattern: '^[+-](0|[1-9][0-9]{0,9})$',
        description: 'So much more or less, as in "+10" or "-10".',
      }),
    ],
    { description: `${what}: a number, or "+10" or "-10".` },
  )

export const PolicyMatch = Type.Object(
  {
    family: Type.Optional(AddressFamily),
    prefixes: Type.Optional(list(PrefixEntry, 'The prefix is one of these, or in one of `prefixLists`.')),
    prefixLists: Type.Optional(list(Name, 'The prefix is in one of these lists, or one of `prefixes`.')),
    sources: Type.Optional(list(RouteSource, 'The route comes from one of these.')),
    neighborGroups: Type.Optional(list(Name, 'Learned from a neighbour of one of these groups.')),
    neighbors: Type.Optional(
      list(addressText('Address of a neighbour.'), 'Learned from one of these neighbours.'),
    ),
    asPath: Type.Optional(
      list(AsPathPattern, 'The AS path matches one of these patterns, or one of `asPathLists`.'),
    ),
    asPathLists: Type.Optional(list(Name, 'The AS path is in one of these lists, or matches `asPath`.')),
    originAs: Type.Optional(
      list(AsRange, 'The AS that the route comes from, the last of its path, is one of these.'),
    ),
    neighborAs: Type.Optional(list(AsRange, 'The first AS of the path is one of these.')),
    containsAs: Type.Optional(list(AsRange, 'One of these ASes is anywhere in the path.')),
    asPathLength: Type.Optional(NumberMatch('Number of ASes in the path, a set counted as one')),
    communities: Type.Optional(
      Type.Object(
        {
          any: Type.Optional(list(CommunityMatch, 'The route has at least one of these.')),
          all: Type.Optional(list(CommunityMatch, 'The route has each of these.')),
          none: Type.Optional(list(CommunityMatch, 'The route has none of these.')),
        },
        { ...closed, description: 'Communities of the route, of all three kinds.' },
      ),
    ),
    nexthop: Type.Optional(
      list(
        prefixText('Prefix that addresses are compared with.'),
        'The next hop is in one of these prefixes.',
      ),
    ),
    localPreference: Type.Optional(NumberMatch('LOCAL_PREF, 100 where the route has none,')),
    med: Type.Optional(NumberMatch('MULTI_EXIT_DISC, 0 where the route has none,')),
    origin: Type.Optional(list(RouteOrigin, 'ORIGIN is one of these.')),
  },
  {
    ...closed,
    description: 'What a route must be for this rule; all that is named must hold. Without it, every route.',
  },
)

export const PolicySet = Type.Object(
  {
    localPreference: Type.Optional(NumberChange('LOCAL_PREF (RFC 4271 §5.1.5)')),
    med: Type.Optional(
      Type.Union(
        [
          NumberChange('MULTI_EXIT_DISC (RFC 4271 §5.1.4)'),
          Type.Literal('none', { description: 'Take it away.' }),
        ],
        {
          description:
            'MULTI_EXIT_DISC (RFC 4271 §5.1.4): a number, "+10" or "-10", or none to take it away.',
        },
      ),
    ),
    origin: Type.Optional(RouteOrigin),
    communities: Type.Optional(
      Type.Object(
        {
          set: Type.Optional(
            Type.Array(CommunityValue, {
              maxItems: 64,
              description: 'Exactly these, in place of all that the route has, of every kind.',
            }),
          ),
          remove: Type.Optional(list(CommunityMatch, 'Take these away, as far as the route has them.')),
          add: Type.Optional(
            Type.Array(CommunityValue, {
              minItems: 1,
              maxItems: 64,
              description: 'Add these, after `remove`.',
            }),
          ),
        },
        { ...closed, description: 'Changes of communities, of all three kinds.' },
      ),
    ),
    asPathPrepend: Type.Optional(
      Type.Object(
        {
          as: Type.Optional(
            Type.Integer({
              minimum: 1,
              maximum: UINT32,
              description: 'AS to put in front. Default: our own.',
            }),
          ),
          times: Type.Integer({ minimum: 1, maximum: 32, description: 'How often.' }),
        },
        { ...closed, description: 'Make the AS path longer, so that others are preferred.' },
      ),
    ),
    nexthop: Type.Optional(
      Type.String({
        format: 'policy-nexthop',
        description:
          'Next hop: an address; on export self (our own address) or unchanged (as received); on import peer (the address of the neighbour).',
      }),
    ),
    blackhole: Type.Optional(
      Type.Boolean({
        description:
          'On import: packets of the prefix are dropped, whatever the next hop is, as the community blackhole asks for (RFC 7999). Default: false.',
      }),
    ),
    tunnel: Type.Optional(
      interfaceName(
        'VXLAN or IPIP interface that the packets leave through; the next hop of the route is the far end.',
      ),
    ),
  },
  { ...closed, description: 'What is changed on a route that is not rejected.' },
)

export const PolicyRule = Type.Object(
  {
    match: Type.Optional(PolicyMatch),
    action: Type.Union([Type.Literal('accept'), Type.Literal('reject'), Type.Literal('next')], {
      description:
        'What becomes of the route. The first rule that matches decides; next changes what `set` says and goes on to the rules behind it.',
    }),
    set: Type.Optional(PolicySet),
  },
  { ...closed, description: 'One rule of a policy.' },
)

export const Policy = Type.Object(
  {
    name: nameText('Name that sessions refer to: lower-case letters, digits, dots and hyphens.'),
    rules: Type.Array(PolicyRule, { description: 'Tried in order; a route that matches none is rejected.' }),
  },
  { ...closed, description: 'A named policy, for import or export.' },
)

export type PrefixMatch = Static<typeof PrefixMatch>
export type PrefixEntry = Static<typeof PrefixEntry>
export type PrefixList = Static<typeof PrefixList>
export type AsPathList = Static<typeof AsPathList>
export type CommunityList = Static<typeof CommunityList>
export type PolicyMatch = Static<typeof PolicyMatch>
export type PolicySet = Static<typeof PolicySet>
export type PolicyRule = Static<typeof PolicyRule>
export type Policy = Static<typeof Policy>

/** The lists that policies refer to by name. */
export interface PolicyLists {
  readonly prefixLists?: readonly PrefixList[]
  readonly asPathLists?: readonly AsPathList[]
  readonly communityLists?: readonly CommunityList[]
}
