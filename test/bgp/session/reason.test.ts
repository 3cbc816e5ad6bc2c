import { describe, expect, it } from 'vitest'
import type { Down } from '../../../src/bgp/session/down.ts'
import type { Drops } from '../../../src/bgp/session/drops.ts'
import { type DownContext, explainDown } from '../../../src/bgp/session/reason.ts'
import type { SessionSettings } from '../../../src/bgp/session/settings.ts'
import { NOTIFICATION_TABLE, type Open } from '../../../src/bgp/wire/index.ts'
import { SESSION } from './settings.ts'

const OPEN: Open = { as: 64999, holdTime: 90, routerId: 1, capabilities: { families: [] } }

function why(down: Down, settings: Partial<SessionSettings> = {}, more: Partial<DownContext> = {}): string {
  return explainDown(down, {
    settings: { ...SESSION, ...settings },
    group: undefined,
    remote: OPEN,
    type: 'eBGP',
    ...more,
  })
}

const notification = (code: number, subcode: number, ...data: number[]) => ({
  code,
  subcode,
  data: Uint8Array.from(data),
})

const attempt = (code: string, drops?: Partial<Drops>): Down => ({
  kind: 'tcp',
  code,
  message: 'no answer',
  phase: 'Connect',
  drops: drops && { unsigned: 0, signed: 0, wronglySigned: 0, tooFar: 0, ...drops },
})

describe('why a session is down', () => {
  const codes = Object.entries(NOTIFICATION_TABLE).flatMap(([code, row]) =>
    [0, ...Object.keys(row.subcodes).map(Number)].map(subcode => [Number(code), subcode] as const),
  )

  it.each(codes)('is told of NOTIFICATION %i/%i in whole sentences, sent and received', (code, subcode) => {
    for (const kind of ['sent', 'received'] as const) {
      const text = why({ kind, notification: notification(code, subcode) })
      expect(text).toMatch(/^[A-Z].*\.$/)
      expect(text).not.toMatch(/undefined|\.\.|NaN/)
    }
  })

  it('names the AS to write, here and in the nodes', () => {
    const text = why({ kind: 'sent', notification: notification(2, 2) })
    expect(text).toMatch(
      /^The neighbour is in AS 64999, the configuration says AS 64513\. Set remoteAs: 64999/,
    )
    expect(text).toContain('Calico: asNumber of the BGPConfiguration')
    const theirs = why({ kind: 'received', notification: notification(2, 2) })
    expect(theirs).toMatch(/We are AS 64512: name this AS/)
    expect(theirs).toContain('Cilium: peerASN in the CiliumBGPClusterConfig')
  })

  it('names the capabilities that a neighbour needs', () => {
    expect(
      why({ kind: 'received', notification: notification(2, 7, 1, 4, 0, 2, 0, 1, 65, 4, 0, 0, 0, 1) }),
    ).toContain('What is needed: multiprotocol (ipv6-unicast), four-octet AS.')
  })

  it('names the role that goes with ours', () => {
    const remote = { ...OPEN, capabilities: { families: [], role: 4 } }
    expect(
      why({ kind: 'sent', notification: notification(2, 11) }, { role: 'provider' }, { remote }),
    ).toMatch(/announces the role peer, and we are provider .*its role must be customer/)
    expect(why({ kind: 'received', notification: notification(2, 11) }, { role: 'rs' })).toContain(
      'its role must be rs-client',
    )
  })

  it('tells a silent neighbour’s possible passwords, and what the kernel has seen before that', () => {
    expect(why(attempt('ETIMEDOUT'), { password: 'hush' })).toMatch(/that it has the same password \(Calico/)
    const text = why(attempt('ETIMEDOUT', { wronglySigned: 3, signed: 2 }), { password: 'hush' })
    expect(text).toBe(
      'No TCP connection to 10.0.0.2 (ETIMEDOUT). Meanwhile the kernel dropped, of all connections of this network namespace together, segments with a wrong MD5 signature: the passwords differ. Set password at the neighbour 10.0.0.2 (bgp.neighbors) to that of the neighbour (Calico: password of the BGPPeer; Cilium: authSecretRef of the CiliumBGPPeerConfig; MetalLB: passwordSecret of the BGPPeer; kube-router: --peer-router-passwords).',
    )
  })

  it.each([
    [{ unsigned: 1 }, { password: 'hush' }, /segments without the MD5 signature that password wants/],
    [{ signed: 4 }, {}, /segments with an MD5 signature that nobody here wants/],
    [{ tooFar: 4 }, { minimumTtl: 254, ttl: 255 }, /segments with a TTL below 254.*ttlSecurity: 2/],
  ])('says of dropped segments %j what they mean', (drops, settings, expected) => {
    const text = why(attempt('ETIMEDOUT', drops), settings)
    expect(text).toMatch(expected)
    expect(text).not.toContain('hush')
  })

  it('does not blame drops that cannot be of this session', () => {
    const text = why(attempt('ETIMEDOUT', { unsigned: 9, wronglySigned: 9, tooFar: 9 }))
    expect(text).not.toContain('dropped')
  })
})
