/** The BGP speaker. See `Speaker`. */

export type { LocalNexthop } from './export/treatment.ts'
export { DECISION_STEPS, type DecisionStep } from './rib/decision.ts'
export type { PathDescription, RouteRow } from './routes.ts'
export type { NexthopInterner, PeerType, RouteSink } from './sink.ts'
export { Speaker, type SpeakerEvent, type SpeakerOptions } from './speaker.ts'
export type { BgpTransport, Connection, ConnectionHandler } from './transport.ts'
