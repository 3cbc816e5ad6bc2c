import { parentPort } from 'node:worker_threads'
import { READY } from '../../../src/kernel/worker-protocol.ts'

/** A kernel worker that cannot open its sockets. */
parentPort?.postMessage({ kind: 'failure', id: READY, failure: { code: 'EPERM', message: 'not allowed' } })
parentPort?.close()
