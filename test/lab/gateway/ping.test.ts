import { describe, expect, it } from 'vitest'
import { parsePing, pingArgv } from '../../../src/lab/gateway/ping.ts'

describe('ping', () => {
  it('is asked for a size of the IP packet, with DF', () => {
    const options = { to: '10.244.2.2', family: 4, identifier: 17152, count: 2, size: 1450 } as const
    expect(pingArgv(options).join(' ')).toBe('ping -4 -n -e 17152 -c 2 -i 0.05 -W 5 -M do -s 1422 10.244.2.2')
    expect(pingArgv({ ...options, to: 'fd00::1', family: 6, size: 1430 })).toContain('1382')
  })

  it('tells how many came back', () => {
    expect(parsePing('3 packets transmitted, 2 received, 33% packet loss, time 105ms')).toEqual({
      sent: 3,
      received: 2,
      mtu: undefined,
      tooLong: false,
    })
  })

  it('tells the MTU that routers and the own kernel named, in all their spellings', () => {
    const v4 =
      'From 172.16.0.1 icmp_seq=1 Frag needed and DF set (mtu = 1450)\nping: local error: message too long, mtu=1450'
    expect(parsePing(v4).mtu).toBe(1450)
    expect(parsePing('From fd00:16::1 icmp_seq=1 Packet too big: mtu=1430').mtu).toBe(1430)
    expect(parsePing('ping: local error: message too long, mtu: 1430').mtu).toBe(1430)
    // iputils 20240905 with IPv6: the refusal without the MTU.
    expect(parsePing('ping: sendmsg: Message too long')).toMatchObject({ mtu: undefined, tooLong: true })
  })

  it('tells of nothing where it did not run', () => {
    expect(parsePing('ping: connect: Network is unreachable')).toEqual({
      sent: 0,
      received: 0,
      mtu: undefined,
      tooLong: false,
    })
  })
})
