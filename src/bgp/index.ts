/** The BGP speaker. See `Speaker`. */

export type { LocalNexthop } from './export/nexthop.ts'
export type { RefreshOutcome, ResetOutcome } from './operations.ts'
export { type RehearsalOptions, rehearse } from './rehearsal/rehearse.ts'
export { DECISION_STEPS, type DecisionStep } from './rib/decision.ts'
export type { AdvertisedPath, RouteView, Wanted } from './route-view.ts'
export type { PathDescription, PathPlace, RouteRow, WantedPaths } from './routes.ts'
export type { Drops } from './session/drops.ts'
export type { NexthopChange, NexthopInterner, NexthopReachability, PeerType, RouteSink } from './sink.ts'
export { Slices, type Task } from './slices.ts'
export { Speaker } from './speaker.ts'
export type { SpeakerEvent, SpeakerOptions } from './speaker-options.ts'
export type {
  BgpTransport,
  Connection,
  ConnectionHandler,
  ConnectTarget,
  HopLimits,
  Listener,
  ListenKey,
  RouterDiscovery,
} from './transport.ts'
export {
  type Attributes,
  formatAsPath,
  formatCommunity,
  formatExtendedCommunity,
  formatLargeCommunity,
} from './wire/index.ts'
