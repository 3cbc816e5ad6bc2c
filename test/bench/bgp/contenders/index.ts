import { bird } from './bird.ts'
import { causeway } from './causeway.ts'
import type { Contender } from './contender.ts'
import { frr, frrTuned } from './frr.ts'
import { gobgp } from './gobgp.ts'
import { openbgpd } from './openbgpd.ts'

/** By the names that they have in options and tables. */
export const CONTENDERS: Readonly<Record<string, Contender>> = {
  causeway,
  bird,
  frr,
  'frr-tuned': frrTuned,
  openbgpd,
  gobgp,
}

export { bundleCauseway } from './causeway.ts'
export type { Contender, RunningSpeaker, Setting } from './contender.ts'
