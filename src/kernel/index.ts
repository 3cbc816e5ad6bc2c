import { LocalKernel } from './local-kernel.ts'
import type { Kernel } from './objects.ts'
import { WorkerKernel } from './worker-kernel.ts'

export { KernelError } from './errors.ts'
export { mapAllocationsFrom } from './libc.ts'
export type * from './objects.ts'

export interface OpenKernelOptions {
  /** Whether the sockets go into a worker thread, so that no call holds the caller's up. Default: true. */
  readonly inWorker?: boolean
  /** Told when the worker ends though nobody closed it. */
  readonly log?: (line: string) => void
  /** Bytes of the monitor's receive buffer, where the default (8 MiB) is not wanted. */
  readonly monitorBuffer?: number
}

/**
 * Opens the kernel's network of the namespace that the calling thread is in.
 * @throws KernelError where netlink cannot be used: this needs Linux 5.3 and CAP_NET_ADMIN
 */
export async function openKernel(options: OpenKernelOptions = {}): Promise<Kernel> {
  const { inWorker = true, log = () => {}, ...rest } = options
  return inWorker ? WorkerKernel.open(rest, log) : promised(new LocalKernel(rest))
}

/** A kernel of this thread behind the interface of one that is elsewhere. */
function promised(kernel: LocalKernel): Kernel {
  return {
    dump: async (kind, filter) => kernel.dump(kind, filter),
    apply: async changes => kernel.apply(changes),
    writeRoutes: async batch => kernel.writeRoutes(batch),
    readRoutes: async (family, table, protocol) => kernel.readRoutes(family, table, protocol),
    readSysctl: async path => kernel.readSysctl(path),
    monitor: listener => kernel.monitor(listener),
    close: async () => kernel.close(),
  }
}
