import { describe, expect, it } from 'vitest'
import { Config } from '../../src/model/config.ts'

interface Part {
  readonly description?: string
  readonly properties?: Readonly<Record<string, Part>>
  readonly items?: Part
  readonly anyOf?: readonly Part[]
}

/** Paths of all fields, with whether a description says what each is. */
function fields(part: Part, path = ''): readonly [string, boolean][] {
  const own = Object.entries(part.properties ?? {}).flatMap(([key, field]): readonly [string, boolean][] => [
    [`${path}.${key}`, /^[A-Z].*\.$/.test(field.description ?? '')],
    ...fields(field, `${path}.${key}`),
  ])
  const inner = [...(part.anyOf ?? []), ...(part.items ? [part.items] : [])]
  return [...own, ...inner.flatMap(item => fields(item, `${path}[]`))]
}

describe('the schema of the configuration', () => {
  it('describes every field in a sentence', () => {
    const all = fields(JSON.parse(JSON.stringify(Config)))
    expect(all.length).toBeGreaterThan(100)
    expect(all.filter(([, described]) => !described).map(([path]) => path)).toEqual([])
  })
})
