import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  CausewayError,
  describeError,
  type ErrorRow,
  errorCatalogue,
  isErrorCode,
} from '../../src/model/errors.ts'

const rows: readonly [string, ErrorRow][] = Object.entries(errorCatalogue)
const source = new URL('../../src', import.meta.url).pathname

/** All sources but the catalogue itself. */
function sources(): string {
  return readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts') && !name.startsWith('model/errors'))
    .map(name => readFileSync(join(source, name), 'utf8'))
    .join('\n')
}

describe('the error catalogue', () => {
  it.each(rows)('%s is complete', (code, row) => {
    expect(code).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
    expect(row.title).toMatch(/^[A-Z].*\.$/)
    expect(row.title).not.toMatch(/[{}]/)
    expect(row.detail).toMatch(/^[A-Z{].*\.$/)
    expect(row.fix).toMatch(/^[A-Z{].*[.}]$/)
    expect(row.status).toBeGreaterThanOrEqual(400)
    expect(row.status).toBeLessThan(600)
  })

  it('has a title of its own for each kind', () => {
    const titles = rows.map(([, { title }]) => title)
    expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([])
  })

  it('has no row that nothing reports', () => {
    const text = sources()
    expect(rows.map(([code]) => code).filter(code => !text.includes(`'${code}'`))).toEqual([])
  })

  it('fills in parameters, also those that look like templates', () => {
    expect(describeError('interface-not-found', { name: '{fix} $& {name}' }).detail).toBe(
      'The box has no interface {fix} $& {name}.',
    )
  })

  it('knows its own codes only', () => {
    expect([isErrorCode('host-bits'), isErrorCode('toString'), isErrorCode('')]).toEqual([true, false, false])
  })

  it('becomes an exception whose message says what is wrong and what to do', () => {
    const error = new CausewayError('interface-not-found', { name: 'eth9' })
    expect(error).toMatchObject({ code: 'interface-not-found', status: 404, problems: [] })
    expect(error.message).toBe(
      'The box has no interface eth9. GET /api/v1/interfaces lists the interfaces; `interfaces` of the configuration defines them.',
    )
  })
})
