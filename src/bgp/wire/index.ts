/** The BGP codec: bytes to messages and back. Pure, without sockets or clock; nothing here throws on what a peer sent. */

export {
  type AsPathSegment,
  formatAsPath,
  isConfederation,
  MAX_SEGMENT,
  pathLength,
  Segment,
  segmentsLength,
} from './as-path.ts'
export { AS_TRANS } from './as-trans.ts'
export { AttributeCode, AttributeFlag } from './attribute-codes.ts'
export { decodeKey, encodeKey, findAttribute, hasCluster, hashKey } from './attribute-key.ts'
export { attributeName } from './attribute-table.ts'
export * from './attributes.ts'
export {
  AddPathMode,
  type Capabilities,
  capabilityNames,
  type GracefulRestart,
  type LongLivedFamily,
  Role,
} from './capabilities.ts'
export {
  Community,
  formatCommunity,
  formatExtendedCommunity,
  formatIpv6ExtendedCommunity,
  formatLargeCommunity,
  type LargeCommunity,
  readLargeCommunity,
  writeLargeCommunity,
} from './communities.ts'
export * from './decision-fields.ts'
export * from './dump.ts'
export * from './family.ts'
export * from './framer.ts'
export * from './message.ts'
export * from './negotiate.ts'
export { countNlri, NlriCursor, readNlri, validNlri } from './nlri.ts'
export * from './notification.ts'
export * from './open.ts'
export * from './outgoing.ts'
export * from './refresh.ts'
export * from './update-build.ts'
export * from './update-parse.ts'
export * from './update-result.ts'
export * from './update-session.ts'
