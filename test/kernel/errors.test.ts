import { describe, expect, it } from 'vitest'
import { errnoName, failureOf, KernelError } from '../../src/kernel/errors.ts'

describe('errno names', () => {
  it('are those of errno.h', () => {
    expect([1, 2, 11, 17, 95, 105].map(errnoName)).toEqual([
      'EPERM',
      'ENOENT',
      'EAGAIN',
      'EEXIST',
      'EOPNOTSUPP',
      'ENOBUFS',
    ])
  })

  it('know the kernel’s own ENOTSUPP, and show the number of what has no name', () => {
    expect(errnoName(524)).toBe('ENOTSUPP')
    expect(errnoName(4000)).toBe('E4000')
  })
})

describe('an error as a failure', () => {
  it('keeps the code of the kernel’s and the system’s errors', () => {
    expect(failureOf(new KernelError('EPERM', 'no'))).toEqual({ code: 'EPERM', message: 'no' })
    expect(failureOf(Object.assign(new Error('gone'), { code: 'ENOENT' }))).toEqual({
      code: 'ENOENT',
      message: 'gone',
    })
  })

  it('marks a defect of ours', () => {
    expect(failureOf(new TypeError('x is undefined'))).toMatchObject({
      code: 'EPROTO',
      message: expect.stringContaining('x is undefined'),
    })
  })
})
