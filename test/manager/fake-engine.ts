import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LineReader, writeLine } from '../../src/net/ndjson.ts'

/** Answers a request with a result, an error, or (undefined) not at all. */
export type Answer = (method: string, params: Record<string, unknown>) => object | undefined

/** An engine of canned answers on a real socket, that can go away and come back. */
export class FakeEngine {
  readonly path: string
  answer: Answer
  readonly requests: { method: string; params: Record<string, unknown> }[] = []
  readonly #directory: string
  readonly #clients = new Set<Socket>()
  #server: Server | undefined

  private constructor(directory: string, answer: Answer) {
    this.#directory = directory
    this.path = join(directory, 'engine.sock')
    this.answer = answer
  }

  static async make(answer: Answer): Promise<FakeEngine> {
    const engine = new FakeEngine(await mkdtemp(join(tmpdir(), 'engine-')), answer)
    await engine.start()
    return engine
  }

  async start(): Promise<void> {
    this.#server = createServer(client => this.#serve(client))
    this.#server.listen(this.path)
    await once(this.#server, 'listening')
  }

  /** Goes away as a killed process does: connections break, the socket is gone. */
  async stop(): Promise<void> {
    const server = this.#server
    if (!server) return
    this.#server = undefined
    const closed = once(server, 'close')
    server.close()
    for (const client of this.#clients) client.destroy()
    await closed
  }

  /** Breaks all connections; who connects again finds an engine. */
  async restart(): Promise<void> {
    const closed = [...this.#clients].map(client => once(client, 'close'))
    for (const client of this.#clients) client.destroy()
    await Promise.all(closed)
  }

  async remove(): Promise<void> {
    await this.stop()
    await rm(this.#directory, { recursive: true, force: true })
  }

  /** Sends bytes of any kind to all that are connected. */
  send(text: string): void {
    for (const client of this.#clients) client.write(text)
  }

  #serve(client: Socket): void {
    const reader = new LineReader()
    this.#clients.add(client)
    client.on('error', () => client.destroy())
    client.on('close', () => this.#clients.delete(client))
    client.on('data', bytes => {
      for (const { value } of reader.push(bytes)) {
        const { id, method, params } = value as {
          id: number
          method: string
          params: Record<string, unknown>
        }
        this.requests.push({ method, params })
        const answer = this.answer(method, params)
        if (answer) client.write(writeLine({ id, ...answer }))
      }
    })
  }
}
