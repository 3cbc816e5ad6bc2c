import { expect, it } from 'vitest'
import { ManualClock } from '../../src/net/manual-clock.ts'

it('a manual clock fires timers in the order they fall due, those set on the way too, and no cancelled one', () => {
  const clock = new ManualClock()
  const fired: string[] = []
  clock.after(30, () => fired.push(`c@${clock.now()}`))
  clock.after(10, () => {
    fired.push(`a@${clock.now()}`)
    clock.after(5, () => fired.push(`b@${clock.now()}`))
  })
  clock.after(20, () => fired.push('never')).cancel()
  clock.advance(29)
  expect(fired).toEqual(['a@10', 'b@15'])
  clock.advance(1)
  expect(fired.at(-1)).toBe('c@30')
  expect(clock.pending).toBe(0)
})
