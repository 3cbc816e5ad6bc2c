import { attempt, run } from './command.ts'
import { CommandError } from './errors.ts'

/**
 * Runs lines of `ip` in one process, in order, up to the first that fails.
 * @param namespace name of the namespace they run in; none: that of the caller.
 * @throws {CommandError} that names the namespace, the line, and what the kernel said.
 */
export async function ipBatch(lines: readonly string[], namespace?: string): Promise<void> {
  await batch('ip', lines, namespace)
}

/** The same for `bridge` (fdb, vlan). */
export async function bridgeBatch(lines: readonly string[], namespace?: string): Promise<void> {
  await batch('bridge', lines, namespace)
}

async function batch(tool: 'ip' | 'bridge', lines: readonly string[], namespace?: string): Promise<void> {
  if (lines.length === 0) return
  const argv = [tool, ...(namespace === undefined ? [] : ['-netns', namespace]), '-batch', '-']
  const result = await attempt(argv, { input: `${lines.join('\n')}\n` })
  if (result.status === 0) return
  throw new CommandError(
    batchFailure(tool, lines, namespace, result.stderr),
    argv,
    result.status,
    result.stderr,
  )
}

/** The sentence for a batch that failed: iproute2 says which line it was in `Command failed -:LINE`. */
export function batchFailure(
  tool: string,
  lines: readonly string[],
  namespace: string | undefined,
  stderr: string,
): string {
  const failed = /^Command failed -:(\d+)$/m.exec(stderr)
  const line = failed && lines[Number(failed[1]) - 1]
  const said = stderr.replace(/^Command failed -:\d+$/m, '').trim()
  const where = namespace === undefined ? '' : `namespace ${namespace}: `
  return `${where}\`${tool} ${line ?? `-batch (${lines.length} lines)`}\`: ${said || 'failed without a word'}`
}

/** One end of a veth pair: its name, the namespace it is put into, and what is not by default. */
export interface VethEnd {
  readonly namespace: string
  readonly name: string
  readonly mac?: string
  readonly mtu?: number
}

/** The line of `ip` that makes a veth pair between two namespaces. */
export function vethLine(a: VethEnd, b: VethEnd): string {
  const end = ({ name, namespace, mac, mtu }: VethEnd) =>
    [`name ${name} netns ${namespace}`, mac && `address ${mac}`, mtu && `mtu ${mtu}`]
      .filter(Boolean)
      .join(' ')
  return `link add ${end(a)} type veth peer ${end(b)}`
}

/** Whether the kernel can make a link, by making it in a namespace of its own that is then removed. */
export async function linkRefusal(kind: string, line: string): Promise<string | undefined> {
  const scratch = `probe-${kind}-${process.pid}`
  await ipBatch([`netns add ${scratch}`])
  try {
    await ipBatch(['link add probe0 type bridge', line], scratch)
    return undefined
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    return error.stderr
      .replace(/^Command failed.*$/m, '')
      .replace(/^(RTNETLINK answers|Error): /m, '')
      .trim()
      .replace(/\.$/, '')
  } finally {
    await run(['ip', 'netns', 'delete', scratch])
  }
}
