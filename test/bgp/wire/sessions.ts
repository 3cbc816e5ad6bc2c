import { parseUpdate, UpdateResult, type UpdateSession } from '../../../src/bgp/wire/index.ts'
import { toHex, update } from './hex.ts'

/** An internal session with both families and nothing special. */
export const IBGP: UpdateSession = {
  type: 'iBGP',
  as4: true,
  ipv4: true,
  ipv6: true,
  addPath4: false,
  addPath6: false,
  extendedNexthop: false,
  firstAs: 0,
}

export const EBGP: UpdateSession = { ...IBGP, type: 'eBGP' }

/** A session with AS numbers of two octets (RFC 6793: an OLD speaker). */
export const OLD: UpdateSession = { ...EBGP, as4: false }

/** Attributes that every announcement has: ORIGIN IGP, AS_PATH 65001, NEXT_HOP 192.0.2.1. */
export const ORIGIN = '40 01 01 00'
export const AS_PATH = '40 02 06 02 01 0000fde9'
export const NEXT_HOP = '40 03 04 c0000201'
export const MANDATORY = `${ORIGIN} ${AS_PATH} ${NEXT_HOP}`

/** 198.51.100.0/24, 203.0.113.0/24 and 2001:db8:1::/48 as NLRI. */
export const PREFIX = '18 c63364'
export const OTHER_PREFIX = '18 cb0071'
export const PREFIX6 = '30 20010db80001'

/** MP_REACH_NLRI of that IPv6 prefix with next hop 2001:db8::1, and MP_UNREACH_NLRI of it. */
export const NEXT_HOP6 = '20010db8000000000000000000000001'
export const REACH6 = `80 0e 1c 0002 01 10 ${NEXT_HOP6} 00 ${PREFIX6}`
export const UNREACH6 = `80 0f 0a 0002 01 ${PREFIX6}`

/** What an UPDATE means, in a form to compare: one line a section, such as `announce 4 18c63364 <key>`. */
export function read(
  fields: { withdrawn?: string; attributes?: string; nlri?: string },
  session: UpdateSession = IBGP,
) {
  const message = update(fields)
  const out = new UpdateResult()
  parseUpdate(message, 0, message.length, session, out)
  const sections = out.sections.slice(0, out.count).map(section => {
    const nlri = toHex(message.subarray(section.start, section.end))
    return `${section.announce ? 'announce' : 'withdraw'} ${section.family} ${nlri}`
  })
  const keys = out.sections
    .slice(0, out.count)
    .filter(section => section.announce)
    .map(section => toHex(out.keys.subarray(section.keyStart, section.keyEnd)))
  return { ...pick(out), sections, keys, texts: out.problems.map(problem => problem.text), out }
}

function pick({ verdict, notification, disabled, endOfRib }: UpdateResult) {
  return { verdict, notification, disabled, endOfRib }
}
