type Column = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array

/** Columns of fewer entries double. */
const SMALL = 1024
/** The room that the first large step makes, in entries; later steps make eight times as much as there was. */
const LARGE = 2 ** 20

/**
 * The room that a column gets which has `room` entries and needs more. Columns are used from their start on, and the
 * kernel gives a large array its memory page by page as it is written: room costs addresses, to copy what is there costs
 * time and memory. So there are few steps, and large ones.
 */
function nextRoom(room: number): number {
  if (room < SMALL) return room * 2
  return room < LARGE ? LARGE : room * 8
}

/** The same column with room for at least `length` entries; new entries are 0. */
export function widened<T extends Column>(column: T, length: number): T {
  if (column.length >= length) return column
  let room = Math.max(1, column.length)
  while (room < length) room = nextRoom(room)
  return withRoom(column, room)
}

/** Room for entries, and how many of them have memory from the start. */
export interface Room {
  readonly entries: number
  readonly ready: number
}

/**
 * The same column with memory for its first `ready` entries: the kernel gives it now, and not in a million small
 * interruptions while the first table comes. On a virtual machine, each of them may have to ask the host.
 */
export function ready<T extends Exclude<Column, Float64Array>>(column: T, ready: number): T {
  const step = PAGE / column.BYTES_PER_ELEMENT
  const end = Math.min(ready, column.length)
  // Read alone, a page would only be lent.
  for (let at = 0; at < end; at += step) Atomics.or(column, at, 0)
  return column
}

/** Octets of the kernel's smallest page. */
const PAGE = 4096

/** The same column with room for `room` entries, where it has less: for columns that are as long as another. */
export function withRoom<T extends Column>(column: T, room: number): T {
  if (column.length >= room) return column
  const grown = new (column.constructor as new (length: number) => T)(room)
  grown.set(column)
  return grown
}
