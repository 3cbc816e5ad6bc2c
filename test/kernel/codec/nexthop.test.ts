import { describe, expect, it } from 'vitest'
import { readNexthop, writeDeleteNexthop, writeSetNexthop } from '../../../src/kernel/codec/nexthop.ts'
import { messageOf, written } from '../bytes.ts'

const packed = (...groups: readonly string[]) => groups.join('').replaceAll(' ', '')

describe('writing nexthops', () => {
  it('makes or replaces a gateway that is on the link', () => {
    const bytes = written(writer =>
      writeSetNexthop(writer, { id: 7, gateway: '192.0.2.9', link: 3, onlink: true, protocol: 201 }),
    )
    expect(bytes.slice(8)).toBe(
      packed(
        '6800 0105 01000000 00000000', // RTM_NEWNEXTHOP, REQUEST | CREATE | REPLACE
        '0200c900 04000000', // nhmsg: AF_INET, protocol, RTNH_F_ONLINK
        '08000100 07000000', // NHA_ID
        '08000500 03000000', // NHA_OIF
        '08000600 c0000209', // NHA_GATEWAY
      ),
    )
  })

  it('takes the family of the gateway, or the one that is given', () => {
    expect(
      written(writer => writeSetNexthop(writer, { id: 1, gateway: 'fe80::1', link: 3, protocol: 0 })).slice(
        32,
        34,
      ),
    ).toBe('0a')
    expect(
      written(writer => writeSetNexthop(writer, { id: 1, family: 6, blackhole: true, protocol: 0 })).slice(
        32,
      ),
    ).toBe(packed('0a000000 00000000 08000100 01000000 04000400'))
  })

  it('writes the weights of a group less one, wide ones in two bytes', () => {
    const group = [
      { id: 7, weight: 1 },
      { id: 8, weight: 300 },
    ]
    const bytes = written(writer => writeSetNexthop(writer, { id: 9, group, protocol: 201 }))
    expect(bytes.slice(32)).toBe(
      packed('0000c900 00000000 08000100 09000000 14000200 07000000 00000000 08000000 2b010000'),
    )
  })

  it('deletes by id', () => {
    expect(written(writer => writeDeleteNexthop(writer, 9)).slice(8)).toBe(
      packed('6900 0100 01000000 00000000 00000000 00000000 08000100 09000000'),
    )
  })
})

describe('reading nexthops', () => {
  it('reads gateways, groups and blackholes', () => {
    expect(
      readNexthop(messageOf(104, '0200c900 04000000 08000100 07000000 08000500 03000000 08000600 c0000209')),
    ).toEqual({ id: 7, family: 4, gateway: '192.0.2.9', link: 3, onlink: true, protocol: 201 })
    expect(
      readNexthop(
        messageOf(
          104,
          '0000c900 00000000 08000100 09000000 14000200 07000000 00000000 08000000 2b010000 06000300 00000000',
        ),
      ),
    ).toEqual({
      id: 9,
      group: [
        { id: 7, weight: 1 },
        { id: 8, weight: 300 },
      ],
      protocol: 201,
    })
    expect(readNexthop(messageOf(104, '0a000000 00000000 08000100 01000000 04000400'))).toEqual({
      id: 1,
      family: 6,
      blackhole: true,
      protocol: 0,
    })
  })

  it('passes over a message without id', () => {
    expect(readNexthop(messageOf(104, '0200c900 00000000'))).toBeUndefined()
    expect(readNexthop(messageOf(104, '0200'))).toBeUndefined()
  })
})
