import { spawn } from 'node:child_process'
import { accessSync, constants as fileModes } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { constants } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { formatTable, GatewayLab, prepareForEmulation, summary, tableJson } from '../lab/gateway/index.ts'
import { confined, enterArgv, findConfined } from '../lab/index.ts'
import { runInVm, VmError, whyNoVm } from '../lab/vm/index.ts'

const USAGE = `usage: npm start -- [options]
       npm start -- exec NAMESPACE COMMAND [ARGUMENT...]

Runs the gateway lab in network namespaces: the box, a host outside at its uplink, and cluster nodes like
Calico (BGP), Flannel (VXLAN), Bifrost (macvlan on VLANs) and Calico (IPIP) with their pods. When all routes are
there it tries every path, prints a table, and runs on until Ctrl-C. Nodes that this kernel cannot have are left out.

  --check        end after the table
  --vm           run it in a virtual machine with Debian's kernel, where all nodes are possible
  --json         print the table as JSON
  --pings N      echo requests of each path (default 5)
  --wait S       seconds to wait for sessions and routes (default 30, with --vm 300)
  --log          show what engine and manager write
  --help         this text

exec runs a command in a namespace of the lab that was started last: npm start -- exec box ip route

exit codes: 0 all paths right, 1 something is not right or cannot run, 2 wrong arguments, 130 Ctrl-C, 143 SIGTERM;
exec: that of the command
`

const EXIT_FAILED = 1
const EXIT_USAGE = 2
const LAB = 'gateway-lab'
const COMMANDS = ['ip', 'bridge', 'bird', 'ping', 'tcpdump', 'nsenter', 'unshare', 'setpriv', 'mount']
/** Set for the lab in the virtual machine: from outside nobody can look into its namespaces. */
const IN_VM = 'CAUSEWAY_LAB_IN_VM'

function fail(status: number, message: string): never {
  process.stderr.write(`lab: ${message}\n`)
  process.exit(status)
}

function readArguments(argv: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        check: { type: 'boolean', default: false },
        vm: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        pings: { type: 'string', default: '5' },
        wait: { type: 'string', default: process.env[IN_VM] ? '300' : '30' },
        log: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    })
    return { ...values, pings: positive('--pings', values.pings), wait: positive('--wait', values.wait) }
  } catch (error) {
    return fail(EXIT_USAGE, `${(error as Error).message}; see --help`)
  }
}

function positive(name: string, text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1 && value <= 1000) return value
  throw new Error(`${name} ${text}: a whole number from 1 to 1000 is needed`)
}

type Options = ReturnType<typeof readArguments>

/** Runs the lab in this kernel; resolves to the exit status once it is done. */
async function runLab(options: Options): Promise<number> {
  const start = performance.now()
  const say = (line: string) => {
    const seconds = ((performance.now() - start) / 1000).toFixed(1)
    process.stderr.write(`${seconds.padStart(5)} s  ${line}\n`)
  }
  const lab = await GatewayLab.start({
    ...(options.log && { onLine: (line: string) => process.stderr.write(`${line}\n`) }),
  })
  for (const line of lab.leftOut) say(`${line}${process.env[IN_VM] ? '' : '; `npm start -- --vm` has it'}`)
  say(`${lab.topology.nodes.join(', ')} and the outside host are built, the box starts`)
  const late = await lab.converge({
    limit: options.wait * 1000,
    onTrue: say,
    onWaiting: what => say(`waiting until ${inShort(what)}`),
  })
  for (const reason of late) say(`GIVEN UP: ${reason}`)
  say('trying every path')
  const results = await lab.tryPaths({ pings: options.pings }).catch(error => {
    showLog(lab)
    throw error
  })
  const right = late.length === 0 && results.every(({ problems }) => problems.length === 0)
  say(summary(results))
  const shown = options.json
    ? JSON.stringify({ right, leftOut: lab.leftOut, late, paths: tableJson(results) }, undefined, 2)
    : formatTable(results)
  process.stdout.write(`${shown}\n`)
  if (!right) showLog(lab)
  const status = right ? 0 : EXIT_FAILED
  if (options.check) {
    await lab.box.stop()
    return status
  }
  if (!process.env[IN_VM]) {
    say(`look inside: npm start -- exec box ip route`)
    say(`REST: npm start -- exec box curl --unix-socket ${lab.box.apiSocket} http://box/healthz`)
  }
  say('the lab runs; Ctrl-C ends it')
  const ended = await Promise.race([lab.box.engine.exited, lab.box.manager.exited])
  say(`a process of the box ended with ${ended.status ?? ended.signal}`)
  return status || EXIT_FAILED
}

/** The first of the conditions, and how many more there are. */
function inShort([first, ...others]: readonly string[]): string {
  return others.length === 0 ? `${first}` : `${first}; ${others.length} more to come`
}

function showLog(lab: GatewayLab): void {
  const log = [lab.box.engine, lab.box.manager].flatMap(child => child.lines.slice(-20))
  process.stderr.write(`last lines of engine and manager:\n${log.map(line => `  ${line}\n`).join('')}`)
}

/** Runs this program again in the virtual machine; resolves to its exit status there. */
async function runInMachine(argv: readonly string[]): Promise<number> {
  const obstacle = whyNoVm()
  if (obstacle !== undefined) fail(EXIT_FAILED, obstacle)
  process.stderr.write('starting a virtual machine; its processor is emulated, so it takes a minute or two\n')
  const stop = new AbortController()
  let stopped: NodeJS.Signals | undefined
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      stopped = signal
      stop.abort()
    })
  }
  const program = fileURLToPath(import.meta.url)
  try {
    const environment = await prepareForEmulation(program)
    return await runInVm({
      argv: [process.execPath, program, ...argv],
      environment: { ...environment, [IN_VM]: '1' },
      signal: stop.signal,
    })
  } catch (error) {
    if (stopped !== undefined) return 128 + constants.signals[stopped]
    if (error instanceof VmError) fail(EXIT_FAILED, error.message)
    throw error
  }
}

/** Runs a command in a namespace of the newest lab; resolves to its exit status. */
async function runInside(namespace: string | undefined, argv: readonly string[]): Promise<number> {
  if (process.getuid?.() !== 0)
    fail(EXIT_FAILED, 'looking into the lab needs root: sudo npm start -- exec ...')
  const pid = findConfined(LAB).at(-1)
  if (pid === undefined) fail(EXIT_FAILED, 'no lab is running; `npm start` runs one')
  const namespaces = (await readdir(`/proc/${pid}/root/run/netns`)).sort()
  if (namespace === undefined || !namespaces.includes(namespace) || argv.length === 0) {
    fail(EXIT_USAGE, `exec NAMESPACE COMMAND; the namespaces are ${namespaces.join(', ')}`)
  }
  const [command, ...rest] = enterArgv(pid, namespace, argv)
  const child = spawn(command!, rest, { stdio: 'inherit' })
  // Ctrl-C is for the command; this process ends with it.
  process.on('SIGINT', () => {})
  return await new Promise(resolve => {
    child.on('error', error => fail(EXIT_FAILED, error.message))
    child.on('exit', (status, signal) => resolve(status ?? 128 + constants.signals[signal!]))
  })
}

/** Why the lab cannot run here, in one line. */
function obstacle(): string | undefined {
  if (process.getuid?.() !== 0) return 'network namespaces need root: sudo npm start'
  const missing = COMMANDS.filter(command => !onPath(command))
  return missing.length === 0 ? undefined : `${missing.join(', ')} missing: npm start installs them on Debian`
}

function onPath(command: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some(directory => {
    try {
      accessSync(join(directory, command), fileModes.X_OK)
      return true
    } catch {
      return false
    }
  })
}

const argv = process.argv.slice(2)
// Debian keeps its network tools where the PATH of a user does not lead.
process.env.PATH = `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`
if (argv[0] === 'exec') process.exit(await runInside(argv[1], argv.slice(2)))
const options = readArguments(argv)
if (options.help) {
  process.stdout.write(USAGE)
  process.exit(0)
}
if (options.vm) process.exit(await runInMachine(argv.filter(argument => argument !== '--vm')))
const why = obstacle()
if (why !== undefined) fail(EXIT_FAILED, why)
await confined(() => runLab(options), LAB)
