import { describe, expect, it } from 'vitest'
import type { Speaker } from '../../src/bgp/index.ts'
import { Operations } from '../../src/engine/operations.ts'
import { Pauses } from '../../src/engine/pauses.ts'
import type { Bgp } from '../../src/model/config-bgp.ts'
import { CausewayError } from '../../src/model/errors.ts'
import { ManualClock } from '../../src/net/manual-clock.ts'

const BGP: Bgp = { localAs: 64512, routerId: '10.0.0.1', neighborGroups: [{ name: 'nodes' }] }

/** Operations on a speaker that answers by the address. */
function operations(clock = new ManualClock()): Operations {
  const outcomes: Record<string, string> = { '10.0.0.2': 'asked', '10.0.0.3': 'down', '10.0.0.4': 'disabled' }
  const speaker = {
    refresh: (address: string) => outcomes[address] ?? 'unknown',
    reset: (address: string) => outcomes[address] ?? 'unknown',
    *migration(group: string) {
      for (let step = 0; step < 20; step++) {
        clock.advance(1)
        yield
      }
      return { group }
    },
  }
  return new Operations(speaker as unknown as Speaker, new Pauses(clock), () => BGP)
}

function refusal(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    if (error instanceof CausewayError) return `${error.code}: ${error.problem.detail}`
  }
  return 'not refused'
}

describe('operations on sessions', () => {
  it('say what was done, by the canonical address', () => {
    expect(operations().refresh({ address: '10.0.0.2', direction: 'in' })).toEqual({ outcome: 'asked' })
  })

  it('take a pause where they take long', async () => {
    let turns = 0
    const count = () => {
      turns++
      next = setImmediate(count)
    }
    let next = setImmediate(count)
    expect(await operations().migration('nodes', undefined)).toEqual({ group: 'nodes' })
    clearImmediate(next)
    expect(turns).toBeGreaterThanOrEqual(3)
  })

  it('are refused with what is so and what to do', () => {
    const own = operations()
    expect(refusal(() => own.refresh({ address: '10.0.0.9', direction: 'in' }))).toBe(
      'neighbor-not-found: No BGP neighbour has the address 10.0.0.9.',
    )
    expect(
      refusal(() => own.refresh({ address: '10.0.0.3', direction: 'out', family: 'ipv6-unicast' })),
    ).toBe(
      'neighbor-down: There is no session for ipv6-unicast with 10.0.0.3, so nothing can be said over it.',
    )
    expect(refusal(() => own.reset({ address: '10.0.0.4' }))).toContain('neighbor-disabled')
    expect(refusal(() => own.migration('racks', undefined))).toBe(
      'neighbor-group-not-found: No BGP neighbour group has the name racks.',
    )
  })
})
