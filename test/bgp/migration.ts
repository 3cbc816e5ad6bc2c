import type { Speaker } from '../../src/bgp/index.ts'
import type { MigrationState } from '../../src/model/state.ts'
import { finish } from '../../src/net/steps.ts'

/** What a speaker says of the group `nodes`. */
export function migration({ speaker }: { readonly speaker: Speaker }, nodes?: number): MigrationState {
  return finish(speaker.migration('nodes', nodes))
}
