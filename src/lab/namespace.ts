import { attempt, type CommandOptions, type CommandResult, run } from './command.ts'
import { ipBatch } from './ip.ts'
import { LabProcess, type ProcessOptions } from './process.ts'

/** Where `ip netns` keeps the names of namespaces. */
export const NETNS_DIRECTORY = '/run/netns'

/** Writes lines `path value` below /proc/sys, and says which one the kernel refused. */
const WRITE_SYSCTLS =
  'while read -r path value; do printf %s "$value" > "/proc/sys/$path" || { echo "$path = $value" >&2; exit 1; }; done'

/** A network namespace that has a name: a machine of the lab. */
export class Namespace {
  readonly name: string

  private constructor(name: string) {
    this.name = name
  }

  /** Makes namespaces, with their loopback up, in one go. */
  static async create<const N extends readonly string[]>(names: N): Promise<{ [K in keyof N]: Namespace }> {
    await ipBatch(names.map(name => `netns add ${name}`))
    const made = names.map(name => new Namespace(name))
    await Promise.all(made.map(namespace => namespace.ip(['link set lo up'])))
    return made as { [K in keyof N]: Namespace }
  }

  /** The file that stands for the namespace (netns(7)). */
  get path(): string {
    return `${NETNS_DIRECTORY}/${this.name}`
  }

  /** The command line that runs `argv` in this namespace. */
  argv(argv: readonly string[]): string[] {
    return ['nsenter', `--net=${this.path}`, '--', ...argv]
  }

  /** Runs a command that must succeed; returns its standard output. */
  run(argv: readonly string[], options: CommandOptions = {}): Promise<string> {
    return run(this.argv(argv), { ...options, where: `namespace ${this.name}`, shown: argv.join(' ') })
  }

  /** Runs a command and returns whatever came of it. */
  attempt(argv: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
    return attempt(this.argv(argv), { ...options, where: `namespace ${this.name}`, shown: argv.join(' ') })
  }

  /** Starts a process that runs until it is stopped. */
  start(argv: readonly string[], options: Partial<ProcessOptions> = {}): LabProcess {
    return new LabProcess(this.argv(argv), { name: `${argv[0]} in ${this.name}`, ...options })
  }

  /** Runs lines of `ip` in one process: `address add 10.0.0.1/24 dev eth0`. */
  ip(lines: readonly string[]): Promise<void> {
    return ipBatch(lines, this.name)
  }

  /** What `ip -json` says in this namespace. */
  async ipJson(argv: readonly string[]): Promise<Record<string, unknown>[]> {
    const text = await run(['ip', '-netns', this.name, '-json', ...argv], {
      where: `namespace ${this.name}`,
    })
    return text.trim() === '' ? [] : (JSON.parse(text) as Record<string, unknown>[])
  }

  /** Writes sysctls, by their path below /proc/sys: `net/ipv4/conf/flannel.1/rp_filter`. */
  async sysctl(values: Readonly<Record<string, string | number>>): Promise<void> {
    const input = Object.entries(values)
      .map(([path, value]) => `${path} ${value}\n`)
      .join('')
    await run(this.argv(['sh', '-c', WRITE_SYSCTLS]), {
      input,
      where: `namespace ${this.name}`,
      shown: 'sysctl --write',
    })
  }

  /** Takes the name away; the kernel ends the namespace with its last process and socket. */
  remove(): Promise<void> {
    return ipBatch([`netns delete ${this.name}`])
  }
}
