import type { BgpNeighborState } from '../../model/state.ts'
import type { BgpRoute } from '../../model/state-bgp.ts'
import type { Box } from './box.ts'

/** What the box itself says of prefixes that its kernel has no route for, and of its sessions: sentences. */
export async function whyMissing(box: Pick<Box, 'get'>, prefixes: readonly string[]): Promise<string[]> {
  const neighbors = (await box.get('/api/v1/bgp/neighbors')) as readonly BgpNeighborState[]
  const routes = await Promise.all(
    prefixes.map(async prefix => {
      const answer = await box.get(`/api/v1/bgp/routes/${encodeURIComponent(prefix)}`)
      return ofRoute(answer as Partial<BgpRoute> & { readonly detail?: string })
    }),
  )
  return [...routes, ...neighbors.map(ofSession)]
}

/** A route, or the problem details (RFC 9457) that stand in its place. */
function ofRoute({
  installation,
  paths = [],
  detail,
}: Partial<BgpRoute> & { readonly detail?: string }): string {
  const told = paths.map(({ neighbor = 'own', reason }) => `${neighbor}: ${reason}`)
  return [installation ?? detail ?? 'The box does not say why.', ...told].join(' ')
}

function ofSession({ address, state, lastDown }: BgpNeighborState): string {
  const before = lastDown ? ` It was down at ${lastDown.at}: ${lastDown.reason}` : ''
  return `The session with ${address} is ${state}.${before}`
}
