import type { Family } from '../../net/address.ts'
import { FAMILY_NAMES, type PrefixLimit } from '../neighbor-settings.ts'
import { ERROR, type Notification, notification, UNICAST } from '../wire/index.ts'

/** Which limit ended a session. */
export interface Exceeded {
  readonly family: Family
  readonly limit: PrefixLimit
}

/** How many paths a neighbour may announce of each family, and what was said of it in this session. */
export class PrefixLimits {
  /** Ended the session that is going down now. */
  exceeded: Exceeded | undefined
  readonly #log: (text: string) => void
  readonly #warned = { 4: { near: false, over: false }, 6: { near: false, over: false } }

  /** @param log takes half a sentence, whose subject is the neighbour */
  constructor(log: (text: string) => void) {
    this.#log = log
  }

  /** A session has come up. */
  begin(): void {
    this.exceeded = undefined
    for (const family of [4, 6] as const) Object.assign(this.#warned[family], { near: false, over: false })
  }

  /**
   * @param paths how many the neighbour stands by now: those that it has not said again since a restart or a refresh do not
   *   count, so that what replaces them is not counted twice
   * @returns the NOTIFICATION that ends the session (RFC 4486 §4), or undefined
   */
  check(family: Family, paths: number, limit: PrefixLimit | undefined): Notification | undefined {
    if (!limit) return undefined
    const warned = this.#warned[family]
    const name = FAMILY_NAMES[family]
    if (paths > limit.limit) {
      if (limit.action !== 'warn') {
        this.exceeded = { family, limit }
        return notification(ERROR.cease.maximumPrefixes, limitData(family, limit.limit))
      }
      if (!warned.over)
        this.#log(`announces ${paths} paths of ${name}, more than the limit of ${limit.limit}`)
      warned.over = true
    } else if (!warned.near && paths * 100 >= limit.limit * limit.warnAt) {
      warned.near = true
      this.#log(`announces ${paths} paths of ${name}, ${limit.warnAt} percent of the limit of ${limit.limit}`)
    }
    return undefined
  }
}

/** Why the session is down, and what brings it back, for people. */
export function explainExceeded({ family, limit }: Exceeded, address: string): string {
  const what = `${address} announced more than ${limit.limit} paths of ${FAMILY_NAMES[family]} (maxPrefixes), so we ended the session.`
  return limit.action === 'restart'
    ? `${what} It comes back ${limit.restartTime} s after that; raise the limit, or make the neighbour announce less.`
    : `${what} It stays down until an operator clears it: raise the limit, or make the neighbour announce less, then POST /api/v1/bgp/neighbors/${address}/reset, or set enabled: false and true again.`
}

/** AFI, SAFI, and the limit in four octets (RFC 4486 §4). */
function limitData(family: Family, limit: number): Uint8Array {
  const { afi, safi } = UNICAST[family]
  return Uint8Array.of(0, afi, safi, limit >>> 24, limit >>> 16, limit >>> 8, limit)
}
