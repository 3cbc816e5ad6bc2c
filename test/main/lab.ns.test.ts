import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { attempt, findConfined, until } from '../../src/lab/index.ts'
import { LabProcess } from '../../src/lab/process.ts'

const LAB = [process.execPath, fileURLToPath(new URL('../../src/main/lab.ts', import.meta.url))]
const LIMIT = 60_000

const lab = (...argv: string[]) => attempt([...LAB, ...argv], { timeout: LIMIT })

let started: LabProcess | undefined
afterEach(() => started?.stop('SIGKILL'))

function start(): LabProcess {
  started = new LabProcess(LAB, { name: 'the lab' })
  return started
}

async function gone(): Promise<void> {
  await until('the lab is gone', () => findConfined('gateway-lab').length === 0, {
    limit: 5000,
  })
  expect((await attempt(['ip', 'netns', 'list'])).stdout).not.toContain('outside')
}

describe('npm start -- --check', () => {
  it(
    'ends with status 0 and a table in which every path is right, and leaves nothing behind',
    async () => {
      const { status, stdout } = await lab('--check', '--json', '--pings', '3')
      const told = JSON.parse(stdout)
      expect(told).toMatchObject({ right: true, late: [] })
      expect(told.paths.length).toBeGreaterThanOrEqual(12)
      expect(status).toBe(0)
      await gone()
    },
    LIMIT,
  )
})

describe('npm start', () => {
  it(
    'runs until Ctrl-C, can be looked into meanwhile, and ends with status 130',
    async () => {
      const running = start()
      await running.waitForLine(/ the lab runs; Ctrl-C ends it/, LIMIT)
      const row = await running.waitForLine(/^pod-b1 +pod-a1 +IPv6/, LIMIT)
      expect(row).toMatch(/vxlan 1\/8472 → plain +0 % +1430 +unchanged +ok$/)
      const inside = await lab('exec', 'box', 'ip', 'route', 'get', '10.244.2.2')
      expect(inside).toMatchObject({ status: 0, stdout: expect.stringContaining('dev flannel.1') })
      expect(await lab('exec', 'nowhere', 'true')).toMatchObject({
        status: 2,
        stderr: expect.stringContaining('the namespaces are box, node-a, node-b'),
      })
      running.signal('SIGINT')
      expect(await running.exited).toEqual({ status: 130, signal: undefined })
      await gone()
    },
    LIMIT,
  )

  it(
    'leaves nothing behind when it is killed while it builds',
    async () => {
      const running = start()
      await running.waitForLine(/the box starts/, LIMIT)
      expect(findConfined('gateway-lab')).toHaveLength(1)
      running.signal('SIGKILL')
      await running.exited
      await gone()
    },
    LIMIT,
  )
})

describe('the arguments of the lab', () => {
  it('are explained, and refused in one line where they are wrong', async () => {
    expect(await lab('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('exit codes:') })
    expect(await lab('--pings', 'many')).toMatchObject({
      status: 2,
      stderr: 'lab: --pings many: a whole number from 1 to 1000 is needed; see --help\n',
    })
    expect((await lab('--chekc')).status).toBe(2)
  })

  it('name a lab to look into only where one runs', async () => {
    expect(await lab('exec', 'box', 'true')).toMatchObject({
      status: 1,
      stderr: 'lab: no lab is running; `npm start` runs one\n',
    })
  })

  it('do not make root of who is not', async () => {
    const argv = ['setpriv', '--reuid', '65534', '--clear-groups', ...LAB, '--check']
    expect(await attempt(argv)).toMatchObject({
      status: 1,
      stderr: 'lab: network namespaces need root: sudo npm start\n',
    })
  })
})
