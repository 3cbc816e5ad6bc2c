import { describe, expect, it } from 'vitest'
import type { SeenEcho } from '../../../src/lab/gateway/echo.ts'
import { pathsOf } from '../../../src/lab/gateway/paths.ts'
import { formatTable, summary, tableJson } from '../../../src/lab/gateway/table.ts'
import { judge } from '../../../src/lab/gateway/try-paths.ts'
import type { Ipv4Layer } from '../../../src/lab/layers.ts'

const PATH = pathsOf(['node-a', 'node-b']).find(path => path.from.name === 'pod-b1' && path.family === 4)!
const BOX_UPLINK = '02:00:ac:10:00:01'

function echo(wire: string, sender: string, change: Partial<SeenEcho> = {}): SeenEcho {
  const ip: Ipv4Layer = {
    type: 'ipv4',
    source: '10.244.2.2',
    destination: '172.16.0.10',
    protocol: 1,
    ttl: 62,
    identification: 0,
    dontFragment: true,
    moreFragments: false,
    fragmentOffset: 0,
    totalLength: 84,
  }
  return { identifier: 1, sequence: 1, ip, wire, fragment: false, sender, ...change }
}

const SEEN = [echo('vxlan 1/8472', '02:00:c0:a8:32:0c'), echo('plain', BOX_UPLINK)]
const ARRIVED = [echo('plain', BOX_UPLINK)]
const TRIAL = { sent: 5, received: 5, largest: 1450 }

describe('a path', () => {
  it('is right when all came back, as it must, in the size that must be, from the address that sent it', () => {
    expect(judge(PATH, TRIAL, SEEN, ARRIVED)).toMatchObject({
      wire: 'vxlan 1/8472 → plain',
      largest: 1450,
      source: '10.244.2.2',
      problems: [],
    })
  })

  it('is wrong when an echo is lost', () => {
    expect(judge(PATH, { ...TRIAL, received: 4 }, SEEN, ARRIVED).problems).toEqual([
      '4 of 5 echoes came back',
    ])
  })

  it('is wrong when it takes another way', () => {
    const plain = [echo('plain', '02:00:c0:a8:32:0c'), echo('plain', BOX_UPLINK)]
    expect(judge(PATH, TRIAL, plain, ARRIVED)).toMatchObject({
      wire: 'plain',
      problems: ['on the wire must be vxlan 1/8472 → plain'],
    })
  })

  it('is wrong when the packet does not pass the box at all', () => {
    expect(judge(PATH, TRIAL, [], ARRIVED).problems).toEqual(['on the wire must be vxlan 1/8472 → plain'])
  })

  it('is wrong when another size is the largest, and says why there is none', () => {
    expect(judge(PATH, { ...TRIAL, largest: 1400 }, SEEN, ARRIVED).problems).toEqual([
      'the largest packet must be 1450',
    ])
    const vanished = 'packets of 1450 bytes vanish without an answer'
    expect(judge(PATH, { ...TRIAL, largest: vanished }, SEEN, ARRIVED).problems).toEqual([vanished])
  })

  it('is wrong when packets were fragmented', () => {
    const fragments = [...SEEN, echo('vxlan 1/8472', '02:00:c0:a8:32:0c', { fragment: true })]
    expect(judge(PATH, TRIAL, fragments, ARRIVED).problems).toEqual(['packets were fragmented on the way'])
  })

  it('is wrong when the source was translated', () => {
    const translated = ARRIVED.map(seen => ({ ...seen, ip: { ...seen.ip, source: '172.16.0.1' } }))
    expect(judge(PATH, TRIAL, SEEN, translated)).toMatchObject({
      source: '172.16.0.1',
      problems: ['the source must be 10.244.2.2'],
    })
  })
})

describe('the table', () => {
  const right = judge(PATH, TRIAL, SEEN, ARRIVED)
  const wrong = judge(PATH, { sent: 5, received: 0, largest: 'nothing passes' }, [], [])

  it('has a row a path, and says what is wrong', () => {
    expect(formatTable([right, wrong]).split('\n')).toEqual([
      'from    to       family  on the wire           loss   largest  source',
      'pod-b1  outside  IPv4    vxlan 1/8472 → plain  0 %    1450     unchanged  ok',
      'pod-b1  outside  IPv4    nothing               100 %  -        -          WRONG: 0 of 5 echoes came back',
    ])
  })

  it('ends in a sentence', () => {
    expect(summary([right])).toBe('1 path, all right')
    expect(summary([right, wrong])).toBe('2 paths, 1 wrong')
  })

  it('is there for programs, with what must be', () => {
    expect(tableJson([wrong])).toEqual([
      {
        from: 'pod-b1',
        to: 'outside',
        family: 'ipv4',
        wire: null,
        sent: 5,
        received: 0,
        largest: null,
        source: null,
        expected: { wire: 'vxlan 1/8472 → plain', largest: 1450, source: '10.244.2.2' },
        problems: ['0 of 5 echoes came back'],
      },
    ])
  })
})
