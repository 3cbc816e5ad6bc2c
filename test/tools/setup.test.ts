import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const script = join(root, 'tools/setup.sh')
const text = readFileSync(script, 'utf8')

/** The rows of the script's table: command, package, purposes. */
const rows = /^commands='\n([\s\S]*?)^'/m
  .exec(text)![1]!
  .trim()
  .split('\n')
  .map(line => line.split(/\s+/) as [string, string, string])

function packagesOf(purpose: string): string[] {
  return rows.filter(([, , purposes]) => purposes.split(',').includes(purpose)).map(([, name]) => name)
}

describe('the set-up', () => {
  it('knows the purpose of every npm script that calls it', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    const purposes = Object.values(scripts as Record<string, string>).flatMap(
      command => /tools\/setup\.sh (\S+)/.exec(command)?.[1] ?? [],
    )
    expect(purposes).toContain('interop')
    const known = /case \$purpose in ([^)]*)\)/.exec(text)![1]!.split(' | ')
    expect(purposes.filter(purpose => !known.includes(purpose))).toEqual([])
  })

  it('installs for each purpose what it needs and no more', () => {
    const lab = ['bird2', 'iproute2', 'iputils-ping', 'tcpdump', 'util-linux', 'mount']
    expect(packagesOf('unit')).toEqual([])
    expect(packagesOf('lab')).toEqual(lab)
    expect(packagesOf('vm')).toEqual([...lab, 'qemu-system-x86', 'kmod'])
    expect(packagesOf('test')).toEqual([...lab, 'frr', 'qemu-system-x86', 'kmod', 'pmacct'])
    expect(packagesOf('interop')).toEqual([...lab, 'frr', 'gobgpd', 'openbgpd', 'exabgp'])
    expect(packagesOf('bench')).toEqual([...lab, 'frr', 'gobgpd', 'openbgpd'])
  })

  it.each([[[]], [['nonsense']], [['lap', 'true']]])('refuses %j with how it is used', argv => {
    const { status, stderr } = spawnSync('sh', [script, ...argv], { encoding: 'utf8' })
    expect(status).toBe(2)
    expect(stderr).toMatch(/^usage: tools\/setup\.sh unit\|lab\|vm\|test\|interop\|bench/)
  })
})
