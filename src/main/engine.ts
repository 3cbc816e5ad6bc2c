import { mkdirSync, readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import about from '../../package.json' with { type: 'json' }
import { ConfigStore, formatProblems, parseConfig } from '../config/index.ts'
import { Engine, EngineServer, rehearseRouting, TcpTransport } from '../engine/index.ts'
import { mapAllocationsFrom, openKernel } from '../kernel/index.ts'
import type { Config } from '../model/config.ts'
import { CausewayError } from '../model/errors.ts'
import { systemClock } from '../net/clock.ts'
import { logLine as log } from './log-lines.ts'

const USAGE = `usage: engine [options]

The process that forwards: BGP, the RIB, and the kernel of the network namespace it is started in.

  --state-dir DIR   where the confirmed configuration is kept (default /var/lib/causeway)
  --config FILE     the configuration to begin with while none was confirmed (YAML or JSON)
  --socket PATH     Unix socket for the manager (default /run/causeway/engine.sock)
  --help            this text

SIGTERM ends the engine and leaves the kernel forwarding; graceful restart brings the sessions back.
exit codes: 0 stopped, 1 failed, 2 wrong arguments or configuration
`

const EXIT_FAILED = 1
const EXIT_USAGE = 2
/** Milliseconds of the rehearsal at most; the kernel's worker starts meanwhile. */
const REHEARSAL = 3000
/** Octets from which on an allocation gets pages of its own: columns are larger than what is in use of them. */
const MAPPED = 128 * 1024

function fail(status: number, message: string): never {
  process.stderr.write(`engine: ${message}\n`)
  process.exit(status)
}

function readArguments() {
  try {
    return parseArgs({
      options: {
        'state-dir': { type: 'string', default: '/var/lib/causeway' },
        config: { type: 'string' },
        socket: { type: 'string', default: '/run/causeway/engine.sock' },
        help: { type: 'boolean', default: false },
      },
    }).values
  } catch (error) {
    return fail(EXIT_USAGE, `${(error as Error).message}; see --help`)
  }
}

function readInitial(file: string | undefined): Config | undefined {
  if (file === undefined) return undefined
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    return fail(EXIT_USAGE, `the configuration ${file} cannot be read: ${(error as Error).message}`)
  }
  const parsed = parseConfig(text, file)
  if (!parsed.valid) fail(EXIT_USAGE, `the configuration is not valid\n${formatProblems(parsed.problems)}`)
  if (parsed.warnings.length > 0) log(formatProblems(parsed.warnings))
  return parsed.config
}

const options = readArguments()
if (options.help) {
  process.stdout.write(USAGE)
  process.exit(0)
}
const initial = readInitial(options.config)
const stateDirectory = options['state-dir']
mkdirSync(stateDirectory, { recursive: true, mode: 0o700 })
const { version } = about

mapAllocationsFrom(MAPPED)
try {
  // The engine without its kernel is none: whoever supervises it starts it anew, and it adopts what is there.
  const [kernel] = await Promise.all([
    openKernel({ log: line => fail(EXIT_FAILED, line) }),
    rehearseRouting({
      clock: systemClock,
      limit: REHEARSAL,
      pause: () => new Promise(resolve => setImmediate(resolve)),
      // What goes wrong there will go wrong again with neighbours, and be told; it keeps nobody from starting.
    }).catch((error: Error) => log(`bgp: the rehearsal failed: ${error.stack}`)),
  ])
  const engine = new Engine({
    kernel,
    clock: systemClock,
    random: Math.random,
    transport: new TcpTransport({ clock: systemClock, log }),
    store: new ConfigStore(stateDirectory, { onProblem: problem => log(formatProblems([problem])) }),
    stateDirectory,
    version,
    log,
  })
  const report = await engine.start(initial)
  const server = new EngineServer({ engine, clock: systemClock, log })
  await server.listen(options.socket)
  log(
    `engine ${version} runs: revision ${engine.confirmed.revision}, ${report.changes} changes to the kernel, ${report.failures.length} refused`,
  )

  let stopping = false
  const stop = async (signal: string) => {
    if (stopping) return
    stopping = true
    log(`engine stops on ${signal}; the kernel goes on forwarding`)
    server.close()
    await engine.stop()
    await kernel.close()
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal))
} catch (error) {
  fail(EXIT_FAILED, error instanceof CausewayError ? error.message : String((error as Error).stack))
}
