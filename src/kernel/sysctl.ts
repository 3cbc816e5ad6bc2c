import { closeSync, constants, openSync, readFileSync, writeSync } from 'node:fs'
import { failureOf, KernelError } from './errors.ts'
import type { KernelFailure } from './objects.ts'

/** Where the kernel shows its parameters; those below net/ are of the network namespace of the process. */
const ROOT = '/proc/sys'

/**
 * The value of a kernel parameter, without its line's end.
 * @param path below /proc/sys, 'net/ipv4/ip_forward'; names of interfaces may hold dots
 * @returns undefined where this kernel has no such parameter
 * @throws KernelError where the path is none, or may not be read
 */
export function readSysctl(path: string): string | undefined {
  try {
    return readFileSync(fileOf(path), 'utf8').trimEnd()
  } catch (error) {
    const { code, message } = failureOf(error)
    if (code === 'ENOENT') return undefined
    throw new KernelError(code, message)
  }
}

/** Sets a kernel parameter. @returns what went wrong: ENOENT where this kernel has no such parameter */
export function writeSysctl(path: string, value: string): KernelFailure | undefined {
  try {
    const fd = openSync(fileOf(path), constants.O_WRONLY)
    try {
      writeSync(fd, value)
    } finally {
      closeSync(fd)
    }
    return undefined
  } catch (error) {
    const { code, message } = failureOf(error)
    return { code, message: code === 'ENOENT' ? `this kernel has no parameter ${path}` : message }
  }
}

/** @throws KernelError EINVAL where the path could lead out of /proc/sys */
function fileOf(path: string): string {
  const parts = path.split('/')
  if (parts.some(part => part === '' || part === '.' || part === '..' || part.includes('\0'))) {
    throw new KernelError('EINVAL', `${JSON.stringify(path)} is not the path of a kernel parameter`)
  }
  return `${ROOT}/${path}`
}
