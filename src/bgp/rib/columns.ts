type Column = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array

/** The same column with room for at least `length` entries; new entries are 0. */
export function widened<T extends Column>(column: T, length: number): T {
  if (column.length >= length) return column
  const grown = new (column.constructor as new (length: number) => T)(Math.max(length, column.length * 2))
  grown.set(column)
  return grown
}
