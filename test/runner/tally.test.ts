import { describe, expect, it } from 'vitest'
import { formatTally, NOTHING, sum, tallyReport, type VitestReport } from './tally.ts'

function report(changes: Partial<VitestReport> = {}): VitestReport {
  return {
    numPassedTests: 5,
    numFailedTests: 0,
    numPendingTests: 0,
    numTodoTests: 0,
    testResults: [],
    ...changes,
  }
}

describe('tallyReport', () => {
  it('takes the numbers of passed, failed and skipped tests', () => {
    const tally = tallyReport(report({ numFailedTests: 2, numPendingTests: 3, numTodoTests: 1 }), 1)
    expect(tally).toEqual({ passed: 5, failed: 2, skipped: 4 })
  })

  it('counts a file that failed before its first test', () => {
    const testResults = [
      { status: 'failed', assertionResults: [] },
      { status: 'failed', assertionResults: [{}] },
    ]
    expect(tallyReport(report({ numFailedTests: 1, testResults }), 1).failed).toBe(2)
  })

  it('counts an error outside of all tests, which only the exit status tells', () => {
    expect(tallyReport(report(), 1).failed).toBe(1)
  })

  it('counts a run without a report as a failure', () => {
    expect(tallyReport(undefined, 0)).toEqual({ passed: 0, failed: 1, skipped: 0 })
  })
})

describe('sum and formatTally', () => {
  it('make the closing line', () => {
    const parts = [NOTHING, { passed: 3, failed: 1, skipped: 0 }, { passed: 4, failed: 0, skipped: 2 }]
    expect(formatTally(sum(parts))).toBe('7 passed, 1 failed, 2 skipped')
  })
})
