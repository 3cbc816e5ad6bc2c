import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { routes } from '../../src/api/index.ts'
import { ApiHarness } from './harness.ts'

interface Media {
  readonly schema: unknown
}

interface Operation {
  readonly operationId: string
  readonly summary: string
  readonly tags: readonly string[]
  readonly parameters?: readonly {
    name: string
    in: string
    required: boolean
    description: string
    schema: object
  }[]
  readonly requestBody?: { required: boolean; content: Record<string, Media> }
  readonly responses: Record<
    string,
    { description: string; headers?: object; content?: Record<string, Media> }
  >
}

interface Document {
  readonly openapi: string
  readonly info: Record<string, unknown>
  readonly tags: readonly { name: string }[]
  readonly paths: Record<string, Record<string, Operation>>
  readonly components: { schemas: Record<string, object> }
}

let api: ApiHarness
let document: Document

beforeAll(async () => {
  api = await ApiHarness.make()
  document = (await api.app.inject('/api/v1/openapi.json')).json()
})

afterAll(() => api.close())

function operations(): readonly [string, string, Operation][] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, string, Operation] => [
      path,
      method,
      operation,
    ]),
  )
}

/** All values of a key anywhere in the document. */
function valuesOf(key: string, value: unknown = document): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, part]) => [
    ...(name === key ? [part] : []),
    ...valuesOf(key, part),
  ])
}

describe('the OpenAPI document', () => {
  it('is of version 3.1 and names the product', () => {
    expect(document.openapi).toBe('3.1.0')
    expect(document.info).toMatchObject({
      title: 'Causeway',
      version: '0.1.0',
      license: { identifier: 'Apache-2.0' },
    })
  })

  it('has each route of the table, and no other', () => {
    expect(
      operations()
        .map(([path, method, { operationId }]) => `${method} ${path} ${operationId}`)
        .sort(),
    ).toEqual(routes.map(({ method, path, id }) => `${method.toLowerCase()} ${path} ${id}`).sort())
  })

  it('gives each operation an id of its own, a summary and a known tag', () => {
    const ids = operations().map(([, , { operationId }]) => operationId)
    expect(new Set(ids).size).toBe(ids.length)
    const tags = document.tags.map(({ name }) => name)
    for (const [, , { summary, tags: own }] of operations()) {
      expect(summary).toMatch(/^[A-Z].*\.$/)
      expect(own.every(tag => tags.includes(tag))).toBe(true)
    }
  })

  it('declares the parameters that each path has, described', () => {
    for (const [path, , { parameters = [] }] of operations()) {
      const inPath = parameters.filter(parameter => parameter.in === 'path')
      expect(inPath.map(({ name }) => name)).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name))
      expect(inPath.every(({ required }) => required)).toBe(true)
      expect(parameters.filter(({ description }) => !description)).toEqual([])
    }
  })

  it('has every reference that it makes', () => {
    const references = valuesOf('$ref')
    expect(references.length).toBeGreaterThan(50)
    for (const reference of references) {
      const name = /^#\/components\/schemas\/(\w+)$/.exec(String(reference))?.[1]
      expect(document.components.schemas[name ?? '']).toBeDefined()
    }
  })

  it('keeps the ids of schemas out', () => {
    expect(valuesOf('$id')).toEqual([])
  })

  it('describes every answer, problems as problem details', () => {
    for (const [path, method, { responses }] of operations()) {
      expect(Object.keys(responses)).toContain('200')
      for (const status of ['400', '421', '500']) expect(Object.keys(responses)).toContain(status)
      for (const [status, { description, content = {} }] of Object.entries(responses)) {
        expect(`${method} ${path} ${status}: ${description}`).toMatch(/: .+\.$/)
        if (Number(status) >= 400) {
          expect(content['application/problem+json']).toEqual({
            schema: { $ref: '#/components/schemas/ProblemDetails' },
          })
        }
      }
    }
  })

  it('describes a configuration as JSON and as YAML, with the ETag', () => {
    const put = document.paths['/api/v1/config']!.put!
    const schema = { $ref: '#/components/schemas/Config' }
    expect(put.requestBody).toEqual({
      required: true,
      content: { 'application/json': { schema }, 'application/yaml': { schema } },
    })
    expect(put.parameters?.map(({ name, in: place }) => `${place} ${name}`)).toEqual(['header if-match'])
    expect(Object.keys(put.responses).sort()).toEqual(
      ['200', '400', '409', '412', '413', '415', '421', '422', '500', '502', '503', '504', '507'].sort(),
    )
    expect(put.responses['200']?.headers).toHaveProperty('etag')
    expect(document.paths['/api/v1/config']!.get!.responses['304']?.content).toBeUndefined()
  })

  it('knows health as state and as a problem under 503', () => {
    expect(Object.keys(document.paths['/healthz']!.get!.responses['503']!.content!)).toEqual([
      'application/json',
      'application/problem+json',
    ])
  })
})
