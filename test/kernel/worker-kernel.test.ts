import { describe, expect, it } from 'vitest'
import { WorkerKernel } from '../../src/kernel/worker-kernel.ts'
import { buffersOf, detachedBatch } from '../../src/kernel/worker-protocol.ts'

const module = (name: string) => new URL(`./worker/${name}.ts`, import.meta.url)

describe('a kernel whose worker dies', () => {
  it('rejects the calls that wait and those that come after, and says why', async () => {
    const lines: string[] = []
    const kernel = await WorkerKernel.open({}, line => lines.push(line), module('dying'))
    const calls = [kernel.dump('links'), kernel.apply([]), kernel.readSysctl('net/ipv4/ip_forward')]
    for (const result of await Promise.allSettled(calls)) {
      expect(result).toMatchObject({
        status: 'rejected',
        reason: { code: 'EPIPE', message: 'the kernel worker failed: Error: struck by lightning' },
      })
    }
    await expect(kernel.dump('links')).rejects.toMatchObject({ code: 'EPIPE' })
    expect(lines).toEqual(['the kernel worker failed: Error: struck by lightning'])
    await kernel.close()
  })

  it('rejects what cannot be posted and goes on', async () => {
    const kernel = await WorkerKernel.open({}, () => {}, module('dying'))
    const unclonable = (() => {}) as never
    await expect(kernel.apply([unclonable])).rejects.toThrow('could not be cloned')
    await kernel.close()
  })

  it('that never opened its sockets is not opened', async () => {
    await expect(WorkerKernel.open({}, () => {}, module('refusing'))).rejects.toMatchObject({
      code: 'EPERM',
      message: 'not allowed',
    })
    await expect(WorkerKernel.open({}, () => {}, module('absent'))).rejects.toMatchObject({ code: 'EPIPE' })
  })
})

describe('a batch on its way to the worker', () => {
  it('is cut to its rows and moved, and the caller’s columns stay', () => {
    const wide = new Uint8Array(64).fill(7)
    const batch = {
      family: 6 as const,
      table: 254,
      metric: 20,
      protocol: 201,
      count: 2,
      addresses: wide,
      lengths: wide,
      nexthopIds: new Uint32Array(8),
    }
    const detached = detachedBatch(batch)
    expect([detached.addresses.length, detached.lengths.length, detached.nexthopIds.length]).toEqual([
      32, 2, 2,
    ])
    structuredClone(detached, { transfer: buffersOf(detached) })
    expect(detached.addresses.length).toBe(0)
    expect(wide.length).toBe(64)
  })
})
