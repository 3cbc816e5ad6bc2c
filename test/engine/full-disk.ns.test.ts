import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { run } from '../../src/lab/command.ts'
import { vethLine } from '../../src/lab/ip.ts'
import { Namespace } from '../../src/lab/namespace.ts'
import type { LabProcess } from '../../src/lab/process.ts'
import { until } from '../../src/lab/wait.ts'

const ENGINE = fileURLToPath(new URL('../../src/main/engine.ts', import.meta.url))
const CONFIG = {
  system: { hostName: 'box' },
  interfaces: [{ type: 'ethernet', name: 'eth1', addresses: ['192.168.50.1/24'] }],
  routes: [{ prefix: '10.9.0.0/16', nexthops: [{ via: '192.168.50.11' }] }],
}

let [box, left] = [] as unknown as Namespace[]
let engine: LabProcess | undefined

beforeEach(async () => {
  ;[box, left] = await Namespace.create(['box', 'left'])
  await box.ip([vethLine({ namespace: 'box', name: 'eth1' }, { namespace: 'left', name: 'eth0' })])
  await left.ip(['link set eth0 up'])
  mkdirSync('/run/full', { recursive: true })
  await run(['mount', '-t', 'tmpfs', '-o', 'size=4k', 'tmpfs', '/run/full'])
  writeFileSync('/run/full/rubbish', Buffer.alloc(4096))
})

afterEach(async () => {
  await engine?.stop('SIGKILL')
  await run(['umount', '/run/full'])
  await Promise.all([box, left].map(namespace => namespace.remove()))
})

describe('an engine whose disk is full before it has confirmed anything', () => {
  it('runs with the configuration that it was started with, and says once what it cannot write', async () => {
    writeFileSync('/run/box.json', JSON.stringify(CONFIG))
    const files = ['--state-dir', '/run/full', '--config', '/run/box.json', '--socket', '/run/full-disk.sock']
    engine = box.start([process.execPath, ENGINE, ...files])
    await engine.waitForLine(/engine .* runs: revision 0/)
    await until('the static route', async () =>
      (await box.ipJson(['route', 'show', '10.9.0.0/16', 'proto', '201'])).length === 1 ? true : undefined,
    )
    const of = (text: RegExp) => engine!.lines.filter(line => text.test(line))
    expect(of(/configuration: .*runs with the one it was started with/)).toHaveLength(1)
    expect(of(/record of kernel objects cannot be written/)).toHaveLength(1)
  })
})
