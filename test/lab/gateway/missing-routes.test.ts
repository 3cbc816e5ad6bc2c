import { describe, expect, it } from 'vitest'
import { whyMissing } from '../../../src/lab/gateway/missing-routes.ts'

/** A box that answers so. */
const box = (answers: Readonly<Record<string, unknown>>) => ({
  get: async (path: string) => answers[path],
})

describe('a route that the box does not have', () => {
  it('comes with what the box says of it and of its sessions', async () => {
    const told = await whyMissing(
      box({
        '/api/v1/bgp/neighbors': [
          { address: '192.0.2.1', state: 'Established' },
          {
            address: '192.0.2.2',
            state: 'Idle',
            lastDown: { at: '2026-01-02T03:04:05Z', reason: 'Hold timer expired.' },
          },
        ],
        '/api/v1/bgp/routes/10.0.0.0%2F24': {
          installation: 'Not installed: no path can be used.',
          paths: [{ neighbor: '192.0.2.1', reason: 'The next hop cannot be reached.' }],
        },
        '/api/v1/bgp/routes/10.1.0.0%2F24': { status: 404, detail: 'BGP has no path to 10.1.0.0/24.' },
      }),
      ['10.0.0.0/24', '10.1.0.0/24'],
    )
    expect(told).toEqual([
      'Not installed: no path can be used. 192.0.2.1: The next hop cannot be reached.',
      'BGP has no path to 10.1.0.0/24.',
      'The session with 192.0.2.1 is Established.',
      'The session with 192.0.2.2 is Idle. It was down at 2026-01-02T03:04:05Z: Hold timer expired.',
    ])
  })
})
