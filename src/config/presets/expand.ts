import type { Config } from '../../model/config.ts'
import type { AddressFamily, Bgp, BgpNeighborGroup, BgpPreset } from '../../model/config-bgp.ts'
import type { Policy, PrefixList } from '../../model/config-policy.ts'
import { ADDRESS_BITS } from '../../net/address.ts'
import { parsePrefix } from '../../net/prefix.ts'
import { PRESETS, type PresetSubject } from './presets.ts'

/** What a group with a preset becomes. */
interface Expansion {
  readonly group: BgpNeighborGroup
  readonly policies: readonly Policy[]
  readonly lists: readonly PrefixList[]
}

/** Names of what a preset adds to the configuration for a group. */
export function presetNames(group: string) {
  return {
    pods: `${group}.pods`,
    services: `${group}.services`,
    import: `${group}.import`,
    export: `${group}.export`,
  } as const
}

/**
 * The same configuration without presets: each group that names one gets its settings, and policies and prefix lists of its
 * own. What a group says itself stays, and a policy that it names itself takes the place of that of the preset. Additions
 * stand behind what is there. Returns the value itself where no group has a preset. Pure.
 */
export function expandPresets(config: Config): Config {
  const { bgp } = config
  if (!bgp?.neighborGroups?.some(({ preset }) => preset)) return config
  const expansions = bgp.neighborGroups.map(group => expandGroup(bgp, group))
  const policies = expansions.flatMap(one => one.policies)
  const lists = expansions.flatMap(one => one.lists)
  return {
    ...config,
    policies: [...(config.policies ?? []), ...policies],
    prefixLists: [...(config.prefixLists ?? []), ...lists],
    bgp: { ...bgp, neighborGroups: expansions.map(({ group }) => group) },
  }
}

function expandGroup(bgp: Bgp, original: BgpNeighborGroup): Expansion {
  const { preset: named, ...group } = original
  const preset = PRESETS.find(({ name }) => name === named?.name)
  if (!named || !preset) return { group: original, policies: [], lists: [] }
  const names = presetNames(group.name)
  const lists = (['pods', 'services'] as const).flatMap(kind => {
    const prefixes = named[kind]
    return prefixes ? [{ name: names[kind], entries: prefixes.map(withMoreSpecific) }] : []
  })
  const subject: PresetSubject = {
    bgp,
    group,
    lists: lists.map(({ name }) => name),
    families: familiesOf(named),
    internal: group.remoteAs === bgp.localAs,
  }
  const content = preset.content(subject)
  const policies = (['import', 'export'] as const).filter(way => group[`${way}Policy`] === undefined)
  return {
    group: {
      ...content.settings,
      ...Object.fromEntries(policies.map(way => [`${way}Policy`, names[way]])),
      ...group,
    },
    policies: policies.map(way => ({ name: names[way], rules: [...content[way]] })),
    lists,
  }
}

/** Blocks, and single addresses that were lent from one node to another. */
function withMoreSpecific(prefix: string) {
  const parsed = parsePrefix(prefix)
  const bits = parsed ? ADDRESS_BITS[parsed.bytes.length === 4 ? 4 : 6] : 0
  return !parsed || parsed.length === bits ? { prefix } : { prefix, le: bits }
}

function familiesOf({ pods = [], services = [] }: BgpPreset): AddressFamily[] {
  const has = (octets: number) =>
    [...pods, ...services].some(text => parsePrefix(text)?.bytes.length === octets)
  if (!has(16)) return ['ipv4-unicast']
  return has(4) ? ['ipv4-unicast', 'ipv6-unicast'] : ['ipv6-unicast']
}
