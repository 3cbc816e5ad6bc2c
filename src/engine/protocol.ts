/** The engine's side of the protocol: the same types that the manager has, one floor below both. */
export type * from '../model/engine-protocol.ts'
