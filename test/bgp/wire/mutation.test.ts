import { describe, expect, it } from 'vitest'
import {
  buildNotification,
  buildOpen,
  buildRouteRefresh,
  ERROR,
  notification,
  parseUpdate,
  shutdownCommunication,
  UNICAST,
  UpdateResult,
} from '../../../src/bgp/wire/index.ts'
import { readMessage, SESSIONS } from '../../fuzz/codec.ts'
import { mutate } from '../../fuzz/mutate.ts'
import { Random } from '../../fuzz/random.ts'
import { toHex, update } from './hex.ts'
import { IBGP, MANDATORY, OLD, OTHER_PREFIX, PREFIX, REACH6, UNREACH6 } from './sessions.ts'

/** How many messages are tried: about a second on a machine that is not busy. */
const MESSAGES = 8000

const FULL = `${MANDATORY} 80 04 04 0000000a 40 05 04 00000064 40 06 00 c0 07 08 0000fde9 0a000001
  c0 08 08 fde80001 ffffff01 80 09 04 0a000002 80 0a 08 0a000003 0a000004 c0 10 10 0002fde800000064 4004fde84cee6b28
  c0 20 18 00000001 00000002 00000003 00000001 00000002 00000004 c0 23 04 0000fde9 c0 63 02 abcd`
const NARROW = `40 01 01 00 40 02 0c 02 03 fde9 5ba0 5ba0 01 01 fde9 40 03 04 c0000201 c0 07 06 5ba0 0a000001
  c0 11 10 02 02 00011170 00013880 01 01 0000fde9 c0 12 08 00011170 0a000002`

const SEEDS: readonly Uint8Array[] = [
  update({ attributes: FULL, nlri: PREFIX + OTHER_PREFIX }),
  update({ withdrawn: PREFIX, attributes: `${REACH6} ${UNREACH6} ${FULL}`, nlri: OTHER_PREFIX }),
  update({ attributes: NARROW, nlri: PREFIX }),
  update({ withdrawn: PREFIX.repeat(20) }),
  update({ attributes: '90 0f 0003 0002 01' }),
  update({ attributes: `${MANDATORY} d0 08 0200 ${'fde80001'.repeat(128)}`, nlri: PREFIX.repeat(200) }),
  buildOpen({
    as: 4200000000,
    holdTime: 90,
    routerId: 1,
    capabilities: {
      families: [UNICAST[4], UNICAST[6]],
      routeRefresh: true,
      gracefulRestart: {
        restarting: true,
        notification: true,
        time: 1,
        families: [{ ...UNICAST[4], forwarding: true }],
      },
      addPath: [{ ...UNICAST[4], mode: 3 }],
      longLivedGracefulRestart: [{ ...UNICAST[4], forwarding: true, staleTime: 1 }],
      hostName: { host: 'a', domain: 'b' },
      unknown: [{ code: 200, value: new Uint8Array(200) }],
    },
  }),
  buildRouteRefresh(1, 1, 1),
  buildNotification(notification(ERROR.cease.administrativeShutdown, shutdownCommunication('späte Wartung'))),
]

const result = new UpdateResult()

describe('hostile bytes', () => {
  it('never make the codec throw, hang, or give out what is not there', () => {
    const random = new Random(20260101)
    const verdicts = new Set<number>()
    for (let messages = 0; messages < MESSAGES; messages++) {
      const seed = SEEDS[messages % SEEDS.length]!
      const session = random.pick(SESSIONS)
      const bytes = messages < SEEDS.length ? seed : mutate(seed, random, 65_535)
      try {
        verdicts.add(readMessage(bytes, session, 1 + random.below(300)))
      } catch (error) {
        throw new Error(`message ${messages}, ${JSON.stringify(session)}: ${toHex(bytes)}`, { cause: error })
      }
    }
    // The mutations reach every verdict, so that the paths behind each were tried; -1 is a message that is no UPDATE.
    expect([...verdicts].sort()).toEqual([-1, 0, 1, 2, 3, 4])
  }, 30_000)

  it('of the dearest kinds are read in well under a turn of the loop', () => {
    const many = (attribute: string) => update({ attributes: `${MANDATORY}${attribute}`, nlri: PREFIX })
    const large = Array.from({ length: 300 }, (_, i) => i.toString(16).padStart(24, '0')).join('')
    const worst = [
      many(`d0 20 0e10 ${large}`),
      many('80 63 00'.repeat(1300)),
      many('c0 63 00'.repeat(1300)),
      many(
        Array.from({ length: 250 }, (_, i) => `80${(i + 1).toString(16).padStart(2, '0')}00`)
          .join('')
          .repeat(5),
      ),
      update({
        attributes: `40 01 01 00 50 02 0f00 ${'0201fde9'.repeat(960)} 40 03 04 c0000201`,
        nlri: PREFIX,
      }),
      update({ withdrawn: '00'.repeat(4000) }),
    ]
    for (const bytes of worst) {
      for (const session of [IBGP, OLD]) {
        const times = Array.from({ length: 21 }, () => {
          const begin = performance.now()
          parseUpdate(bytes, 0, bytes.length, session, result)
          return performance.now() - begin
        })
        expect(times.sort((a, b) => a - b)[10]).toBeLessThan(5)
      }
    }
  })
})
