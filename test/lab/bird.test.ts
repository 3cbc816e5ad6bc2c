import { describe, expect, it } from 'vitest'
import { parseAnswer, parseProtocols } from '../../src/lab/bird.ts'

describe('the answers of BIRD', () => {
  it('are whole when a line has a code and a blank', () => {
    expect(parseAnswer('0001 BIRD 2.0.12 ready.\n')).toEqual({ code: 1, lines: ['BIRD 2.0.12 ready.'] })
    expect(parseAnswer('2002-Name       Proto\n1002-device1    Device\n')).toBeUndefined()
    expect(parseAnswer('1007-Table master4:\n 10.0.0.0/8 ')).toBeUndefined()
  })

  it('come without codes, continued lines without their blank', () => {
    const text = '1007-10.244.1.0/26 blackhole\n \tvia 192.168.50.1\n0000 \n'
    expect(parseAnswer(text)).toEqual({ code: 0, lines: ['10.244.1.0/26 blackhole', '\tvia 192.168.50.1'] })
  })

  it('are errors from 8000 on', () => {
    expect(parseAnswer('9001 syntax error, unexpected CF_SYM_UNDEFINED\n')!.code).toBe(9001)
  })
})

describe('the protocols of BIRD', () => {
  it('are read with what they say of themselves, with and without a date', () => {
    const text = [
      'Name       Proto      Table      State  Since         Info',
      'device1    Device     ---        up     02:42:24.967  ',
      'box        BGP        ---        up     02:42:25.726  Established   ',
      'box6       BGP        ---        start  2026-11-20    Active        Socket: Connection refused',
      '',
    ].join('\n')
    expect(parseProtocols(text)).toEqual([
      { name: 'device1', protocol: 'Device', table: '---', state: 'up', info: '' },
      { name: 'box', protocol: 'BGP', table: '---', state: 'up', info: 'Established' },
      {
        name: 'box6',
        protocol: 'BGP',
        table: '---',
        state: 'start',
        info: 'Active Socket: Connection refused',
      },
    ])
  })
})
