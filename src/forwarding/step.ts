import type { KernelChange } from '../kernel/objects.ts'

/** One thing to do, and what it is done for. */
export interface Step {
  /** What a person calls it: 'interface vxlan1', 'address 10.0.0.1/24 on eth0'. */
  readonly object: string
  /** Which of its properties is set, where it has several: 'MTU 1450'; '' for the object itself. */
  readonly detail: string
  /** What the kernel has in its place: 'missing', 'MTU 1400'. */
  readonly seen: string
  readonly change: KernelChange
  /** The object is ours from now on, or is gone. */
  readonly effect?: 'creates' | 'removes'
  /** What was there before us, to be put back when the configuration no longer speaks of it. */
  readonly finds?: { readonly key: string; readonly value: string }
}

/** Something that stands in the way, which no change of ours to the kernel can cure. */
export interface Problem {
  readonly object: string
  readonly error: string
}
