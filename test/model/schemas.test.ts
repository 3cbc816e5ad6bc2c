import { describe, expect, it } from 'vitest'
import { Config } from '../../src/model/config.ts'
import { BgpNeighborState, Health, InterfaceState, RouteState, TunnelState } from '../../src/model/state.ts'
import { BgpAdvertisedPage, BgpRoutePage } from '../../src/model/state-bgp.ts'

interface Part {
  readonly description?: string
  readonly properties?: Readonly<Record<string, Part>>
  readonly items?: Part
  readonly anyOf?: readonly Part[]
}

/** Paths of all fields, with whether a description says what each is. */
function fields(part: Part, path = ''): readonly [string, boolean][] {
  const own = Object.entries(part.properties ?? {}).flatMap(([key, field]): readonly [string, boolean][] => [
    [`${path}.${key}`, /^[A-Z].*\.$/i.test(field.description ?? '')],
    ...fields(field, `${path}.${key}`),
  ])
  const inner = [...(part.anyOf ?? []), ...(part.items ? [part.items] : [])]
  return [...own, ...inner.flatMap(item => fields(item, `${path}[]`))]
}

describe('the schemas of configuration and state', () => {
  it.each([
    ['Config', Config, 100],
    ['InterfaceState', InterfaceState, 15],
    ['TunnelState', TunnelState, 15],
    ['BgpNeighborState', BgpNeighborState, 20],
    ['RouteState', RouteState, 15],
    ['Health', Health, 15],
    ['BgpRoutePage', BgpRoutePage, 30],
    ['BgpAdvertisedPage', BgpAdvertisedPage, 15],
  ])('%s describes every field in a sentence', (_, schema, least) => {
    const all = fields(JSON.parse(JSON.stringify(schema)))
    expect(all.length).toBeGreaterThanOrEqual(least)
    expect(all.filter(([, described]) => !described).map(([path]) => path)).toEqual([])
  })
})
