import { once } from 'node:events'
import { chmod, lstat, mkdir, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { connect, type ListenOptions, type Socket } from 'node:net'
import { dirname } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { CausewayError, type ErrorCode, errorRow } from '../model/errors.ts'
import { isLoopbackAddress } from './host.ts'
import { PROBLEM_MEDIA_TYPE, toProblemDetails } from './problem.ts'

export interface ListenTargets {
  /** Loopback addresses; others are refused. */
  readonly addresses: readonly string[]
  /** TCP port; 0 lets the kernel choose one. */
  readonly port: number
  /** Path of a Unix socket, open to its owner and group. */
  readonly socketPath?: string
}

/** Where the interface listens, until it is closed. */
export interface Listeners {
  /** TCP ports, in the order of the addresses. */
  readonly ports: readonly number[]
  close(): Promise<void>
}

const SOCKET_MODE = 0o660
/** Milliseconds that a client may take for its whole request. */
const REQUEST_TIMEOUT = 30_000

/**
 * Opens the interface on a Unix socket and on loopback addresses: all of them, or none.
 * @throws CausewayError `listen-address-refused` or `listen-failed`
 */
export async function listen(app: FastifyInstance, targets: ListenTargets): Promise<Listeners> {
  for (const address of targets.addresses) {
    if (!isLoopbackAddress(address)) throw new CausewayError('listen-address-refused', { address })
  }
  const servers: Server[] = []
  try {
    if (targets.socketPath !== undefined) servers.push(await listenUnix(app, targets.socketPath))
    const ports: number[] = []
    for (const host of targets.addresses) {
      const server = await open(app, { host, port: targets.port }, `${host} port ${targets.port}`)
      servers.push(server)
      const at = server.address()
      ports.push(typeof at === 'object' && at !== null ? at.port : targets.port)
    }
    return { ports, close: () => closeAll(servers) }
  } catch (error) {
    await closeAll(servers)
    throw error
  }
}

async function listenUnix(app: FastifyInstance, path: string): Promise<Server> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o755 })
    await removeStale(path)
    const server = await open(app, { path }, path)
    await chmod(path, SOCKET_MODE)
    return server
  } catch (error) {
    throw error instanceof CausewayError ? error : listenFailed(path, error)
  }
}

/** Removes a socket that an earlier run left behind; one that somebody listens on stays, and so does any other file. */
async function removeStale(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined)
  if (!found) return
  if (!found.isSocket())
    throw new CausewayError('listen-failed', { place: path, reason: 'it is not a socket' })
  const socket = connect(path)
  const answered = await once(socket, 'connect').then(
    () => true,
    () => false,
  )
  socket.destroy()
  if (answered)
    throw new CausewayError('listen-failed', { place: path, reason: 'another program listens there' })
  await rm(path, { force: true })
}

async function open(app: FastifyInstance, options: ListenOptions, place: string): Promise<Server> {
  const server = createServer(
    { requestTimeout: REQUEST_TIMEOUT, requireHostHeader: false },
    (request, response) => app.routing(request, response),
  )
  server.on('clientError', refuseMalformed)
  try {
    server.listen(options)
    await once(server, 'listening')
    return server
  } catch (error) {
    throw listenFailed(place, error)
  }
}

function listenFailed(place: string, error: unknown): CausewayError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const reason =
    {
      EADDRINUSE: 'another program listens there',
      EACCES: 'permission is denied',
      EADDRNOTAVAIL: 'the box has no such address',
    }[String(code)] ?? (error instanceof Error ? error.message : String(error))
  return new CausewayError('listen-failed', { place, reason }, [], { cause: error })
}

/** What the HTTP parser refuses never reaches fastify: the answer is written by hand. */
function refuseMalformed(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const code: ErrorCode = 'request-malformed'
  const reason =
    {
      HPE_HEADER_OVERFLOW: 'its header is too large',
      ERR_HTTP_REQUEST_TIMEOUT: 'it did not arrive in time',
      HPE_INVALID_METHOD: 'its method is not one of HTTP',
    }[error.code ?? ''] ?? 'it is not HTTP'
  const known = new CausewayError(code, { reason })
  const body = JSON.stringify(toProblemDetails(known, ''))
  socket.end(
    `HTTP/1.1 ${errorRow(code).status} Bad Request\r\nConnection: close\r\n` +
      `Content-Type: ${PROBLEM_MEDIA_TYPE}; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}

async function closeAll(servers: readonly Server[]): Promise<void> {
  await Promise.all(
    servers.map(async server => {
      const closed = once(server, 'close')
      server.close()
      server.closeIdleConnections()
      const late = setTimeout(() => server.closeAllConnections(), 2_000)
      await closed
      clearTimeout(late)
    }),
  )
}
