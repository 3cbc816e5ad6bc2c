import Type, { type Static } from 'typebox'
import { closed, interfaceName, Name, nameText, prefixText } from './scalars.ts'

/** The part of the configuration that says which routes are taken and told, and how they change on the way. */

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

export const RouteSource = Type.Union(
  [Type.Literal('connected'), Type.Literal('static'), Type.Literal('bgp')],
  { description: 'Where a route comes from.' },
)

export const PolicyRule = Type.Object(
  {
    match: Type.Optional(
      Type.Object(
        {
          prefixes: Type.Optional(
            Type.Array(PrefixMatch, { minItems: 1, description: 'The prefix is one of these.' }),
          ),
          sources: Type.Optional(
            Type.Array(RouteSource, { minItems: 1, description: 'The route comes from one of these.' }),
          ),
          neighborGroups: Type.Optional(
            Type.Array(Name, {
              minItems: 1,
              description: 'Learned from a neighbour of one of these groups.',
            }),
          ),
        },
        {
          ...closed,
          description:
            'What a route must be for this rule; all that is named must hold. Without it, every route.',
        },
      ),
    ),
    action: Type.Union([Type.Literal('accept'), Type.Literal('reject')], {
      description: 'What becomes of the route. The first rule that matches decides.',
    }),
    set: Type.Optional(
      Type.Object(
        {
          localPreference: Type.Optional(
            Type.Integer({ minimum: 0, maximum: 4294967295, description: 'LOCAL_PREF (RFC 4271 §5.1.5).' }),
          ),
          med: Type.Optional(
            Type.Integer({
              minimum: 0,
              maximum: 4294967295,
              description: 'MULTI_EXIT_DISC (RFC 4271 §5.1.4).',
            }),
          ),
          tunnel: Type.Optional(
            interfaceName(
              'VXLAN or IPIP interface that the packets leave through; the next hop of the route is the far end.',
            ),
          ),
        },
        {
          ...closed,
          description: 'What is changed on an accepted route.',
        },
      ),
    ),
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
export type PolicyRule = Static<typeof PolicyRule>
export type Policy = Static<typeof Policy>
