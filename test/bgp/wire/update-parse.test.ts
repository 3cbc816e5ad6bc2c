import { describe, expect, it } from 'vitest'
import { hashKey, parseUpdate, UpdateResult, Verdict } from '../../../src/bgp/wire/index.ts'
import { hex, message, toHex, update } from './hex.ts'
import {
  AS_PATH,
  EBGP,
  IBGP,
  MANDATORY,
  NEXT_HOP,
  NEXT_HOP6,
  ORIGIN,
  OTHER_PREFIX,
  PREFIX,
  PREFIX6,
  REACH6,
  read,
  UNREACH6,
} from './sessions.ts'

const KEY4 = toHex(hex(`04 c0000201 ${ORIGIN} ${AS_PATH}`))
const KEY6 = toHex(hex(`10 ${NEXT_HOP6} ${ORIGIN} ${AS_PATH}`))

describe('an UPDATE', () => {
  it('announces prefixes with the key of their attributes', () => {
    const { verdict, sections, keys, out } = read({ attributes: MANDATORY, nlri: PREFIX + OTHER_PREFIX })
    expect(verdict).toBe(Verdict.ACCEPT)
    expect(sections).toEqual(['announce 4 18c6336418cb0071'])
    expect(keys).toEqual([KEY4])
    const { keyStart, keyEnd, hash } = out.sections[0]!
    expect(hash).toBe(hashKey(out.keys, keyStart, keyEnd))
    expect(hash).toBe(hashKey(hex(KEY4), 0, KEY4.length / 2))
  })

  it('withdraws prefixes', () => {
    expect(read({ withdrawn: PREFIX }).sections).toEqual(['withdraw 4 18c63364'])
    expect(read({ attributes: UNREACH6 }).sections).toEqual(['withdraw 6 3020010db80001'])
  })

  it('announces IPv6 with its own next hop', () => {
    const { sections, keys } = read({ attributes: `${REACH6} ${ORIGIN} ${AS_PATH}` })
    expect(sections).toEqual(['announce 6 3020010db80001'])
    expect(keys).toEqual([KEY6])
  })

  it('may do all at once: withdrawals come first, and each next hop makes its key', () => {
    const { sections, keys } = read({
      withdrawn: OTHER_PREFIX,
      attributes: `${MANDATORY} ${REACH6} 80 0f 0a 0002 01 30 20010db80002`,
      nlri: PREFIX,
    })
    expect(sections).toEqual([
      'withdraw 4 18cb0071',
      'withdraw 6 3020010db80002',
      'announce 4 18c63364',
      'announce 6 3020010db80001',
    ])
    expect(keys).toEqual([KEY4, KEY6])
  })

  it('has the same key whatever the order of its attributes and their spare flags', () => {
    const med = '80 04 04 0000000a'
    const communities = 'c0 08 04 fde80001'
    const plain = read({ attributes: `${MANDATORY} ${med} ${communities}`, nlri: PREFIX })
    const shuffled = read({
      attributes: `${communities} ${NEXT_HOP} ${med} ${AS_PATH} ${ORIGIN}`,
      nlri: PREFIX,
    })
    // Extended length of a short value, Partial on a well-known attribute, the four unused bits.
    const spare = read({
      attributes: `70 01 0001 00 ${AS_PATH} ${NEXT_HOP} a7 04 04 0000000a d0 08 0004 fde80001`,
      nlri: PREFIX,
    })
    expect(plain.keys).toEqual([toHex(hex(`04 c0000201 ${ORIGIN} ${AS_PATH} ${med} ${communities}`))])
    expect(shuffled.keys).toEqual(plain.keys)
    expect(spare.keys).toEqual(plain.keys)
    expect(spare.verdict).toBe(Verdict.ACCEPT)
  })

  it('keeps Partial on an optional transitive attribute (RFC 4271 §5)', () => {
    const { keys } = read({ attributes: `${MANDATORY} e0 08 04 fde80001`, nlri: PREFIX })
    expect(keys).toEqual([`${KEY4}e00804fde80001`])
  })

  it('passes on an unknown transitive attribute with Partial, and drops one that is not transitive', () => {
    const attributes = `${MANDATORY} c0 63 02 abcd 80 64 01 00 c0 65 00`
    const { keys, verdict } = read({ attributes, nlri: PREFIX })
    expect(keys).toEqual([`${KEY4}e06302abcde06500`])
    expect(verdict).toBe(Verdict.ACCEPT)
  })

  it('keeps a value of more than 255 octets', () => {
    const list = 'fde80001'.repeat(64)
    const { keys } = read({ attributes: `${MANDATORY} d0 08 0100 ${list}`, nlri: PREFIX })
    expect(keys).toEqual([`${KEY4}d0080100${list}`])
  })

  it('has every large community once (RFC 8092 §5)', () => {
    const one = '000000010000000200000003'
    const two = '000000010000000200000004'
    const { keys } = read({ attributes: `${MANDATORY} c0 20 30 ${one}${two}${one}${two}`, nlri: PREFIX })
    expect(keys).toEqual([`${KEY4}c02018${one}${two}`])
  })

  it('takes path identifiers where the session has them, by family', () => {
    const session = { ...IBGP, addPath4: true }
    const four = read({ attributes: MANDATORY, nlri: `00000007 ${PREFIX}` }, session)
    expect(four.sections).toEqual(['announce 4 0000000718c63364'])
    expect(four.out.sections[0]!.addPath).toBe(true)
    const six = read({ attributes: `${REACH6} ${ORIGIN} ${AS_PATH}` }, session)
    expect(six.out.sections[0]!.addPath).toBe(false)
    expect(read({ withdrawn: `00000007 ${PREFIX}` }, session).sections).toEqual([
      'withdraw 4 0000000718c63364',
    ])
  })

  it('may carry IPv4 in MP_REACH_NLRI with the same key as the classic form', () => {
    const reach = `80 0e 0d 0001 01 04 c0000201 00 ${PREFIX}`
    const { sections, keys } = read({ attributes: `${reach} ${ORIGIN} ${AS_PATH}` })
    expect(sections).toEqual(['announce 4 18c63364'])
    expect(keys).toEqual([KEY4])
  })

  it('may carry IPv4 over an IPv6 next hop where both said so (RFC 8950)', () => {
    const attributes = `80 0e 19 0001 01 10 ${NEXT_HOP6} 00 ${PREFIX} ${ORIGIN} ${AS_PATH}`
    const { sections, keys } = read({ attributes }, { ...IBGP, extendedNexthop: true })
    expect(sections).toEqual(['announce 4 18c63364'])
    expect(keys).toEqual([KEY6])
  })

  const LINK_LOCAL = 'fe800000000000000000000000000001'
  const UNSPECIFIED = '00'.repeat(16)
  it.each([
    ['a global and a link-local next hop', NEXT_HOP6 + LINK_LOCAL, `20${NEXT_HOP6}${LINK_LOCAL}`],
    ['a second next hop that is not link-local', NEXT_HOP6 + NEXT_HOP6, `10${NEXT_HOP6}`],
    ['only a link-local one behind ::', UNSPECIFIED + LINK_LOCAL, `10${LINK_LOCAL}`],
  ])('takes %s (RFC 2545 §3)', (_what, nexthops, key) => {
    const attributes = `80 0e 2c 0002 01 20 ${nexthops} 00 ${PREFIX6} ${ORIGIN} ${AS_PATH}`
    expect(read({ attributes }).keys).toEqual([key + KEY6.slice(34)])
  })

  it('with LOCAL_PREF as a full 32-bit number keeps it', () => {
    const { keys } = read({ attributes: `${MANDATORY} 40 05 04 7ffffbff`, nlri: PREFIX })
    expect(keys).toEqual([`${KEY4}4005047ffffbff`])
  })

  it('with an empty AS_PATH is a route of our own AS', () => {
    expect(read({ attributes: `${ORIGIN} 40 02 00 ${NEXT_HOP}`, nlri: PREFIX }).keys).toEqual([
      '04c000020140010100400200',
    ])
  })

  it('ignores families that the session does not have', () => {
    const six = read({ attributes: `${REACH6} ${UNREACH6} ${ORIGIN} ${AS_PATH}` }, { ...IBGP, ipv6: false })
    expect([six.verdict, six.sections]).toEqual([Verdict.DISCARD_ATTRIBUTE, []])
    expect(six.texts[0]).toContain('ipv6-unicast, which is not a family of this session')
    const vpn = read({ attributes: `80 0e 07 0019 46 00 00 0102 ${ORIGIN} ${AS_PATH}` })
    expect([vpn.verdict, vpn.sections]).toEqual([Verdict.DISCARD_ATTRIBUTE, []])
    const four = read({ withdrawn: PREFIX, attributes: MANDATORY, nlri: PREFIX }, { ...IBGP, ipv4: false })
    expect([four.verdict, four.sections]).toEqual([Verdict.DISCARD_ATTRIBUTE, []])
  })

  it('ignores NEXT_HOP where no classic prefixes are announced (RFC 4760 §3)', () => {
    const { verdict, keys } = read({ attributes: `${REACH6} ${ORIGIN} ${AS_PATH} 40 03 05 0000000000` })
    expect([verdict, keys]).toEqual([Verdict.ACCEPT, [KEY6]])
  })

  it('leaves nothing of the last one behind', () => {
    const out = new UpdateResult()
    const bad = update({ attributes: `${ORIGIN} ${AS_PATH}`, nlri: PREFIX })
    parseUpdate(bad, 0, bad.length, IBGP, out)
    expect(out.problems).toHaveLength(1)
    const good = update({ withdrawn: PREFIX })
    parseUpdate(good, 0, good.length, IBGP, out)
    expect([out.verdict, out.problems, out.count, out.sections[0]!.announce]).toEqual([0, [], 1, false])
  })

  it('is read where it lies in a larger buffer', () => {
    const bytes = hex(`aabb ${toHex(update({ attributes: MANDATORY, nlri: PREFIX }))} ccdd`)
    const out = new UpdateResult()
    parseUpdate(bytes, 2, bytes.length - 2, IBGP, out)
    const { start, end } = out.sections[0]!
    expect(toHex(bytes.subarray(start, end))).toBe('18c63364')
  })
})

describe('End-of-RIB (RFC 4724 §2)', () => {
  it('is an empty UPDATE for IPv4', () => {
    expect(read({})).toMatchObject({ verdict: Verdict.ACCEPT, endOfRib: 4, sections: [] })
  })

  it('is an MP_UNREACH_NLRI without prefixes for IPv6, and for IPv4 too', () => {
    expect(read({ attributes: '80 0f 03 0002 01' }).endOfRib).toBe(6)
    expect(read({ attributes: '90 0f 0003 0002 01' }).endOfRib).toBe(6)
    expect(read({ attributes: '80 0f 03 0001 01' }).endOfRib).toBe(4)
  })

  it('is not there with prefixes, with other attributes, or for another family', () => {
    expect(read({ withdrawn: PREFIX }).endOfRib).toBeUndefined()
    expect(read({ attributes: UNREACH6 }).endOfRib).toBeUndefined()
    expect(read({ attributes: `80 0f 03 0002 01 ${ORIGIN}` }).endOfRib).toBeUndefined()
    expect(read({ attributes: '80 0f 03 0019 46' }).endOfRib).toBeUndefined()
    expect(read({}, { ...IBGP, ipv4: false }).endOfRib).toBeUndefined()
    expect(read({ attributes: '80 0f 03 0002 01' }, { ...IBGP, ipv6: false }).endOfRib).toBeUndefined()
  })
})

describe('a prefix field', () => {
  const RESET = { verdict: Verdict.RESET_SESSION, sections: [] }

  it('takes lengths 0 and 32, and bits behind the length', () => {
    expect(read({ withdrawn: '00 20 c0000201 09 0aff' }).sections).toEqual(['withdraw 4 0020c0000201090aff'])
  })

  it.each([
    ['longer than 32 bits', '21 c000020100'],
    ['cut off', '18 c633'],
    ['cut off behind a good one', `${PREFIX} 08`],
  ])('that is %s resets the session (RFC 7606 §5.3)', (_what, nlri) => {
    const notification = { code: 3, subcode: 10 }
    expect(read({ withdrawn: nlri })).toMatchObject({ ...RESET, notification })
    expect(read({ attributes: MANDATORY, nlri })).toMatchObject({ ...RESET, notification })
  })

  it('without its path identifier resets the session', () => {
    const session = { ...EBGP, addPath4: true }
    expect(read({ withdrawn: PREFIX }, session)).toMatchObject({
      ...RESET,
      notification: { code: 3, subcode: 10 },
    })
    expect(read({ withdrawn: '00000001' }, session)).toMatchObject(RESET)
  })

  it.each([
    ['withdrawn routes beyond the message', '0005 18c63364'],
    ['no room for the length of the attributes', '0004 18c63364 00'],
    ['attributes beyond the message', '0000 0005 40010100'],
  ])('with %s resets the session (RFC 7606 §3 b)', (_what, body) => {
    const bytes = message(2, body)
    const out = new UpdateResult()
    parseUpdate(bytes, 0, bytes.length, IBGP, out)
    expect(out).toMatchObject({
      verdict: Verdict.RESET_SESSION,
      notification: { code: 3, subcode: 1 },
      count: 0,
    })
  })
})
