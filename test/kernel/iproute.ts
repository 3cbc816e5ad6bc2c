import { spawnSync } from 'node:child_process'

/** iproute2, the independent witness of what the kernel holds. */

/** A row of `ip -j`, of which tests look at what they ask for. */
export type Row = Readonly<Record<string, unknown>>

/** What `ip -j -d ARGUMENTS` shows. */
export function ip(...args: readonly string[]): Row[] {
  return rows(run('ip', ['-j', '-d', ...args]))
}

/** What `bridge -j ARGUMENTS` shows. */
export function bridge(...args: readonly string[]): Row[] {
  return rows(run('bridge', ['-j', ...args]))
}

/** Changes something with `ip`, as a stranger would. */
export function change(command: string): void {
  run('ip', command.split(' '))
}

/** Runs a list of commands in one `ip -batch`. */
export function batch(lines: readonly string[]): void {
  run('ip', ['-batch', '-'], lines)
}

/** The index of a link. */
export function indexOf(name: string): number {
  return Number(ip('link', 'show', 'dev', name)[0]?.ifindex)
}

/** Takes away every link and nexthop that a test left; routes and addresses go with them. */
export function cleanUp(): void {
  run('ip', ['nexthop', 'flush'])
  const names = ip('link', 'show').map(({ ifname }) => String(ifname))
  // The far end of a veth goes with the near one, and may be gone when its turn comes: -force goes on.
  const deletions = names.filter(name => name !== 'lo').map(name => `link del dev ${name}`)
  spawnSync('ip', ['-force', '-batch', '-'], { input: deletions.join('\n') })
}

function run(program: string, args: readonly string[], lines: readonly string[] = []): string {
  const { status, stdout, stderr } = spawnSync(program, args, {
    input: lines.join('\n'),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`)
  return stdout
}

function rows(text: string): Row[] {
  return text.trim() === '' ? [] : (JSON.parse(text) as Row[])
}
