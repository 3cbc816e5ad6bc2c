import { hostPrefix, type Prefix } from '../net/prefix.ts'
import { withoutZone } from '../net/zone.ts'
import type { NeighborSettings } from './neighbor-settings.ts'
import { type CompiledPolicy, originOf, Source } from './policy.ts'
import type { AttributeStore } from './rib/attribute-store.ts'
import type { RoleName } from './session/settings.ts'
import type { PeerType } from './sink.ts'

/** What ONLY_TO_CUSTOMER means on a session, by our role in it (RFC 9234 §5, on receipt). */
const OTC: Readonly<
  Record<RoleName, { readonly refuses: 'any' | 'others' | 'none'; readonly adds: boolean }>
> = {
  provider: { refuses: 'any', adds: false },
  rs: { refuses: 'any', adds: false },
  peer: { refuses: 'others', adds: true },
  customer: { refuses: 'none', adds: true },
  'rs-client': { refuses: 'none', adds: true },
}

/** What routes of a neighbour are judged by on their way in. */
export interface ImportContext {
  /** The ASes that we are; a path through one of them is a loop. */
  readonly ownAses: readonly number[]
  /** So often an own AS may be in an AS_PATH all the same. */
  readonly allowOwnAs: number
  readonly routerId: number
  /** Our own cluster as route reflector (RFC 4456 §7). */
  readonly clusterId: number
  readonly policy: CompiledPolicy
  /** `originOf` its routes. */
  readonly origin: number
  /** Addresses of our own, as canonical text: no next hop of others. */
  readonly ownAddresses: ReadonlySet<string>
  /** The networks that next hops have to be on, that of the neighbour alone among them; none: any will do. */
  readonly networks: readonly Prefix[]
  /** The interface that the session runs on, where its addresses are link-local: link-local next hops are there too. */
  readonly interface: string | undefined
  /** The AS of the neighbour; 0 where it is not external. */
  readonly externalAs: number
  /** Which values of ONLY_TO_CUSTOMER are a leak: any, those of others than the neighbour, none. */
  readonly otcRefuses: 'any' | 'others' | 'none'
  /** Number of the change before the policy: ONLY_TO_CUSTOMER of the neighbour, and the AS that we are for it, in front. */
  readonly before: number
  /** After the policy: of routes with GRACEFUL_SHUTDOWN, and of all routes. */
  readonly afterShutdown: number
  readonly after: number
}

/** What a neighbour is, beside its settings, while its routes come in. */
export interface ImportSituation {
  readonly type: PeerType
  readonly remoteAs: number
  readonly policy: CompiledPolicy
  /** Numbers that policies know its group and itself by. */
  readonly group: number
  readonly named: number
  readonly ownAddresses: ReadonlySet<string>
  /** The networks of the link that the session runs over. */
  readonly networks: readonly Prefix[]
  readonly interface: string | undefined
}

export function importContext(
  settings: NeighborSettings,
  situation: ImportSituation,
  attributes: AttributeStore,
): ImportContext {
  const { session, clusterId, allowOwnAs, confederation } = settings
  const external = situation.type === 'eBGP'
  const otc = external && session.role !== undefined ? OTC[session.role] : undefined
  const prepend = external && settings.prependOnImport !== undefined ? [settings.prependOnImport] : undefined
  const lowest = attributes.change({ localPreference: 0 })
  const shuttingDown = external && settings.gracefulShutdown ? lowest : 0
  return {
    ownAses: [...new Set([settings.ownAs, session.localAs, confederation?.identifier ?? session.localAs])],
    allowOwnAs,
    routerId: session.routerId,
    clusterId,
    policy: situation.policy,
    origin: originOf(Source.BGP, situation.group, situation.named),
    ownAddresses: situation.ownAddresses,
    networks: external && isOneHop(session) ? withNeighbor(situation.networks, session.address) : [],
    interface: situation.interface,
    externalAs: external ? situation.remoteAs : 0,
    otcRefuses: otc?.refuses ?? 'none',
    before: attributes.change({
      ...(otc?.adds && { onlyToCustomer: situation.remoteAs }),
      ...(prepend && { prepend }),
    }),
    afterShutdown: external && settings.acceptGracefulShutdown ? lowest : shuttingDown,
    after: shuttingDown,
  }
}

/** The networks of the link, and the neighbour itself, which need not be on one of them. */
function withNeighbor(networks: readonly Prefix[], address: string): readonly Prefix[] {
  const bytes = withoutZone(address)
  return networks.length === 0 || !bytes ? networks : [hostPrefix(bytes), ...networks]
}

/** Whether the neighbour has to be on the link. */
function isOneHop({ ttl, minimumTtl }: NeighborSettings['session']): boolean {
  return ttl === 1 || minimumTtl === 255
}

/** Equal for settings under which every route of a neighbour is judged alike. */
export function importText(settings: NeighborSettings, policy: CompiledPolicy): string {
  const { session, group, clusterId, allowOwnAs, gracefulShutdown, acceptGracefulShutdown } = settings
  const { ownAs, prependOnImport, confederation } = settings
  return JSON.stringify([
    policy.text,
    group,
    clusterId,
    allowOwnAs,
    session.role,
    gracefulShutdown,
    acceptGracefulShutdown,
    prependOnImport,
    ownAs,
    confederation?.identifier,
    session.localAs,
    session.routerId,
    isOneHop(session),
  ])
}
