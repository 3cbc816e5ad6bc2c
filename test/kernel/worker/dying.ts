import { parentPort } from 'node:worker_threads'
import { READY, type ToWorker } from '../../../src/kernel/worker-protocol.ts'

/** A kernel worker that opens well and dies at the first call. */
parentPort?.postMessage({ kind: 'result', id: READY, result: undefined })
parentPort?.on('message', (message: ToWorker) => {
  if (message.kind === 'call') throw new Error('struck by lightning')
  parentPort?.close()
})
