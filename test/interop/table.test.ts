import { describe, expect, it } from 'vitest'
import { DECLARED } from './declared.ts'
import { CASES, type Cell, type Column } from './matrix.ts'
import { formatMatrix, markdownMatrix, unexpected } from './table.ts'

const cases = CASES.filter(({ name }) => ['ipv4', 'role'].includes(name))
const cell = (part: Partial<Cell>): Cell => ({
  peer: 'gobgp',
  case: 'ipv4',
  result: 'yes',
  seconds: 1,
  ...part,
})
const column = (...cells: Cell[]): Column => ({ peer: 'gobgp', version: 'gobgpd version 3', cells })
const lacks = cell({ case: 'role', result: 'peer lacks it', evidence: 'invalid keys: role' })

describe('the matrix', () => {
  it('has a row for each case and below it what shows that a peer lacks something', () => {
    const lines = formatMatrix([column(cell({}), lacks)], cases).split('\n')
    expect(lines.map(line => line.split(/ {2,}/))).toEqual([
      ['', 'GoBGP'],
      ['session over IPv4, IPv4 routes', 'yes'],
      ['roles (RFC 9234): it gets our routes with OTC', '-'],
      [''],
      ['GoBGP: gobgpd version 3'],
      [''],
      ['GoBGP, role: the peer lacks it: invalid keys: role'],
    ])
  })

  it('is a page too, with the evidence of every cell that has some', () => {
    const page = markdownMatrix([column(cell({ evidence: 'it shows it' }), lacks)], cases)
    expect(page).toContain('| session over IPv4, IPv4 routes | yes |')
    expect(page).toContain('- GoBGP, ipv4 (yes): `` it shows it ``')
    expect(page).toContain('- GoBGP, role (peer lacks it): `` invalid keys: role ``')
  })

  it('is wrong where a cell is not as declared, either way', () => {
    expect(unexpected([column(cell({}), lacks)])).toEqual([])
    expect(unexpected([column(cell({ result: 'no' }))])).toEqual(['gobgp ipv4: no, declared is: yes'])
    expect(unexpected([column({ ...lacks, result: 'yes' })])).toEqual([
      'gobgp role: yes, declared is: peer lacks it',
    ])
  })

  it('has names that are told apart, and declares nothing of cases that are not there', () => {
    const names = CASES.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    expect(
      Object.values(DECLARED)
        .flat()
        .filter(name => !names.includes(name)),
    ).toEqual([])
  })
})
