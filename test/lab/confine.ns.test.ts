import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { attempt, enterArgv, findConfined, run, until } from '../../src/lab/index.ts'
import { LabProcess } from '../../src/lab/process.ts'

const PROGRAM = fileURLToPath(new URL('support/confined-lab.ts', import.meta.url))

/** A number of seconds that no other process sleeps: by it the processes of one lab are found. */
let seconds = 40_000 + (process.pid % 1000) * 10

const program = (...argv: string[]) => [process.execPath, PROGRAM, ...argv]

function commandLines(): string[] {
  return readdirSync('/proc')
    .filter(entry => /^\d+$/.test(entry))
    .map(pid => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
      } catch {
        return ''
      }
    })
}

const leftovers = (mark: string) => commandLines().filter(line => line.includes(mark))

let running: LabProcess | undefined
afterEach(() => running?.stop('SIGKILL'))

async function started(): Promise<{ lab: LabProcess; mark: string }> {
  const mark = String(seconds++)
  const lab = new LabProcess(program(mark), { name: 'confined lab' })
  running = lab
  await lab.waitForLine(/^ready$/)
  // What starts a process has its command line for a moment, too.
  await until('both processes run', () => {
    const sleeping = commandLines().filter(line => line === `sleep ${mark} `)
    return sleeping.length === 2 ? true : undefined
  })
  return { lab, mark }
}

async function gone(mark: string): Promise<void> {
  await until('nothing is left', () => leftovers(mark).length === 0, {
    interval: 5,
    limit: 5000,
  })
  expect(findConfined('test-lab')).toEqual([])
  expect(await run(['ip', 'netns', 'list'])).not.toMatch(/left|right/)
}

describe('a confined lab', () => {
  it('leaves nothing behind when it is killed with SIGKILL', async () => {
    const { lab, mark } = await started()
    lab.signal('SIGKILL')
    await lab.exited
    await gone(mark)
  })

  it('leaves nothing behind when its first process is killed', async () => {
    const { lab, mark } = await started()
    process.kill(findConfined('test-lab')[0]!, 'SIGKILL')
    await lab.exited
    await gone(mark)
  })

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('ends on %s with status %i', async (signal, status) => {
    const { lab, mark } = await started()
    lab.signal(signal)
    expect(await lab.exited).toEqual({ status, signal: undefined })
    await gone(mark)
  })

  it('hands its status out, and takes along what still runs', async () => {
    const mark = String(seconds++)
    expect((await attempt(program(mark, '7'))).status).toBe(7)
    await gone(mark)
  })

  it('keeps its namespaces and files to itself, and can be looked into', async () => {
    const { lab, mark } = await started()
    expect(await run(['ip', 'netns', 'list'])).not.toContain('left')
    const [pid] = findConfined('test-lab')
    expect(await run(enterArgv(pid!, 'left', ['ip', 'link', 'show', 'eth0']))).toContain('link-netns right')
    expect(await run(enterArgv(pid!, 'left', ['ls', '/run']))).toBe('lock\nnetns\ntmp\n')
    lab.signal('SIGKILL')
    await lab.exited
    await gone(mark)
  })
})
