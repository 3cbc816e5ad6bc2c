import type { PeerType } from '../sink.ts'
import type { Open } from '../wire/index.ts'
import type { SessionSettings } from './settings.ts'

/** What is known of a neighbour when its session ends. */
export interface DownContext {
  readonly settings: SessionSettings
  /** The name of its group, where the settings come from there. */
  readonly group: string | undefined
  /** The OPEN that the neighbour sent last. */
  readonly remote: Open | undefined
  readonly type: PeerType
}

/** A sentence on what to do. */
export type Advice = (context: DownContext) => string

/** Where in the configuration the settings of the neighbour are. */
export function where({ settings, group }: DownContext): string {
  return group === undefined
    ? `the neighbour ${settings.address} (bgp.neighbors)`
    : `the neighbour ${settings.address} (bgp.neighbors) or its group ${group} (bgp.neighborGroups)`
}

export function sentences(...parts: readonly (string | undefined)[]): string {
  return parts.filter(Boolean).join(' ')
}
