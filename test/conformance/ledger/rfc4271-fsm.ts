import type { Entry } from '../entry.ts'

/** RFC 4271 §8: the state machine. */
export const FSM: readonly Entry[] = [
  {
    section: '8.1.2',
    n: 1,
    level: 'SHOULD',
    hash: '098cda6ce39b',
    says: 'Which optional attributes go with which start',
    shown: [
      'test/conformance/rfc4271-fsm.test.ts › a start › by hand dials the neighbour at once',
      'test/conformance/rfc4271-fsm.test.ts › a start › by hand of a passive neighbour dials nobody, and takes the first connection without delay',
      'test/conformance/rfc4271-fsm.test.ts › a start › of itself after an error waits for the end of idle hold, and then dials',
    ],
  },
  {
    section: '8.1.2',
    n: 2,
    level: 'SHOULD',
    hash: 'ef89c84e292b',
    says: 'A start by hand is not passive',
    shown: 'test/conformance/rfc4271-fsm.test.ts › a start › by hand dials the neighbour at once',
  },
  {
    section: '8.1.2',
    n: 3,
    level: 'SHOULD',
    hash: '59d357387bdb',
    says: 'A start of itself needs AllowAutomaticStart',
    shown:
      'test/conformance/rfc4271-fsm.test.ts › a start › of itself after a changed configuration dials without any idle hold',
  },
  {
    section: '8.1.2',
    n: 4,
    level: 'SHOULD',
    hash: 'b4f806500daf',
    says: '… is not passive',
    shown:
      'test/conformance/rfc4271-fsm.test.ts › a start › of itself after a changed configuration dials without any idle hold',
  },
  {
    section: '8.1.2',
    n: 5,
    level: 'SHOULD',
    hash: '6cad7cacaa03',
    says: '… and not damped',
    shown:
      'test/conformance/rfc4271-fsm.test.ts › a start › of itself after a changed configuration dials without any idle hold',
  },
  {
    section: '8.1.2',
    n: 6,
    level: 'SHOULD',
    hash: 'd9ac5cc6fc4a',
    says: 'A passive start by hand waits for the neighbour',
    shown:
      'test/conformance/rfc4271-fsm.test.ts › a start › by hand of a passive neighbour dials nobody, and takes the first connection without delay',
  },
  {
    section: '8.1.2',
    n: 7,
    level: 'SHOULD',
    hash: 'e01d6ccb9cfd',
    says: '… and is not damped',
    shown:
      'test/conformance/rfc4271-fsm.test.ts › a start › by hand of a passive neighbour dials nobody, and takes the first connection without delay',
  },
  {
    section: '8.1.2',
    n: 8,
    level: 'SHOULD',
    hash: '069824db9ac4',
    says: 'A passive start of itself needs AllowAutomaticStart',
    shown:
      'test/conformance/rfc4271-fsm.test.ts › a start › of itself after a changed configuration of a passive neighbour waits for it without any idle hold',
  },
  {
    section: '8.1.2',
    n: 9,
    level: 'SHOULD',
    hash: '9f7ea41d2f0a',
    says: '… is passive',
    shown:
      'test/conformance/rfc4271-fsm.test.ts › a start › of itself after a changed configuration of a passive neighbour waits for it without any idle hold',
  },
  {
    section: '8.1.2',
    n: 10,
    level: 'SHOULD',
    hash: '8a52e2cd1ddf',
    says: '… and not damped',
    shown:
      'test/conformance/rfc4271-fsm.test.ts › a start › of itself after a changed configuration of a passive neighbour waits for it without any idle hold',
  },
  {
    section: '8.1.2',
    n: 11,
    level: 'SHOULD',
    hash: '069824db9ac4',
    says: 'A damped start of itself needs AllowAutomaticStart',
    shown:
      'test/conformance/rfc4271-fsm.test.ts › a start › of itself after an error waits for the end of idle hold, and then dials',
  },
  {
    section: '8.1.2',
    n: 12,
    level: 'SHOULD',
    hash: '5ccf2d21f5c3',
    says: '… is damped',
    shown: [
      'test/conformance/rfc4271-fsm.test.ts › a start › of itself after an error waits for the end of idle hold, and then dials',
      'test/bgp/session/session.test.ts › timers › double idle hold from error to error up to a minute, and forget it after a stable session',
    ],
  },
  {
    section: '8.1.2',
    n: 13,
    level: 'SHOULD',
    hash: 'd9b9f971023c',
    says: '… and is not passive',
    shown:
      'test/conformance/rfc4271-fsm.test.ts › a start › of itself after an error waits for the end of idle hold, and then dials',
  },
  {
    section: '8.1.2',
    n: 14,
    level: 'SHOULD',
    hash: 'cbfa7e1e07ff',
    says: 'A damped passive start of itself needs AllowAutomaticStart',
    shown:
      'test/conformance/rfc4271-fsm.test.ts › a start › of itself after an error of a passive neighbour waits for the end of idle hold, and then takes its connection',
  },
  {
    section: '8.1.2',
    n: 15,
    level: 'SHOULD',
    hash: '5ccf2d21f5c3',
    says: '… is damped',
    shown:
      'test/conformance/rfc4271-fsm.test.ts › a start › of itself after an error of a passive neighbour waits for the end of idle hold, and then takes its connection',
  },
  {
    section: '8.1.2',
    n: 16,
    level: 'SHOULD',
    hash: '081c9d2d1646',
    says: '… and passive',
    shown:
      'test/conformance/rfc4271-fsm.test.ts › a start › of itself after an error of a passive neighbour waits for the end of idle hold, and then takes its connection',
  },
  {
    section: '8.1.2',
    n: 17,
    level: 'SHOULD',
    hash: '0d282797d459',
    says: 'A stop of itself needs AllowAutomaticStop',
    shown: [
      'test/bgp/neighbor/prefix-limits.test.ts › a limit on prefixes › ends the session with Cease, the family and the limit in it, and keeps it down until an operator clears it',
      'test/bgp/neighbor/prefix-limits.test.ts › a limit on prefixes › only says so, once, where its action is warn',
    ],
  },
  {
    section: '8.1.3',
    n: 1,
    level: 'SHOULD',
    hash: '819210ff0f54',
    says: 'DelayOpenTimer expires: DelayOpen is on',
    gap: 'DelayOpen is optional and not there: the OPEN goes out as soon as TCP is up.',
  },
  {
    section: '8.1.3',
    n: 2,
    level: 'SHOULD',
    hash: '2ec298cbe607',
    says: '… DelayOpenTime is supported',
    gap: 'DelayOpen is optional and not there.',
  },
  {
    section: '8.1.3',
    n: 3,
    level: 'SHOULD',
    hash: '8bb95cce6c92',
    says: '… DelayOpenTimer is supported',
    gap: 'DelayOpen is optional and not there.',
  },
  {
    section: '8.1.3',
    n: 4,
    level: 'SHOULD',
    hash: '6f87d7409a3d',
    says: 'IdleHoldTimer expires: DampPeerOscillations is on',
    shown:
      'test/conformance/rfc4271-fsm.test.ts › a start › of itself after an error waits for the end of idle hold, and then dials',
  },
  {
    section: '8.1.3',
    n: 5,
    level: 'SHOULD',
    hash: 'eeac8de5bcab',
    says: '… IdleHoldTimer has just expired',
    shown:
      'test/conformance/rfc4271-fsm.test.ts › a start › of itself after an error waits for the end of idle hold, and then dials',
  },
  {
    section: '8.1.4',
    n: 1,
    level: 'SHOULD',
    hash: '32c9d4e594a6',
    says: 'The port is 179 where a connection is taken',
    shown:
      'test/conformance/rfc4271-fsm.test.ts › a TCP connection › goes to port 179, and one to port 179 is taken',
  },
  {
    section: '8.1.4',
    n: 2,
    level: 'SHOULD',
    hash: '8b4100413281',
    says: 'A connection request as an event of its own needs TrackTcpState',
    gap: 'TrackTcpState is optional and not there: the kernel answers a SYN, and the state machine sees connections that are up.',
  },
  {
    section: '8.1.4',
    n: 3,
    level: 'SHOULD',
    hash: '954f1c32e0db',
    says: 'The port is 179 where a connection is refused',
    shown:
      'test/conformance/rfc4271-fsm.test.ts › a TCP connection › goes to port 179, and one to port 179 is taken',
  },
  {
    section: '8.1.5',
    n: 1,
    level: 'SHOULD',
    hash: '017f702aad3b',
    says: 'An OPEN in order comes without DelayOpen',
    shown:
      'test/conformance/rfc4271-fsm.test.ts › a TCP connection › gets our OPEN in the moment that it is there, whoever opened it',
  },
  {
    section: '8.1.5',
    n: 2,
    level: 'SHOULD',
    hash: '6a8bc48af950',
    says: '… and with no DelayOpenTimer running',
    shown:
      'test/conformance/rfc4271-fsm.test.ts › a TCP connection › gets our OPEN in the moment that it is there, whoever opened it',
  },
  {
    section: '8.1.5',
    n: 3,
    level: 'SHOULD',
    hash: '6c109eb9fa37',
    says: 'An OPEN during the delay: DelayOpen is on',
    gap: 'DelayOpen is optional and not there.',
  },
  {
    section: '8.1.5',
    n: 4,
    level: 'SHOULD',
    hash: '23279a039f03',
    says: '… and its timer runs',
    gap: 'DelayOpen is optional and not there.',
  },
  {
    section: '8.1.5',
    n: 5,
    level: 'SHOULD',
    hash: 'e105f6c01fe6',
    says: 'A collision that ends an established session needs CollisionDetectEstablishedState',
    gap: 'CollisionDetectEstablishedState is optional and not there: an established session stays (but see RFC 4724 §4.2).',
  },
  {
    section: '8.2.1',
    n: 1,
    level: 'MUST',
    hash: 'b76763b07025',
    says: 'A state machine for each peer',
    shown:
      'test/conformance/rfc4271-fsm.test.ts › a TCP connection › has a state machine of its own for each neighbour, and for each that comes in',
  },
  {
    section: '8.2.1',
    n: 2,
    level: 'MUST',
    hash: 'f1c24f5effd4',
    says: 'Dials port 179, and listens on it',
    shown:
      'test/conformance/rfc4271-fsm.test.ts › a TCP connection › goes to port 179, and one to port 179 is taken',
  },
  {
    section: '8.2.1',
    n: 3,
    level: 'MUST',
    hash: 'e4d18743f658',
    says: 'A state machine for each incoming connection',
    shown:
      'test/conformance/rfc4271-fsm.test.ts › a TCP connection › has a state machine of its own for each neighbour, and for each that comes in',
  },
  {
    section: '8.2.1.2',
    n: 1,
    level: 'SHOULD',
    hash: '1350abe88fde',
    says: 'After a collision the state machine of the closed connection is gone',
    shown:
      'test/conformance/rfc4271-fsm.test.ts › connections that collide › leave nothing of the one that is closed: its timers end nothing and dial nobody',
  },
  {
    section: '8.2.2',
    n: 1,
    level: 'SHOULD',
    hash: '06acea0f1531',
    says: 'ConnectRetryTimer is long enough for TCP to come up',
    shown:
      'test/bgp/session/session.test.ts › a session that dials › gives up an attempt that nobody answers, and tries anew',
  },
  {
    section: '8.2.2',
    n: 2,
    level: 'MUST',
    hash: '899a5e282b43',
    says: 'A second connection is tracked until it sends its OPEN',
    shown:
      'test/conformance/rfc4271-fsm.test.ts › a TCP connection › beside an established session is kept until it sends its OPEN, and then closed',
  },
]
