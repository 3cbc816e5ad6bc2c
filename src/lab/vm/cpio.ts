/** One file or directory of an archive. A directory has no content. */
export interface CpioEntry {
  /** Path without a leading slash; parents come before what is in them. */
  readonly path: string
  /** Permission bits, e.g. 0o755. */
  readonly mode: number
  readonly content?: Uint8Array
}

const DIRECTORY = 0o040000
const REGULAR = 0o100000

/**
 * An archive in the "new ASCII" format (magic 070701) that the kernel unpacks as initramfs: see
 * Documentation/driver-api/early-userspace/buffer-format.rst of the kernel. All entries belong to root and carry
 * no time stamp, so that equal input makes equal bytes.
 */
export function cpioArchive(entries: readonly CpioEntry[]): Uint8Array {
  const parts: Uint8Array[] = []
  entries.forEach((entry, index) => {
    const type = entry.content === undefined ? DIRECTORY : REGULAR
    parts.push(...record(entry.path, index + 1, type | entry.mode, entry.content ?? new Uint8Array()))
  })
  parts.push(...record('TRAILER!!!', 0, 0, new Uint8Array()))
  return Buffer.concat(parts)
}

function record(path: string, inode: number, mode: number, content: Uint8Array): Uint8Array[] {
  const name = Buffer.from(`${path}\0`)
  const links = (mode & DIRECTORY) === DIRECTORY ? 2 : 1
  const fields = [inode, mode, 0, 0, links, 0, content.length, 0, 0, 0, 0, name.length, 0]
  const header = Buffer.from(`070701${fields.map(field => field.toString(16).padStart(8, '0')).join('')}`)
  return [header, name, padding(header.length + name.length), content, padding(content.length)]
}

/** Names and contents end on a multiple of four bytes. */
function padding(length: number): Uint8Array {
  return new Uint8Array((4 - (length % 4)) % 4)
}
