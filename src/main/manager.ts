import { parseArgs } from 'node:util'
import about from '../../package.json' with { type: 'json' }
import { buildApi, type Listeners, listen } from '../api/index.ts'
import { EngineClient } from '../manager/index.ts'
import { CausewayError } from '../model/errors.ts'
import { systemClock } from '../net/clock.ts'

const USAGE = `usage: manager [options]

The process that people and programs talk to: REST on a Unix socket and on loopback. It may stop and start
without a session or a packet noticing.

  --engine-socket PATH  Unix socket of the engine (default /run/causeway/engine.sock)
  --socket PATH         Unix socket to listen on (default /run/causeway/rest.sock; '' for none)
  --listen ADDRESS      loopback address to listen on; may be given again (default 127.0.0.1 and ::1)
  --port PORT           TCP port (default 8179)
  --help                this text

exit codes: 0 stopped, 1 failed, 2 wrong arguments
`

const EXIT_FAILED = 1
const EXIT_USAGE = 2

function log(line: string): void {
  process.stderr.write(`${new Date().toISOString()} ${line}\n`)
}

function fail(status: number, message: string): never {
  process.stderr.write(`manager: ${message}\n`)
  process.exit(status)
}

function failArguments(reason: string): never {
  return fail(
    EXIT_USAGE,
    new CausewayError('arguments-invalid', { reason: reason.replace(/\.$/, '') }).message,
  )
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        'engine-socket': { type: 'string', default: '/run/causeway/engine.sock' },
        socket: { type: 'string', default: '/run/causeway/rest.sock' },
        listen: { type: 'string', multiple: true },
        port: { type: 'string', default: '8179' },
        help: { type: 'boolean', default: false },
      },
    })
    return values
  } catch (error) {
    return failArguments((error as Error).message)
  }
}

function readPort(text: string): number {
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port <= 65535) return port
  return failArguments(`--port is ${JSON.stringify(text)}, not a number from 0 to 65535`)
}

/** Without --listen: both versions of IP, or the one that the box has. */
async function listenAll(app: Awaited<ReturnType<typeof buildApi>>): Promise<Listeners> {
  const socket = options.socket === '' ? {} : { socketPath: options.socket }
  if (options.listen) return listen(app, { addresses: options.listen, port, ...socket })
  try {
    return await listen(app, { addresses: ['127.0.0.1', '::1'], port, ...socket })
  } catch (error) {
    const code =
      error instanceof CausewayError && error.cause instanceof Error ? codeOf(error.cause) : undefined
    if (code !== 'EADDRNOTAVAIL' && code !== 'EAFNOSUPPORT') throw error
    log('rest: ::1 is not there; listening on 127.0.0.1 only')
    return listen(app, { addresses: ['127.0.0.1'], port, ...socket })
  }
}

function codeOf(error: Error): unknown {
  return 'code' in error ? error.code : undefined
}

const options = readArguments()
if (options.help) {
  process.stdout.write(USAGE)
  process.exit(0)
}
const port = readPort(options.port)
const { version } = about

try {
  const engine = new EngineClient({ path: options['engine-socket'], clock: systemClock, log })
  const app = await buildApi({ engine, version, log })
  const listeners = await listenAll(app)
  engine.start()
  const places = [options.socket, ...listeners.ports.map(number => `loopback port ${number}`)]
  log(`manager ${version} runs: REST on ${[...new Set(places)].filter(place => place !== '').join(', ')}`)

  let stopping = false
  const stop = async (signal: string) => {
    if (stopping) return
    stopping = true
    log(`manager stops on ${signal}; the engine goes on`)
    await listeners.close()
    engine.close()
    await app.close()
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal))
} catch (error) {
  const refused = error instanceof CausewayError && error.code === 'listen-address-refused'
  fail(
    refused ? EXIT_USAGE : EXIT_FAILED,
    error instanceof CausewayError ? error.message : String((error as Error).stack),
  )
}
