import type { Entry } from '../entry.ts'

/** RFC 4271 §10 and what follows: timers, TCP, security. */
export const REST: readonly Entry[] = [
  {
    section: '10',
    n: 1,
    level: 'MUST',
    hash: '1328cac2d44a',
    says: 'The hold time can be set for each peer',
    shown: 'test/conformance/rfc4271-fsm.test.ts › timers › of hold are configured for each neighbour',
  },
  {
    section: '10',
    n: 2,
    level: 'SHOULD',
    hash: '042fb47d3f27',
    says: 'Timers have jitter',
    shown:
      'test/conformance/rfc4271-fsm.test.ts › timers › of KEEPALIVE and of dialling are 0.75 to 1 of their value, another random one each time',
  },
  {
    section: '10',
    n: 3,
    level: 'MUST',
    hash: 'cfbe247442d4',
    says: '… of 0.75 to 1',
    shown:
      'test/conformance/rfc4271-fsm.test.ts › timers › of KEEPALIVE and of dialling are 0.75 to 1 of their value, another random one each time',
  },
  {
    section: '10',
    n: 4,
    level: 'SHOULD',
    hash: '6a09dcadea0f',
    says: '… another one each time',
    shown:
      'test/conformance/rfc4271-fsm.test.ts › timers › of KEEPALIVE and of dialling are 0.75 to 1 of their value, another random one each time',
  },
  {
    section: 'A',
    n: 1,
    level: 'MUST',
    hash: 'bcc6e50b48bc',
    says: 'TCP MD5 is supported',
    shown: [
      'test/bgp/session/protection.ns.test.ts › TCP MD5 with BIRD › signs sessions of both families with a BIRD that we dial',
      'test/bgp/session/protection.ns.test.ts › TCP MD5 with BIRD › holds a neighbour with another password, or none, off the port',
    ],
  },
  {
    section: 'E',
    n: 1,
    level: 'SHOULD',
    hash: '400583565c53',
    says: 'Messages are sent with PUSH',
    shown: [
      'test/conformance/tcp.ns.test.ts › TCP segments with messages › have DSCP CS6 and PUSH on connections that we opened, of both families',
      'test/conformance/tcp.ns.test.ts › TCP segments with messages › have DSCP CS6 and PUSH on connections that the neighbour opened, of both families',
    ],
  },
  {
    section: 'E',
    n: 2,
    level: 'SHOULD',
    hash: '780ca3b6dd99',
    says: 'The connection has DSCP bits 110',
    shown: [
      'test/conformance/tcp.ns.test.ts › TCP segments with messages › have DSCP CS6 and PUSH on connections that we opened, of both families',
      'test/conformance/tcp.ns.test.ts › TCP segments with messages › have DSCP CS6 and PUSH on connections that the neighbour opened, of both families',
    ],
  },
  {
    section: 'E',
    n: 3,
    level: 'MUST',
    hash: 'c339589888c8',
    says: 'TCP MD5 is supported',
    shown: [
      'test/bgp/session/protection.ns.test.ts › TCP MD5 with BIRD › signs sessions of both families with a BIRD that we dial',
      'test/bgp/session/protection.ns.test.ts › TCP MD5 with BIRD › holds a neighbour with another password, or none, off the port',
    ],
  },
  {
    section: 'Security Considerations',
    n: 1,
    level: 'MUST',
    hash: 'b5c51ac95ea6',
    says: 'TCP MD5 is supported',
    shown: [
      'test/bgp/session/protection.ns.test.ts › TCP MD5 with BIRD › signs sessions of both families with a BIRD that dials us',
      'test/bgp/session/protection.ns.test.ts › TCP MD5 with BIRD › holds a neighbour with another password, or none, off the port',
    ],
  },
]
