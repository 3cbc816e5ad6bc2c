import { CausewayError } from '../model/errors.ts'

/** The entity tag (RFC 9110 section 8.8.3) of a revision of the configuration. */
export function etagOf(revision: number): string {
  return `"${revision}"`
}

/**
 * The revisions that an If-Match header names; undefined where any will do. Weak tags never match (RFC 9110 section
 * 13.1.1), and are refused so that nobody waits for it.
 * @throws CausewayError `if-match-unreadable`
 */
export function readIfMatch(header: string | undefined): readonly number[] | undefined {
  if (header === undefined || header.trim() === '*') return undefined
  return header.split(',').map(tag => {
    const digits = /^\s*"(\d{1,15})"\s*$/.exec(tag)?.[1]
    if (digits === undefined) throw new CausewayError('if-match-unreadable', { value: header.slice(0, 100) })
    return Number(digits)
  })
}

/** Whether If-None-Match names a tag, so that the answer is 304; by weak comparison (RFC 9110 section 13.1.2). */
export function satisfiesIfNoneMatch(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  return header.split(',').some(tag => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag)
}
