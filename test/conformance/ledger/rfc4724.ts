import type { Ledger } from '../entry.ts'

export const RFC4724: Ledger = {
  rfc: 4724,
  title: 'Graceful Restart Mechanism for BGP',
  counts: { '3': 5, '4': 3, '4.1': 7, '4.2': 11, '5': 2 },
  entries: [
    {
      section: '3',
      n: 1,
      level: 'MUST NOT',
      hash: 'c93e487794c3',
      says: 'Who has restarted is told routes without waiting for its End-of-RIB',
      shown:
        'test/conformance/rfc4724.test.ts › the OPEN of a neighbour › that says it has restarted is told our routes at once, before its End-of-RIB',
    },
    {
      section: '3',
      n: 2,
      level: 'MUST',
      hash: 'd03c50f0ff13',
      says: 'Reserved restart flags are sent as 0 and ignored',
      shown: [
        'test/conformance/rfc4724.test.ts › our OPEN › has graceful restart once, its flags but R, N and F zero',
        'test/conformance/rfc4724.test.ts › the OPEN of a neighbour › may have all reserved bits set',
      ],
    },
    {
      section: '3',
      n: 3,
      level: 'MUST',
      hash: 'd03c50f0ff13',
      says: 'Reserved flags of a family are sent as 0 and ignored',
      shown: [
        'test/conformance/rfc4724.test.ts › our OPEN › has graceful restart once, its flags but R, N and F zero',
        'test/conformance/rfc4724.test.ts › the OPEN of a neighbour › may have all reserved bits set',
      ],
    },
    {
      section: '3',
      n: 4,
      level: 'MUST NOT',
      hash: 'bb199c5a8ce7',
      says: 'The capability stands once in an OPEN',
      shown:
        'test/conformance/rfc4724.test.ts › our OPEN › has graceful restart once, its flags but R, N and F zero',
    },
    {
      section: '3',
      n: 5,
      level: 'MUST',
      hash: '595a056afe30',
      says: 'Of several the last counts',
      shown:
        'test/conformance/rfc4724.test.ts › the OPEN of a neighbour › that says graceful restart twice means the second',
    },
    {
      section: '4',
      n: 1,
      level: 'MUST',
      hash: '7fe7485ecf6c',
      says: 'End-of-RIB follows the first table of each family, also an empty one',
      shown:
        'test/conformance/rfc4724.test.ts › End-of-RIB › ends the first table of each family, also where that is empty',
    },
    {
      section: '4',
      n: 2,
      level: 'MUST',
      hash: '0f97b86ca2a6',
      says: 'A NOTIFICATION ends the session as ever, and its routes',
      shown: [
        'test/conformance/rfc4724.test.ts › the end of a session › withdraws everything where it sends a NOTIFICATION',
        'test/conformance/rfc4724.test.ts › the end of a session › withdraws everything where we send one',
      ],
    },
    {
      section: '4',
      n: 3,
      level: 'MUST',
      hash: 'dbb1d3d5105f',
      says: 'Both sides follow the procedures of the sections below',
      shown: [
        'test/conformance/rfc4724.test.ts › our own restart › chooses nothing before End-of-RIB of all who have not restarted themselves and know of it',
        'test/conformance/rfc4724.test.ts › a neighbour whose TCP dies › and comes back has its new routes take the place of the old, and the rest go with End-of-RIB',
      ],
    },
    {
      section: '4.1',
      n: 1,
      level: 'MUST',
      hash: 'da8c517556b3',
      says: 'After our restart forwarding goes on with what the kernel has, as stale',
      shown:
        'test/engine/engine.ns.test.ts › the engine › killed and started again loses no packet, flaps no route, and its sessions return',
    },
    {
      section: '4.1',
      n: 2,
      level: 'MUST NOT',
      hash: '8b1cb0b523e7',
      says: '… without a difference in forwarding',
      shown:
        'test/engine/engine.ns.test.ts › the engine › killed and started again loses no packet, flaps no route, and its sessions return',
    },
    {
      section: '4.1',
      n: 3,
      level: 'MUST',
      hash: 'b20c756a4fc9',
      says: 'Our OPEN says R after a restart',
      shown:
        'test/conformance/rfc4724.test.ts › our own restart › is said in the OPEN with R, and that the kernel went on forwarding with F',
    },
    {
      section: '4.1',
      n: 4,
      level: 'MUST',
      hash: 'e7dc91ce698f',
      says: 'The choice waits for End-of-RIB of all who have it and have not restarted themselves, or for a time',
      shown: [
        'test/conformance/rfc4724.test.ts › our own restart › chooses nothing before End-of-RIB of all who have not restarted themselves and know of it',
        'test/conformance/rfc4724.test.ts › our own restart › waits no longer than a time that is configured, then tells its routes and End-of-RIB',
      ],
    },
    {
      section: '4.1',
      n: 5,
      level: 'MUST',
      hash: '93d1078f9115',
      says: 'After the choice forwarding is brought up to date, and what is stale goes',
      shown: [
        'test/conformance/rfc4724.test.ts › our own restart › waits no longer than a time that is configured, then tells its routes and End-of-RIB',
        'test/forwarding/fib.test.ts › what an earlier run left › stays until the sweep, then goes with its objects where nobody asked for it',
      ],
    },
    {
      section: '4.1',
      n: 6,
      level: 'MUST',
      hash: '28e267239153',
      says: 'Then End-of-RIB is sent',
      shown:
        'test/conformance/rfc4724.test.ts › our own restart › waits no longer than a time that is configured, then tells its routes and End-of-RIB',
    },
    {
      section: '4.1',
      n: 7,
      level: 'MUST',
      hash: 'eb83e2564d95',
      says: 'The time that the choice waits at most can be configured',
      shown:
        'test/conformance/rfc4724.test.ts › our own restart › waits no longer than a time that is configured, then tells its routes and End-of-RIB',
    },
    {
      section: '4.2',
      n: 1,
      level: 'MUST',
      hash: '1c2f4e3e5078',
      says: 'A new connection of a neighbour with graceful restart means that the old one is dead',
      shown:
        'test/conformance/rfc4724.test.ts › a neighbour whose TCP dies › without us noticing has its old connection closed when it opens a new one',
    },
    {
      section: '4.2',
      n: 2,
      level: 'MUST',
      hash: 'd1f45213c59d',
      says: 'The old connection is closed, the new one stays',
      shown:
        'test/conformance/rfc4724.test.ts › a neighbour whose TCP dies › without us noticing has its old connection closed when it opens a new one',
    },
    {
      section: '4.2',
      n: 3,
      level: 'MUST',
      hash: '0092d8edb0b3',
      says: 'When its TCP dies its routes are kept and marked as stale',
      shown:
        'test/conformance/rfc4724.test.ts › a neighbour whose TCP dies › has its routes kept as they are: marked, used, and told to others without a change',
    },
    {
      section: '4.2',
      n: 4,
      level: 'MUST',
      hash: '2f13def63770',
      says: 'What was stale before from an earlier restart is deleted',
      shown:
        'test/conformance/rfc4724.test.ts › a neighbour whose TCP dies › a second time before all was said again loses what was kept from the first time',
    },
    {
      section: '4.2',
      n: 5,
      level: 'MUST NOT',
      hash: 'cfd4995c0427',
      says: 'Stale routes are used like others',
      shown:
        'test/conformance/rfc4724.test.ts › a neighbour whose TCP dies › has kept routes compete with others like any route',
    },
    {
      section: '4.2',
      n: 6,
      level: 'MUST NOT',
      hash: 'b0c1057a3395',
      says: 'We do not say R where we have not restarted',
      shown:
        'test/conformance/rfc4724.test.ts › our OPEN › does not say that we have restarted where only the session did',
    },
    {
      section: '4.2',
      n: 7,
      level: 'MUST',
      hash: 'c445a3dcd858',
      says: "What is stale goes when the neighbour's restart time is over",
      shown:
        'test/conformance/rfc4724.test.ts › a neighbour whose TCP dies › and does not come back within its restart time loses them',
    },
    {
      section: '4.2',
      n: 8,
      level: 'MUST',
      hash: '69214e44e659',
      says: 'It goes at once where forwarding state, family or capability are not there any more',
      shown: [
        'test/conformance/rfc4724.test.ts › a neighbour whose TCP dies › and comes back, but did not keep its forwarding state, loses them at once',
        'test/conformance/rfc4724.test.ts › a neighbour whose TCP dies › and comes back, but does not name the family, loses them at once',
        'test/conformance/rfc4724.test.ts › a neighbour whose TCP dies › and comes back, but has no graceful restart any more, loses them at once',
      ],
    },
    {
      section: '4.2',
      n: 9,
      level: 'MUST',
      hash: '1530f2d180e0',
      says: 'The helper sends End-of-RIB, also where there is nothing to send',
      shown: [
        'test/conformance/rfc4724.test.ts › End-of-RIB › ends the first table of each family, also where that is empty',
        'test/conformance/rfc4724.test.ts › the OPEN of a neighbour › that says it has restarted is told our routes at once, before its End-of-RIB',
      ],
    },
    {
      section: '4.2',
      n: 10,
      level: 'MUST',
      hash: '10371a5f8bc5',
      says: 'Routes that come again replace the stale ones',
      shown:
        'test/conformance/rfc4724.test.ts › a neighbour whose TCP dies › and comes back has its new routes take the place of the old, and the rest go with End-of-RIB',
    },
    {
      section: '4.2',
      n: 11,
      level: 'MUST',
      hash: '65d5faa78086',
      says: 'At End-of-RIB what is still stale goes at once',
      shown:
        'test/conformance/rfc4724.test.ts › a neighbour whose TCP dies › and comes back has its new routes take the place of the old, and the rest go with End-of-RIB',
    },
    {
      section: '5',
      n: 1,
      level: 'MUST',
      hash: '899a5e282b43',
      says: 'The text of RFC 4271 §8.2.2 that is replaced: a second connection is tracked until its OPEN',
      shown:
        'test/conformance/rfc4271-fsm.test.ts › a TCP connection › beside an established session is kept until it sends its OPEN, and then closed',
    },
    {
      section: '5',
      n: 2,
      level: 'MUST',
      hash: 'b0e4dc693128',
      says: 'Without graceful restart a second connection is tracked until it sends its OPEN',
      shown:
        'test/conformance/rfc4271-fsm.test.ts › a TCP connection › beside an established session is kept until it sends its OPEN, and then closed',
    },
  ],
}
