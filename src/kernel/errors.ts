import { constants } from 'node:os'
import type { KernelFailure } from './objects.ts'

/** Names that libuv's table lacks: ENOTSUPP is the kernel's own, and some drivers let it out. */
const OTHER_NAMES: readonly (readonly [number, string])[] = [
  [112, 'EHOSTDOWN'],
  [524, 'ENOTSUPP'],
]

/** errno → name. Where two names share a number (EAGAIN and EWOULDBLOCK) the first in the system's table stands. */
const NAMES: ReadonlyMap<number, string> = new Map([
  ...OTHER_NAMES,
  ...Object.entries(constants.errno)
    .reverse()
    .map(([name, number]): [number, string] => [number, name]),
  [constants.errno.EOPNOTSUPP, 'EOPNOTSUPP'],
  [constants.errno.EAGAIN, 'EAGAIN'],
])

/** The name of an errno as in errno.h, 'EEXIST'; 'E' and the number where it has none. */
export function errnoName(errno: number): string {
  return NAMES.get(errno) ?? `E${errno}`
}

/** A call to the kernel that could not be carried out at all; failures of single objects are `KernelFailure`s. */
export class KernelError extends Error implements KernelFailure {
  override readonly name = 'KernelError'
  /** As in errno.h, 'ENOBUFS'. */
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/**
 * Any error as a failure: of the kernel's and of the system's errors the code is kept, everything else is a defect
 * of ours and goes by EPROTO.
 */
export function failureOf(error: unknown): KernelFailure {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
    return { code: error.code, message: error.message }
  }
  return { code: 'EPROTO', message: error instanceof Error ? (error.stack ?? error.message) : String(error) }
}
