import { expect, it, vi } from 'vitest'
import * as route from '../../../src/kernel/codec/route.ts'
import { RouteSelection } from '../../../src/kernel/codec/route-selection.ts'
import type { RouteFilter } from '../../../src/kernel/objects.ts'
import { parsePrefix } from '../../../src/net/prefix.ts'
import { messageOf } from '../bytes.ts'

vi.mock('../../../src/kernel/codec/route.ts', { spy: true })

const hexOf = (byte: number) => byte.toString(16).padStart(2, '0')

/** A route to 10.1.x.0/24 in the main table; metric 20 unless said otherwise. */
const to = (x: number, { protocol = 201, table = 254, metric = 20 } = {}) =>
  messageOf(
    24,
    `02180000 ${hexOf(table)}${hexOf(protocol)}0001 00000000`,
    `08000100 0a01${hexOf(x)}00 08000600 ${hexOf(metric)}000000`,
  )

function select(filter: RouteFilter, ...messages: ReturnType<typeof to>[]): string[] {
  const selection = new RouteSelection(filter)
  for (const message of messages) selection.read(message)
  return selection.routes().map(({ prefix, metric }) => `${prefix} ${metric}`)
}

it('the first so many prefixes behind one come in order, with all the routes of each', () => {
  const routes = [to(9), to(3), to(5, { metric: 7 }), to(1), to(5), to(7)]
  expect(select({ first: 2, after: parsePrefix('10.1.1.0/24')! }, ...routes)).toEqual([
    '10.1.3.0/24 20',
    '10.1.5.0/24 7',
    '10.1.5.0/24 20',
  ])
  expect(select({ first: 2, inside: parsePrefix('10.1.7.0/24')! }, ...routes)).toEqual(['10.1.7.0/24 20'])
})

it('what a filter does not name is no first prefix', () => {
  const others = [to(1, { protocol: 3 }), to(2, { table: 255 }), to(3)]
  expect(select({ first: 1, protocol: 201, table: 254 }, ...others)).toEqual(['10.1.3.0/24 20'])
  expect(select({ first: 1, exceptProtocol: 3 }, ...others)).toEqual(['10.1.2.0/24 20'])
  expect(select({ table: 254 }, ...others)).toEqual(['10.1.1.0/24 20', '10.1.3.0/24 20'])
})

it('a dump that begins again is read anew', () => {
  const selection = new RouteSelection({ first: 2 })
  selection.read(to(1))
  selection.restart()
  selection.read(to(2))
  expect(selection.routes().map(({ prefix }) => prefix)).toEqual(['10.1.2.0/24'])
})

it('what lies behind a page is left unread', () => {
  const read = vi.mocked(route.readRoute)
  read.mockClear()
  const many = Array.from({ length: 250 }, (_, i) => to(i))
  expect(select({ first: 1 }, ...many, ...many, ...many)).toHaveLength(3)
  expect(read.mock.calls.length).toBeLessThan(100)
})
