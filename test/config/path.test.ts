import { describe, expect, it } from 'vitest'
import { PathWords, toPointer, valueAt } from '../../src/config/path.ts'
import { closest, listWords } from '../../src/config/words.ts'

describe('places in a configuration', () => {
  it('are JSON pointers with escapes', () => {
    expect(toPointer(['a/b', 0, 'm~n'])).toBe('/a~1b/0/m~0n')
    expect(toPointer([])).toBe('')
  })

  it('are said by name where it is the only one', () => {
    const words = new PathWords({
      list: [{ name: 'a' }, { name: 'b' }, { name: 'b' }, { address: '10.0.0.1' }, 5],
    })
    expect([0, 1, 2, 3, 4].map(index => words.of(['list', index, 'x']))).toEqual([
      'list[a].x',
      'list[1].x',
      'list[2].x',
      'list[10.0.0.1].x',
      'list[4].x',
    ])
    expect(words.of([])).toBe('the configuration')
  })

  it('do not reach into prototypes', () => {
    expect(valueAt({ a: {} }, ['a', 'constructor'])).toBeUndefined()
  })
})

describe('suggestions', () => {
  it.each([
    ['vlan-id', 'vlanId'],
    ['VLANID', 'vlanId'],
    ['vlnaId', 'vlanId'],
    ['prot', 'port'],
    ['parents', 'parent'],
    ['x', undefined],
    ['something', undefined],
  ])('for %s: %s', (text, wanted) => {
    expect(closest(text, ['vlanId', 'port', 'parent', 'learning'])).toBe(wanted)
  })

  it('are listed as a sentence', () => {
    expect([listWords(['a']), listWords(['a', 'b']), listWords(['a', 'b', 'c'], 'and')]).toEqual([
      'a',
      'a or b',
      'a, b and c',
    ])
  })
})
