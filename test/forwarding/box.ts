import { type DesiredState, Fib, Reconciler } from '../../src/forwarding/index.ts'
import { openKernel } from '../../src/kernel/index.ts'
import { systemClock } from '../../src/net/clock.ts'
import type { ResolvedNexthops } from '../../src/routing/index.ts'

/** What a box is told on its standard input. */
export interface BoxOrders {
  readonly stateDirectory: string
  readonly desired: DesiredState
  readonly nexthops: ResolvedNexthops
  /** Prefixes of 24 bits below 10.64.0.0/10 that go there. */
  readonly routes: number
}

/** A process with reconciler and FIB, to be killed: says 'begins' and then 'done', and stays. */
let text = ''
for await (const chunk of process.stdin) text += chunk
const { stateDirectory, desired, nexthops, routes } = JSON.parse(text) as BoxOrders
const kernel = await openKernel()
const parts = { kernel, clock: systemClock, log: () => {} }
process.stdout.write('begins\n')
const fib = new Fib(parts)
await fib.start()
await new Reconciler({ ...parts, stateDirectory }).setDesired(desired)
for (let i = 0; i < routes; i++) fib.set(4, Uint8Array.of(10, 64 + (i >> 8), i & 255), 0, 24, nexthops)
await fib.flushed()
process.stdout.write('done\n')
