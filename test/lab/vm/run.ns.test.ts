import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runInVm, VM_SHARE, type VmRun } from '../../../src/lab/vm/index.ts'

async function output(run: VmRun): Promise<{ status: number; stdout: string; stderr: string }> {
  const text = { stdout: '', stderr: '' }
  const status = await runInVm({
    ...run,
    onOutput: (stream, bytes) => {
      text[stream] += Buffer.from(bytes).toString()
    },
  })
  return { status, ...text }
}

const shell = (script: string) => ['sh', '-c', script]

describe('runInVm', () => {
  it('returns status, both streams and what was written to the share, and keeps the host as it is', async () => {
    const share = mkdtempSync(join(tmpdir(), 'causeway-share-'))
    try {
      const result = await output({
        argv: shell(`echo "$GREETING" && echo twice >/dev/stderr && echo over >&2
          id -u && head -c 1000000 /dev/zero | tr '\\0' x
          echo kept >${VM_SHARE}/file && echo lost >/tmp/lost-in-the-vm && exit 7`),
        environment: { GREETING: 'hello' },
        share,
        timeout: 60_000,
      })
      expect(result.status).toBe(7)
      expect(result.stdout).toBe(`hello\n0\n${'x'.repeat(1_000_000)}`)
      expect(result.stderr).toBe('twice\nover\n')
      expect(readFileSync(join(share, 'file'), 'utf8')).toBe('kept\n')
      expect(() => readFileSync('/tmp/lost-in-the-vm')).toThrow('ENOENT')
    } finally {
      rmSync(share, { recursive: true })
    }
  })

  it('switches the guest off when its time is up, and says so', async () => {
    await expect(runInVm({ argv: ['sleep', '1000'], timeout: 4_000 })).rejects.toThrow(
      'the VM was switched off: its command took more than 4 s',
    )
  })

  it('switches the guest off when asked to', async () => {
    const stop = new AbortController()
    const run = runInVm({
      argv: shell('echo here; sleep 1000'),
      signal: stop.signal,
      onOutput: () => stop.abort(),
    })
    await expect(run).rejects.toThrow('the VM was stopped')
  })

  it('shows the end of the console when the guest’s kernel stops', async () => {
    const run = runInVm({ argv: shell('echo c >/proc/sysrq-trigger; sleep 1000'), timeout: 60_000 })
    await expect(run).rejects.toThrow(/stopped before its command ended[\s\S]*sysrq/)
  })
})
