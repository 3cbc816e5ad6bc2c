import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { CausewayError } from '../model/errors.ts'
import { isLoopback, parseAddress } from '../net/address.ts'

/** True for an address that only programs on this box reach: 127.0.0.0/8 or ::1. */
export function isLoopbackAddress(text: string): boolean {
  const bytes = parseAddress(text)
  return bytes !== undefined && isLoopback(bytes)
}

/**
 * Refuses a request over TCP that is not addressed to loopback by name: a page of the web that has its own name
 * resolve to 127.0.0.1 (DNS rebinding) would else be let in by the browser as of one origin with this interface.
 * Who may open the Unix socket is decided by its permissions.
 * @throws CausewayError `host-refused`
 */
export function checkHost(request: IncomingMessage): void {
  if (request.socket.remoteAddress === undefined) return
  const host = request.headers.host ?? ''
  const name = host
    .replace(/:\d{0,5}$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
    .toLowerCase()
  if (name === 'localhost' || (isIP(name) !== 0 && isLoopbackAddress(name))) return
  throw new CausewayError('host-refused', { value: host === '' ? 'missing' : host.slice(0, 100) })
}
