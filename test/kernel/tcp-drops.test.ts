import { describe, expect, it } from 'vitest'
import { parseTcpCounters, tcpCounters } from '../../src/kernel/tcp-drops.ts'

const TEXT = `TcpExt: SyncookiesSent TCPMD5NotFound TCPMinTTLDrop
TcpExt: 7 3 12
IpExt: InNoRoutes TCPMD5NotFound
IpExt: 1 99
`

describe("the kernel's counters of TCP", () => {
  it('are found by name, 0 where this kernel has none', () => {
    expect(parseTcpCounters(TEXT, ['TCPMinTTLDrop', 'TCPMD5NotFound', 'TCPMD5Failure'])).toEqual([12, 3, 0])
    expect(parseTcpCounters('', ['TCPMinTTLDrop'])).toEqual([0])
  })

  it('are those of the network namespace that we run in', () => {
    const [active] = tcpCounters(['TCPPureAcks'])!
    expect(Number.isInteger(active)).toBe(true)
  })
})
