import { describe, expect, it } from 'vitest'
import { ERROR } from '../../src/bgp/wire/index.ts'
import { hex, message, number, toHex } from '../bgp/wire/hex.ts'
import { EXTERNAL, Scene } from './scene.ts'

const BOTH = { ...EXTERNAL, families: ['ipv4-unicast' as const, 'ipv6-unicast' as const] }
const IPV4 = '01 04 0001 00 01'
const AS4 = '41 04 0000fc01'

/** An OPEN of the neighbour with optional parameters as they stand. */
function open(...parameters: string[]): Uint8Array {
  const all = parameters.map(text => `02 ${number(hex(text).length, 1)} ${text}`).join(' ')
  return message(1, `04 fc01 005a 0a000002 ${number(hex(all).length, 1)} ${all}`)
}

function answered(bytes: Uint8Array, neighbor = EXTERNAL) {
  const scene = new Scene([neighbor])
  const peer = scene.dial(neighbor)
  peer.remote.send(bytes).keepalive()
  scene.lab.seconds(1)
  return { scene, peer, state: scene.state(neighbor) }
}

describe('our OPEN', () => {
  it('has its capabilities in one parameter, and none of them twice', () => {
    const scene = new Scene([BOTH])
    const { bytes } = scene.dial(BOTH).remote.heard[0]!
    const length = bytes[28]!
    expect(bytes).toHaveLength(29 + length)
    expect([bytes[29], bytes[30]]).toEqual([2, length - 2])
    const seen: string[] = []
    for (let at = 31; at < bytes.length; at += 2 + bytes[at + 1]!)
      seen.push(toHex(bytes.subarray(at, at + 2 + bytes[at + 1]!)))
    expect(seen.length).toBeGreaterThan(4)
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen).toEqual(expect.arrayContaining(['010400010001', '010400020001', '41040000fc00']))
  })
})

describe('an OPEN of a neighbour', () => {
  it.each([
    ['a capability that nobody knows', `${IPV4} ${AS4} ee 03 010203`],
    ['a capability that we know but do not use', `${IPV4} ${AS4} 03 05 0001 00 01 00`],
    ['one capability three times', `${IPV4} ${AS4} ${IPV4} ${IPV4} 02 00 02 00`],
    ['families beside ours', `01 04 0019 00 46 ${IPV4} 01 04 0001 00 80 ${AS4}`],
  ])('may have %s', (_what, capabilities) => {
    const { peer, state } = answered(open(capabilities))
    expect(state).toBe('Established')
    expect(peer.remote.notification).toBeUndefined()
  })

  it('may spread its capabilities over several parameters, several in each', () => {
    const { scene, state } = answered(open(`${IPV4} 02 00`, AS4, '46 00 06 00'))
    expect(state).toBe('Established')
    expect(scene.box.neighbor(EXTERNAL.address).capabilities).toEqual(
      expect.arrayContaining(['multiprotocol', 'route refresh', 'four-octet AS', 'enhanced route refresh']),
    )
  })

  it('without a family of ours is refused, and the NOTIFICATION lists what is missing', () => {
    const { peer, state } = answered(open(`01 04 0019 00 46 ${AS4}`), BOTH)
    expect(state).not.toBe('Established')
    expect(peer.remote.notification).toMatchObject(ERROR.open.unsupportedCapability)
    expect(toHex(peer.remote.notification!.data)).toBe(toHex(hex('01 04 0001 00 01 01 04 0002 00 01')))
  })
})
