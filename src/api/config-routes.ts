import Type from 'typebox'
import { countWords, expandPresets, PRESETS, parseConfig } from '../config/index.ts'
import type { Config } from '../model/config.ts'
import { CausewayError, errorRow, type Problem } from '../model/errors.ts'
import { etagOf, readIfMatch, satisfiesIfNoneMatch } from './etag.ts'
import { type ApiRequest, type ApiResponse, engineErrors, type Route } from './route.ts'

const ApplyResult = Type.Object(
  {
    revision: Type.Integer({ description: 'Revision that the configuration is confirmed under.' }),
    report: Type.Object(
      {
        reconciled: Type.Boolean({ description: 'The kernel was read back and is as configured.' }),
        changes: Type.Integer({ description: 'Changes that were made to the kernel.' }),
        failures: Type.Array(
          Type.Object({
            object: Type.String({ description: 'What the kernel refused.' }),
            error: Type.String({ description: 'Its words.' }),
          }),
          { description: 'What the kernel refused.' },
        ),
      },
      { description: 'What the kernel made of the configuration.' },
    ),
    warnings: Type.Array(Type.Ref('Problem#'), { description: 'What is allowed but most likely a slip.' }),
  },
  { $id: 'ApplyResult', title: 'Result', description: 'What became of a configuration.' },
)

const Validation = Type.Object(
  {
    valid: Type.Boolean({ description: 'Whether the configuration may be applied.' }),
    problems: Type.Array(Type.Ref('Problem#'), { description: 'All that is wrong; warnings too.' }),
  },
  { $id: 'Validation', title: 'Validation', description: 'What a check of a configuration found.' },
)

const Preset = Type.Object(
  {
    name: Type.String({ description: 'What the configuration names it by.' }),
    summary: Type.String({ description: 'What it is for.' }),
    needs: Type.String({ description: 'The networks that it has to be told: pods or services.' }),
  },
  {
    $id: 'Preset',
    title: 'Preset',
    description: 'Settings and policies for the nodes of a kind of cluster.',
  },
)

/** Schemas that the routes below refer to by name. */
export const configSchemas = [ApplyResult, Validation, Preset] as const

const bodyErrors = [
  'body-missing',
  'body-too-large',
  'content-type-unsupported',
  'content-encoding-unsupported',
] as const

const etagHeader = { etag: 'The revision, in quotes.' }

export const configRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/api/v1/config',
    id: 'getConfig',
    summary: 'The configuration in force. Its ETag is the revision.',
    tag: 'configuration',
    verbatim: true,
    headers: { 'if-none-match': 'ETag of an earlier answer; 304 where it is still the one in force.' },
    responses: {
      200: { description: 'The configuration in force.', schema: Type.Ref('Config#'), headers: etagHeader },
      304: { description: 'It is still the revision of If-None-Match.' },
    },
    errors: engineErrors,
    handle: getConfig,
  },
  {
    method: 'PUT',
    path: '/api/v1/config',
    id: 'replaceConfig',
    summary:
      'Replaces the whole configuration: all of it, or nothing. With If-Match only where the revision is still that one.',
    tag: 'configuration',
    takesConfig: true,
    headers: {
      'if-match': 'ETag of the configuration that the change was made on; 412 where it is another.',
    },
    responses: {
      200: { description: 'Applied and confirmed.', schema: Type.Ref('ApplyResult#'), headers: etagHeader },
    },
    errors: [
      'config-invalid',
      'config-unreadable',
      'if-match-unreadable',
      'revision-mismatch',
      'kernel-refused',
      'store-write-failed',
      ...bodyErrors,
      ...engineErrors,
    ],
    handle: replaceConfig,
  },
  {
    method: 'GET',
    path: '/api/v1/config/expanded',
    id: 'getExpandedConfig',
    summary: 'The configuration in force with its presets written out as plain settings and policies.',
    tag: 'configuration',
    verbatim: true,
    responses: { 200: { description: 'The configuration without presets.', schema: Type.Ref('Config#') } },
    errors: engineErrors,
    handle: async ({ engine }) => ({ body: expandPresets((await engine.call('getConfig', {})).config) }),
  },
  {
    method: 'GET',
    path: '/api/v1/presets',
    id: 'getPresets',
    summary: 'The presets for neighbour groups.',
    tag: 'configuration',
    responses: { 200: { description: 'The presets.', schema: Type.Array(Type.Ref('Preset#')) } },
    errors: [],
    handle: async () => ({ body: PRESETS.map(({ name, summary, needs }) => ({ name, summary, needs })) }),
  },
  {
    method: 'POST',
    path: '/api/v1/config/validate',
    id: 'validateConfig',
    summary: 'Checks a configuration and applies nothing.',
    tag: 'configuration',
    takesConfig: true,
    responses: { 200: { description: 'What the check found.', schema: Type.Ref('Validation#') } },
    errors: bodyErrors,
    handle: validate,
  },
]

async function getConfig({ engine, headers }: ApiRequest): Promise<ApiResponse> {
  const { revision, config } = await engine.call('getConfig', {})
  const etag = etagOf(revision)
  if (satisfiesIfNoneMatch(headers['if-none-match'], etag)) {
    return { status: 304, headers: { etag }, body: undefined }
  }
  return { headers: { etag }, body: config }
}

async function replaceConfig(request: ApiRequest): Promise<ApiResponse> {
  const { engine } = request
  const { config, warnings } = readConfig(request)
  const ifRevision = await wantedRevision(request)
  const { revision, report } = await engine.call('replaceConfig', {
    config,
    ...(ifRevision !== undefined && { ifRevision }),
  })
  return { headers: { etag: etagOf(revision) }, body: { revision, report, warnings } }
}

/** The one revision that the change is for; where If-Match names several, the one that is in force. */
async function wantedRevision({ engine, headers }: ApiRequest): Promise<number | undefined> {
  const wanted = readIfMatch(headers['if-match'])
  if (wanted === undefined || wanted.length < 2) return wanted?.[0]
  const { revision } = await engine.call('getConfig', {})
  return wanted.includes(revision) ? revision : wanted[0]
}

async function validate(request: ApiRequest): Promise<ApiResponse> {
  const { bytes, format } = bodyOf(request)
  const result = parseConfig(bytes, undefined, format)
  return { body: { valid: result.valid, problems: result.valid ? result.warnings : result.problems } }
}

function readConfig(request: ApiRequest): { config: Config; warnings: readonly Problem[] } {
  const { bytes, format } = bodyOf(request)
  const result = parseConfig(bytes, undefined, format)
  if (result.valid) return result
  const { problems } = result
  const count = countWords(problems.filter(({ severity }) => severity === 'error').length, 'problem')
  const readable = problems.some(({ code }) => errorRow(code).status === 422)
  throw new CausewayError(readable ? 'config-invalid' : 'config-unreadable', { count }, problems)
}

function bodyOf({ body, method, path }: ApiRequest) {
  if (body?.bytes.some(byte => byte > 0x20)) return body
  throw new CausewayError('body-missing', { method, path })
}
