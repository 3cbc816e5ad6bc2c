import type { EventListener, KernelOptions, LocalKernel, RowFailure } from './local-kernel.ts'
import type { KernelEvent, KernelFailure, RouteBatch, RouteColumns } from './objects.ts'

/** What crosses the border between the kernel's worker and the thread that opened it. */

/** The methods that a thread may call of the kernel in the worker. */
export type RemoteMethod = 'dump' | 'apply' | 'writeRoutes' | 'readRoutes' | 'readSysctl'

export type Arguments<M extends RemoteMethod> = Parameters<LocalKernel[M]>

/** A call; calls are carried out in the order in which they arrive. */
export interface CallMessage {
  readonly kind: 'call'
  readonly id: number
  readonly method: RemoteMethod
  readonly arguments: readonly unknown[]
}

export type ToWorker =
  | CallMessage
  /** Starts or stops telling events. */
  | { readonly kind: 'monitor'; readonly on: boolean }
  /** Closes the sockets and ends the worker. */
  | { readonly kind: 'close' }

/** The id of the call that nobody makes: it is answered when the worker's sockets are open, or cannot be opened. */
export const READY = 0

export type FromWorker =
  | { readonly kind: 'result'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly failure: KernelFailure }
  | { readonly kind: 'events'; readonly events: readonly KernelEvent[] }

export type { EventListener, KernelOptions, RowFailure }

/**
 * A batch of which the columns are just so long as its rows, in buffers of their own that can be given away. It is
 * the only copy on the way to the kernel: the caller's arrays stay the caller's.
 */
export function detachedBatch(batch: RouteBatch): RouteBatch {
  const { family, table, metric, protocol, count } = batch
  return {
    family,
    table,
    metric,
    protocol,
    count,
    addresses: batch.addresses.slice(0, count * (family === 4 ? 4 : 16)),
    lengths: batch.lengths.slice(0, count),
    nexthopIds: batch.nexthopIds.slice(0, count),
  }
}

/** The buffers of a batch or of what was read, to be moved instead of copied. */
export function buffersOf(batch: RouteBatch | RouteColumns): ArrayBuffer[] {
  const arrays = [
    batch.addresses,
    batch.lengths,
    batch.nexthopIds,
    'metrics' in batch ? batch.metrics : undefined,
  ]
  return arrays.flatMap(array => (array?.buffer instanceof ArrayBuffer ? [array.buffer] : []))
}
