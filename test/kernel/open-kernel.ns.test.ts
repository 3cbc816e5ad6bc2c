import { spawnSync } from 'node:child_process'
import { readdirSync, readlinkSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { openKernel } from '../../src/kernel/index.ts'

/** Sockets that this process has open. */
function sockets(): number {
  return readdirSync('/proc/self/fd').filter(fd => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith('socket:')
    } catch {
      return false
    }
  }).length
}

/** Runs a program that has `openKernel`; answers its exit status and what it printed. */
function run(program: string): { status: number | null; stdout: string; stderr: string } {
  const index = new URL('../../src/kernel/index.ts', import.meta.url).href
  const source = `const { openKernel } = await import(${JSON.stringify(index)})\n${program}`
  return spawnSync(process.execPath, ['--input-type=module', '--eval', source], {
    encoding: 'utf8',
    timeout: 30_000,
  })
}

describe('opening the kernel', () => {
  for (const inWorker of [true, false]) {
    const where = inWorker ? 'in a worker' : 'in the caller’s thread'

    it(`${where} leaves no socket behind when it is closed`, async () => {
      const before = sockets()
      for (let i = 0; i < 5; i++) {
        const kernel = await openKernel({ inWorker })
        kernel.monitor(() => {})
        expect((await kernel.dump('links')).length).toBeGreaterThan(0)
        expect(sockets()).toBeGreaterThanOrEqual(before + 2)
        await kernel.close()
      }
      expect(sockets()).toBe(before)
    })

    it(`${where} answers calls in the order in which they were made`, async () => {
      const kernel = await openKernel({ inWorker })
      const path = 'net/ipv4/ip_forward'
      const order: string[] = []
      const calls = ['1', '0', '1'].flatMap(value => [
        kernel.apply([{ op: 'setSysctl', path, value }]).then(() => order.push(`set ${value}`)),
        kernel.readSysctl(path).then(read => order.push(`read ${read}`)),
      ])
      await Promise.all(calls)
      await kernel.close()
      expect(order).toEqual(['set 1', 'read 1', 'set 0', 'read 0', 'set 1', 'read 1'])
    })

    it(`${where} lets the process end, by itself and by exit()`, () => {
      const open = `const kernel = await openKernel({ inWorker: ${inWorker} }); kernel.monitor(() => {})\n`
      const closed = run(`${open} await kernel.dump('links'); await kernel.close(); console.log('done')`)
      expect([closed.status, closed.stdout, closed.stderr]).toEqual([0, 'done\n', ''])
      const exited = run(`${open} await kernel.dump('links'); process.exit(3)`)
      expect([exited.status, exited.stderr]).toEqual([3, ''])
    })
  }

  it('a defect in one call fails that call alone', async () => {
    const kernel = await openKernel()
    await expect(kernel.dump('nonsense' as never)).rejects.toMatchObject({ code: 'EPROTO' })
    await expect(kernel.apply([{ op: 'setLink' } as never])).rejects.toMatchObject({ code: 'EPROTO' })
    expect((await kernel.dump('links')).map(({ name }) => name)).toContain('lo')
    await kernel.close()
  })
})
