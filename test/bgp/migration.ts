import type { Speaker } from '../../src/bgp/index.ts'
import type { MigrationState } from '../../src/model/state.ts'

/** What a speaker says of the group `nodes`, asked without a pause. */
export function migration({ speaker }: { readonly speaker: Speaker }, nodes?: number): MigrationState {
  const work = speaker.migration('nodes', nodes)
  for (;;) {
    const { done, value } = work.next()
    if (done) return value
  }
}
