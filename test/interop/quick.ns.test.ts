import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Bench, PEERS, type PeerName } from './bench.ts'
import { CASES, tryCase } from './matrix.ts'

/** Rows of the matrix that are over in a second or two: the whole of it is `npm run interop`. */
const QUICK = [
  ...['ipv4', 'ipv6', 'both-families', 'ibgp', 'as4', 'md5', 'gtsm', 'dynamic', 'refresh-theirs'],
  ...[
    'enhanced-refresh',
    'gr-helper',
    'gr-restarting',
    'add-path-send',
    'communities',
    'reflect',
    'cluster-loop',
  ],
]

const NEEDS: Partial<Record<PeerName, string>> = { frr: '/usr/bin/vtysh' }

describe.each(['bird', 'frr'] as const)('with %s', peer => {
  const needed = NEEDS[peer]
  describe.skipIf(needed !== undefined && !existsSync(needed))(`that is installed`, () => {
    let bench: Bench

    beforeAll(async () => {
      bench = await Bench.start(peer)
    })
    afterAll(() => bench.stop())

    it.each(CASES.filter(({ name }) => QUICK.includes(name)))(
      `${PEERS[peer].program.name}: $title`,
      async one => {
        const { cell, logs } = await tryCase(bench, one)
        expect(cell.result, [cell.evidence, ...logs].join('\n')).toBe('yes')
      },
    )
  })
})
