import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { commandScript } from '../../../src/lab/vm/run.ts'

function run(script: string): string {
  return execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' })
}

describe('commandScript', () => {
  it('hands every argument and variable on as it is', () => {
    const odd = 'a b\'c"$HOME\n\\*'
    const script = commandScript({
      argv: ['sh', '-c', 'printf "%s|%s" "$VARIABLE" "$1"', 'sh', odd],
      environment: { VARIABLE: odd },
    })
    expect(run(script)).toBe(`${odd}|${odd}`)
  })

  it('starts in the directory that is asked for', () => {
    expect(run(commandScript({ argv: ['pwd'], cwd: '/usr/share' }))).toBe('/usr/share\n')
  })

  it('becomes its command, so that the exit status is the command’s', () => {
    expect(() => run(commandScript({ argv: ['sh', '-c', 'exit 7'] }))).toThrow(
      expect.objectContaining({ status: 7 }),
    )
  })
})
