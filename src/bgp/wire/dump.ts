import type { UpdateSession } from './update-parse.ts'

/** A message, header included, as text of one or more lines. Of an UPDATE the session says how to read it. Never throws. */
export declare function dumpMessage(
  buffer: Uint8Array,
  start?: number,
  end?: number,
  session?: Partial<UpdateSession>,
): string
