import { describe, expect, it } from 'vitest'
import { type UpdateSession, Verdict } from '../../../src/bgp/wire/index.ts'
import { hex, toHex } from './hex.ts'
import {
  AS_PATH,
  EBGP,
  IBGP,
  MANDATORY,
  NEXT_HOP,
  NEXT_HOP6,
  OLD,
  ORIGIN,
  PREFIX,
  PREFIX6,
  REACH6,
  read,
  UNREACH6,
} from './sessions.ts'

const { ACCEPT, DISCARD_ATTRIBUTE, TREAT_AS_WITHDRAW, DISABLE_FAMILY, RESET_SESSION } = Verdict
const KEY = toHex(hex(`04 c0000201 ${ORIGIN} ${AS_PATH}`))
const WITHDRAWN = ['withdraw 4 18c63364']
const ANNOUNCED = ['announce 4 18c63364']
const ONE_FAMILY: UpdateSession = { ...IBGP, ipv4: false }
const CONFEDERATION: UpdateSession = { ...IBGP, type: 'confederation' }

/** One malformed attribute beside those that are needed; ORIGIN, AS_PATH or NEXT_HOP stand in for the good ones. */
const rows: [string, string, number, UpdateSession?][] = [
  ['ORIGIN of no octet', '40 01 00', TREAT_AS_WITHDRAW],
  ['ORIGIN of two octets', '40 01 02 0000', TREAT_AS_WITHDRAW],
  ['ORIGIN 3', '40 01 01 03', TREAT_AS_WITHDRAW],
  ['ORIGIN that is optional', 'c0 01 01 00', TREAT_AS_WITHDRAW],
  ['ORIGIN that is not transitive', '00 01 01 00', TREAT_AS_WITHDRAW],
  ['AS_PATH with segment type 0', '40 02 06 00 01 0000fde9', TREAT_AS_WITHDRAW],
  ['AS_PATH with segment type 5', '40 02 06 05 01 0000fde9', TREAT_AS_WITHDRAW],
  ['AS_PATH with a segment that is cut off', '40 02 06 02 02 0000fde9', TREAT_AS_WITHDRAW],
  ['AS_PATH with one octet left', '40 02 07 02 01 0000fde9 02', TREAT_AS_WITHDRAW],
  ['AS_PATH with an empty segment', '40 02 02 02 00', TREAT_AS_WITHDRAW],
  ['AS_PATH with AS 0', '40 02 0a 02 02 0000fde9 00000000', TREAT_AS_WITHDRAW],
  ['AS_PATH that is optional', 'c0 02 06 02 01 0000fde9', TREAT_AS_WITHDRAW],
  ['AS_PATH of two octets with AS 0', '40 02 04 02 01 0000', TREAT_AS_WITHDRAW, OLD],
  ['AS_PATH of four octets from a peer of two', '40 02 06 02 01 0000fde9', TREAT_AS_WITHDRAW, OLD],
  ['AS_PATH with a confederation from outside', '40 02 06 03 01 0000fde9', TREAT_AS_WITHDRAW, EBGP],
  [
    'AS_PATH with a confederation set behind',
    '40 02 0c 02 01 0000fde9 04 01 0000fde9',
    TREAT_AS_WITHDRAW,
    EBGP,
  ],
  ['AS_PATH without a confederation from a member', AS_PATH, TREAT_AS_WITHDRAW, CONFEDERATION],
  ['AS_PATH that starts with another AS', AS_PATH, TREAT_AS_WITHDRAW, { ...EBGP, firstAs: 65002 }],
  [
    'AS_PATH that is empty though it has to start',
    '40 02 00',
    TREAT_AS_WITHDRAW,
    { ...EBGP, firstAs: 65001 },
  ],
  [
    'AS_PATH that starts with a set',
    '40 02 06 01 01 0000fde9',
    TREAT_AS_WITHDRAW,
    { ...EBGP, firstAs: 65001 },
  ],
  ['NEXT_HOP of 16 octets', `40 03 10 ${NEXT_HOP6}`, TREAT_AS_WITHDRAW],
  ['NEXT_HOP 0.0.0.0', '40 03 04 00000000', TREAT_AS_WITHDRAW],
  ['NEXT_HOP 127.0.0.1', '40 03 04 7f000001', TREAT_AS_WITHDRAW],
  ['NEXT_HOP 224.0.0.5', '40 03 04 e0000005', TREAT_AS_WITHDRAW],
  ['NEXT_HOP 255.255.255.255', '40 03 04 ffffffff', TREAT_AS_WITHDRAW],
  ['NEXT_HOP that is optional', 'c0 03 04 c0000201', TREAT_AS_WITHDRAW],
  ['MULTI_EXIT_DISC of 3 octets', '80 04 03 000000', TREAT_AS_WITHDRAW],
  ['MULTI_EXIT_DISC that is well-known', '40 04 04 00000000', TREAT_AS_WITHDRAW],
  ['LOCAL_PREF of 5 octets', '40 05 05 0000000000', TREAT_AS_WITHDRAW],
  ['LOCAL_PREF that is optional', 'c0 05 04 00000064', TREAT_AS_WITHDRAW],
  ['LOCAL_PREF from outside', '40 05 04 00000064', DISCARD_ATTRIBUTE, EBGP],
  ['LOCAL_PREF from outside, malformed', 'c0 05 01 00', DISCARD_ATTRIBUTE, EBGP],
  ['ATOMIC_AGGREGATE of one octet', '40 06 01 00', DISCARD_ATTRIBUTE],
  ['ATOMIC_AGGREGATE that is optional', 'c0 06 00', TREAT_AS_WITHDRAW],
  ['AGGREGATOR of 6 octets', 'c0 07 06 fde9 0a000001', DISCARD_ATTRIBUTE],
  ['AGGREGATOR of 8 octets from a peer of two', 'c0 07 08 0000fde9 0a000001', DISCARD_ATTRIBUTE, OLD],
  ['AGGREGATOR with AS 0', 'c0 07 08 00000000 0a000001', DISCARD_ATTRIBUTE],
  ['AGGREGATOR that is not transitive', '80 07 08 0000fde9 0a000001', TREAT_AS_WITHDRAW],
  ['COMMUNITIES of no octet', 'c0 08 00', TREAT_AS_WITHDRAW],
  ['COMMUNITIES of 6 octets', 'c0 08 06 fde800010000', TREAT_AS_WITHDRAW],
  ['COMMUNITIES that are not transitive', '80 08 04 fde80001', TREAT_AS_WITHDRAW],
  ['ORIGINATOR_ID of 3 octets', '80 09 03 0a0000', TREAT_AS_WITHDRAW],
  ['ORIGINATOR_ID that is transitive', 'c0 09 04 0a000001', TREAT_AS_WITHDRAW],
  ['ORIGINATOR_ID from outside', '80 09 04 0a000001', DISCARD_ATTRIBUTE, EBGP],
  ['CLUSTER_LIST of no octet', '80 0a 00', TREAT_AS_WITHDRAW],
  ['CLUSTER_LIST of 5 octets', '80 0a 05 0a00000100', TREAT_AS_WITHDRAW],
  ['CLUSTER_LIST that is transitive', 'c0 0a 04 0a000001', TREAT_AS_WITHDRAW],
  ['CLUSTER_LIST from outside', '80 0a 04 0a000001', DISCARD_ATTRIBUTE, EBGP],
  ['EXTENDED_COMMUNITIES of no octet', 'c0 10 00', TREAT_AS_WITHDRAW],
  ['EXTENDED_COMMUNITIES of 7 octets', 'c0 10 07 00020001000000', TREAT_AS_WITHDRAW],
  ['EXTENDED_COMMUNITIES that are not transitive', '80 10 08 0002000100000001', TREAT_AS_WITHDRAW],
  ['AS4_PATH from a peer of four', 'c0 11 06 02 01 0000fde9', DISCARD_ATTRIBUTE],
  ['AS4_AGGREGATOR from a peer of four', 'c0 12 08 0000fde9 0a000001', DISCARD_ATTRIBUTE],
  ['IPV6_EXTENDED_COMMUNITIES of no octet', 'c0 19 00', TREAT_AS_WITHDRAW],
  ['IPV6_EXTENDED_COMMUNITIES of 21 octets', `c0 19 15 ${'00'.repeat(21)}`, TREAT_AS_WITHDRAW],
  ['IPV6_EXTENDED_COMMUNITIES that are not transitive', `80 19 14 ${'00'.repeat(20)}`, TREAT_AS_WITHDRAW],
  ['LARGE_COMMUNITY of no octet', 'c0 20 00', TREAT_AS_WITHDRAW],
  ['LARGE_COMMUNITY of 13 octets', `c0 20 0d ${'00'.repeat(13)}`, TREAT_AS_WITHDRAW],
  ['LARGE_COMMUNITY that is not transitive', `80 20 0c ${'00'.repeat(12)}`, TREAT_AS_WITHDRAW],
  ['ONLY_TO_CUSTOMER of 2 octets', 'c0 23 02 fde9', TREAT_AS_WITHDRAW],
  ['ONLY_TO_CUSTOMER that is not transitive', '80 23 04 0000fde9', TREAT_AS_WITHDRAW],
]

/** The mandatory attributes, with one of them replaced where the attribute is one of them. */
function withOthers(attribute: string, session: UpdateSession): string {
  const path = session.as4 ? AS_PATH : '40 02 04 02 01 fde9'
  const confederation = session.type === 'confederation' ? '40 02 06 03 01 0000fde9' : path
  const code = hex(attribute)[1]!
  return [ORIGIN, confederation, NEXT_HOP].filter(other => hex(other)[1] !== code).join(' ') + attribute
}

describe('a malformed attribute', () => {
  it.each(rows)('%s gets its verdict of RFC 7606 §7', (_what, attribute, verdict, session = IBGP) => {
    const result = read({ attributes: withOthers(attribute, session), nlri: PREFIX }, session)
    expect(result.verdict).toBe(verdict)
    expect(result.texts).toHaveLength(1)
    expect(result.sections).toEqual(verdict === DISCARD_ATTRIBUTE ? ANNOUNCED : WITHDRAWN)
    // What is discarded is not in the key either: it is not passed on.
    if (verdict === DISCARD_ATTRIBUTE) expect(result.keys).toEqual([KEY])
  })

  it.each(rows.filter(([, , verdict]) => verdict === TREAT_AS_WITHDRAW))(
    '%s beside nothing but withdrawals resets the session (RFC 7606 §5.2)',
    (_what, attribute, _verdict, session = IBGP) => {
      const code = hex(attribute)[1]!
      const result = read({ withdrawn: PREFIX, attributes: withOthers(attribute, session) }, session)
      // NEXT_HOP is not looked at without prefixes that it is for.
      if (code === 3) {
        expect([result.verdict, result.sections]).toEqual([ACCEPT, WITHDRAWN])
        return
      }
      expect([result.verdict, result.sections]).toEqual([RESET_SESSION, []])
      expect(result.notification).toMatchObject({ code: 3, data: hex(attribute) })
    },
  )

  it.each([
    ['flags', 'c0 01 01 00', 4],
    ['a length', '40 01 02 0000', 5],
    ['ORIGIN', '40 01 01 03', 6],
    ['AS_PATH', '40 02 02 02 00', 11],
  ])('of which %s is wrong has that subcode when it resets', (_what, attribute, subcode) => {
    const { notification } = read({ attributes: withOthers(attribute, IBGP) })
    expect(notification).toEqual({ code: 3, subcode, data: hex(attribute) })
  })

  it('withdraws IPv6 of MP_REACH_NLRI too', () => {
    const { verdict, sections } = read({ attributes: `${REACH6} 40 01 01 03 ${AS_PATH}` })
    expect([verdict, sections]).toEqual([TREAT_AS_WITHDRAW, ['withdraw 6 3020010db80001']])
  })

  it('leaves an AS_PATH that is right alone', () => {
    expect(read({ attributes: MANDATORY, nlri: PREFIX }, { ...EBGP, firstAs: 65001 }).verdict).toBe(ACCEPT)
    const member = `${ORIGIN} 40 02 06 03 01 0000fde9 ${NEXT_HOP}`
    expect(read({ attributes: member, nlri: PREFIX }, CONFEDERATION).verdict).toBe(ACCEPT)
    expect(read({ attributes: member, nlri: PREFIX }, IBGP).verdict).toBe(ACCEPT)
    const trans = `${ORIGIN} 40 02 04 02 01 5ba0 ${NEXT_HOP}`
    expect(read({ attributes: trans, nlri: PREFIX }, { ...OLD, firstAs: 70000 }).verdict).toBe(ACCEPT)
  })

  it('that is well-known by its flags and not known resets the session', () => {
    const { verdict, notification } = read({ attributes: `${MANDATORY} 40 63 01 00`, nlri: PREFIX })
    expect(verdict).toBe(RESET_SESSION)
    expect(notification).toEqual({ code: 3, subcode: 2, data: hex('40 63 01 00') })
  })
})

describe('a list of attributes', () => {
  it.each([
    ['ORIGIN', `${AS_PATH} ${NEXT_HOP}`],
    ['AS_PATH', `${ORIGIN} ${NEXT_HOP}`],
    ['NEXT_HOP', `${ORIGIN} ${AS_PATH}`],
  ])('without %s withdraws (RFC 7606 §3 d)', (name, attributes) => {
    const result = read({ attributes, nlri: PREFIX })
    expect([result.verdict, result.sections]).toEqual([TREAT_AS_WITHDRAW, WITHDRAWN])
    expect(result.texts).toEqual([`${name}: it is missing`])
  })

  it('that is empty before prefixes withdraws', () => {
    expect(read({ nlri: PREFIX })).toMatchObject({ verdict: TREAT_AS_WITHDRAW, sections: WITHDRAWN })
  })

  it('needs no NEXT_HOP for MP_REACH_NLRI, but does for prefixes behind it', () => {
    expect(read({ attributes: `${REACH6} ${ORIGIN} ${AS_PATH}` }).verdict).toBe(ACCEPT)
    const both = read({ attributes: `${REACH6} ${ORIGIN} ${AS_PATH}`, nlri: PREFIX })
    expect(both.sections).toEqual(['withdraw 4 18c63364', 'withdraw 6 3020010db80001'])
  })

  it('keeps the first of two (RFC 7606 §3 g)', () => {
    const attributes = `${MANDATORY} 80 04 04 00000001 80 04 04 00000002 80 04 01 00`
    const result = read({ attributes, nlri: PREFIX })
    expect([result.verdict, result.sections]).toEqual([DISCARD_ATTRIBUTE, ANNOUNCED])
    expect(result.keys).toEqual([`${KEY}80040400000001`])
    expect(result.texts).toEqual(['MULTI_EXIT_DISC: it stands there twice'])
    const unknown = read({ attributes: `${MANDATORY} c0 63 01 01 c0 63 01 02`, nlri: PREFIX })
    expect([unknown.verdict, unknown.keys]).toEqual([DISCARD_ATTRIBUTE, [`${KEY}e0630101`]])
  })

  it.each([
    ['MP_REACH_NLRI', `${REACH6} ${REACH6} ${ORIGIN} ${AS_PATH}`],
    ['MP_UNREACH_NLRI', `${UNREACH6} ${UNREACH6}`],
  ])('with %s twice resets the session', (_name, attributes) => {
    const { verdict, notification, sections } = read({ attributes })
    expect([verdict, sections]).toEqual([RESET_SESSION, []])
    expect(notification).toEqual({ code: 3, subcode: 1, data: hex('') })
  })

  it.each([
    ['an attribute that runs over the end', `${MANDATORY} c0 08 08 fde80001`],
    ['two octets left', `${MANDATORY} 80 04`],
    ['one octet left', `${MANDATORY} 80`],
    ['three octets left of one with an extended length', `${MANDATORY} d0 08 00`],
  ])('with %s withdraws (RFC 7606 §4)', (_what, attributes) => {
    const result = read({ attributes, nlri: PREFIX })
    expect([result.verdict, result.sections]).toEqual([TREAT_AS_WITHDRAW, WITHDRAWN])
  })

  it.each([
    ['and no prefixes', `${ORIGIN} 80 04`, ''],
    ['in MP_REACH_NLRI', `${MANDATORY} 80 0e ff 0002 01`, PREFIX],
    ['in MP_UNREACH_NLRI', `${MANDATORY} 80 0f ff 0002 01`, PREFIX],
  ])(
    'that runs over the end %s resets: there may be prefixes that were not found',
    (_what, attributes, nlri) => {
      expect(read({ attributes, nlri })).toMatchObject({
        verdict: RESET_SESSION,
        notification: { code: 3, subcode: 1 },
        sections: [],
      })
    },
  )

  it('with several faults gets the strongest verdict (RFC 7606 §3 h)', () => {
    const discard = '40 06 01 00'
    const withdraw = 'c0 08 00'
    const disable = '80 0f 05 0002 01 ff 00'
    const reset = '40 63 00'
    const verdictOf = (...extra: string[]) =>
      read({ attributes: MANDATORY + extra.join(''), nlri: PREFIX }).verdict
    expect(verdictOf(discard)).toBe(DISCARD_ATTRIBUTE)
    expect(verdictOf(withdraw, discard)).toBe(TREAT_AS_WITHDRAW)
    expect(verdictOf(discard, disable, withdraw)).toBe(DISABLE_FAMILY)
    expect(verdictOf(reset, disable, withdraw, discard)).toBe(RESET_SESSION)
  })

  it('of many faults tells the first few', () => {
    const codes = Array.from({ length: 40 }, (_, i) => `c0 ${(100 + i).toString(16)} 00`.repeat(2)).join('')
    expect(read({ attributes: MANDATORY + codes, nlri: PREFIX }).texts).toHaveLength(16)
  })
})

describe('a multiprotocol attribute', () => {
  const reach = (value: string, flags = '80') => {
    const octets = hex(value).length.toString(16).padStart(2, '0')
    return `${flags} 0e ${octets} ${value}`
  }
  const malformed: [string, string][] = [
    ['a next hop of 4 octets', reach(`0002 01 04 c0000201 00 ${PREFIX6}`)],
    ['a next hop of 0 octets', reach(`0002 01 00 00 ${PREFIX6}`)],
    ['a next hop beyond its end', reach('0002 01 10 2001')],
    ['nothing behind its family', reach('0002 01')],
    ['no reserved octet', reach(`0002 01 10 ${NEXT_HOP6}`)],
    ['a prefix of 129 bits', reach(`0002 01 10 ${NEXT_HOP6} 00 81 ${'20'.repeat(17)}`)],
    ['a prefix that is cut off', reach(`0002 01 10 ${NEXT_HOP6} 00 30 2001`)],
    ['wrong flags', reach(`0002 01 10 ${NEXT_HOP6} 00 ${PREFIX6}`, 'c0')],
    ['an unreachable prefix of 129 bits', `80 0f 15 0002 01 81 ${'20'.repeat(17)}`],
    ['an unreachable prefix that is cut off', '80 0f 05 0002 01 30 20'],
    ['wrong flags on what is unreachable', `40 0f 0a 0002 01 ${PREFIX6}`],
  ]

  it.each(malformed)('with %s disables its family beside another', (_what, attribute) => {
    const result = read({ withdrawn: PREFIX, attributes: `${attribute} ${MANDATORY}`, nlri: PREFIX })
    expect(result.verdict).toBe(DISABLE_FAMILY)
    expect(result.disabled).toBe(6)
    expect(result.sections).toEqual([...WITHDRAWN, ...ANNOUNCED])
    expect(result.notification).toBeUndefined()
  })

  it.each(malformed)('with %s resets where its family is the only one', (_what, attribute) => {
    const result = read({ attributes: `${attribute} ${ORIGIN} ${AS_PATH}` }, ONE_FAMILY)
    expect([result.verdict, result.disabled, result.sections]).toEqual([RESET_SESSION, undefined, []])
    expect(result.notification).toEqual({ code: 3, subcode: 9, data: hex(attribute) })
  })

  it('of IPv4 with an IPv6 next hop that was not negotiated is malformed', () => {
    const attribute = reach(`0001 01 10 ${NEXT_HOP6} 00 ${PREFIX}`)
    expect(read({ attributes: `${attribute} ${ORIGIN} ${AS_PATH}` })).toMatchObject({
      verdict: DISABLE_FAMILY,
      disabled: 4,
      sections: [],
    })
  })

  it('with both families malformed leaves nothing to go on with', () => {
    const attributes = `${reach('0001 01 00 00')} 80 0f 05 0002 01 ff 00 ${ORIGIN} ${AS_PATH}`
    expect(read({ attributes })).toMatchObject({ verdict: RESET_SESSION, disabled: undefined, sections: [] })
  })

  it('too short for its family resets the session', () => {
    for (const attribute of [reach('0002'), '80 0f 02 0002', reach('')]) {
      expect(read({ attributes: attribute }).verdict).toBe(RESET_SESSION)
    }
  })

  it.each([
    ['::', '00'.repeat(16)],
    ['::1', `${'00'.repeat(15)}01`],
    ['ff02::1', 'ff020000000000000000000000000001'],
  ])('with next hop %s withdraws', (_address, nexthop) => {
    const attributes = `${reach(`0002 01 10 ${nexthop} 00 ${PREFIX6}`)} ${ORIGIN} ${AS_PATH}`
    expect(read({ attributes })).toMatchObject({
      verdict: TREAT_AS_WITHDRAW,
      sections: ['withdraw 6 3020010db80001'],
    })
  })
})
