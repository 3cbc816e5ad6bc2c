import { type Finding, finding } from '../finding.ts'
import type { Path } from '../path.ts'
import { presetNames } from '../presets/expand.ts'
import { PRESETS } from '../presets/presets.ts'
import type { Check, CheckContext } from './context.ts'

/** These see the configuration as it is written; all others see presets written out. */
export const presetChecks: readonly Check[] = [
  { name: "a preset knows the cluster's routes", run: incomplete },
  { name: 'the names that presets make are free', run: namesTaken },
]

function groupsWithPresets({ config }: CheckContext) {
  return (config.bgp?.neighborGroups ?? []).flatMap((group, index) =>
    group.preset ? [{ group, preset: group.preset, path: ['bgp', 'neighborGroups', index] as Path }] : [],
  )
}

function incomplete(context: CheckContext): readonly Finding[] {
  return groupsWithPresets(context).flatMap(({ preset, path }) => {
    const key = PRESETS.find(({ name }) => name === preset.name)?.needs
    if (!key || preset[key]) return []
    return [finding([...path, 'preset'], 'preset-incomplete', { preset: preset.name, key })]
  })
}

function namesTaken(context: CheckContext): readonly Finding[] {
  return groupsWithPresets(context).flatMap(({ group, path }) => {
    const names = presetNames(group.name)
    const among = (what: string, section: 'policies' | 'prefixLists', made: readonly string[]) =>
      (context.config[section] ?? []).flatMap(({ name }, index) =>
        made.includes(name)
          ? [
              finding([...path, 'preset'], 'preset-name-taken', {
                group: group.name,
                what,
                name,
                other: context.place([section, index]),
              }),
            ]
          : [],
      )
    return [
      ...among('the policy', 'policies', [names.import, names.export]),
      ...among('the prefix list', 'prefixLists', [names.pods, names.services]),
    ]
  })
}
