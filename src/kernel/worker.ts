import { parentPort, workerData } from 'node:worker_threads'
import { failureOf } from './errors.ts'
import { type KernelOptions, LocalKernel } from './local-kernel.ts'
import type { RouteColumns } from './objects.ts'
import {
  type Arguments,
  buffersOf,
  type CallMessage,
  type FromWorker,
  READY,
  type RemoteMethod,
  type ToWorker,
} from './worker-protocol.ts'

/**
 * The worker that netlink's sockets live in: one send can hold its thread for a tenth of a second while the kernel's
 * tables grow.
 */

const port = parentPort
if (!port) throw new Error('this module is the kernel worker: it cannot run on the main thread')

const tell = (message: FromWorker, transfer: readonly ArrayBuffer[] = []) =>
  port.postMessage(message, transfer)

const CALLS: { readonly [M in RemoteMethod]: (kernel: LocalKernel, ...args: Arguments<M>) => unknown } = {
  dump: (kernel, ...args) => kernel.dump(...args),
  apply: (kernel, ...args) => kernel.apply(...args),
  writeRoutes: (kernel, ...args) => kernel.writeRoutes(...args),
  readRoutes: (kernel, ...args) => kernel.readRoutes(...args),
  readSysctl: (kernel, ...args) => kernel.readSysctl(...args),
}

function open(): LocalKernel | undefined {
  try {
    const kernel = new LocalKernel(workerData as KernelOptions)
    tell({ kind: 'result', id: READY, result: undefined })
    return kernel
  } catch (error) {
    tell({ kind: 'failure', id: READY, failure: failureOf(error) })
    port?.close()
    return undefined
  }
}

function serve(kernel: LocalKernel): void {
  let stopMonitor: (() => void) | undefined
  // However the worker ends, its sockets do not outlive it: descriptors are the process's, not the thread's.
  process.once('exit', () => kernel.close())
  const handlers: { readonly [K in ToWorker['kind']]: (message: Extract<ToWorker, { kind: K }>) => void } = {
    call: message => answer(kernel, message),
    monitor: ({ on }) => {
      stopMonitor?.()
      stopMonitor = on ? kernel.monitor(events => tell({ kind: 'events', events })) : undefined
    },
    close: () => {
      kernel.close()
      port?.close()
    },
  }
  port?.on('message', (message: ToWorker) => {
    const handle = handlers[message.kind] as (message: ToWorker) => void
    handle(message)
  })
}

/** A call that fails, for whatever reason, is answered so; the worker goes on with the next. */
function answer(kernel: LocalKernel, message: CallMessage): void {
  try {
    const call = CALLS[message.method] as (kernel: LocalKernel, ...args: readonly unknown[]) => unknown
    const result = call(kernel, ...message.arguments)
    const transfer = message.method === 'readRoutes' ? buffersOf(result as RouteColumns) : []
    tell({ kind: 'result', id: message.id, result }, transfer)
  } catch (error) {
    tell({ kind: 'failure', id: message.id, failure: failureOf(error) })
  }
}

const kernel = open()
if (kernel) serve(kernel)
