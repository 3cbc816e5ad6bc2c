import { IFA_F, NTF, NUD } from '../kernel/constants.ts'
import type { FdbEntry } from '../kernel/objects.ts'
import { type DesiredState, FLOOD_MAC } from './desired.ts'
import { CAUSEWAY_PROTOCOL } from './marks.ts'
import { addressObject, fdbObject, neighborObject, type View } from './snapshot.ts'
import type { Problem, Step } from './step.ts'

export interface EntryPlan {
  /** From the top down: FDB entries, neighbours, addresses. */
  readonly removals: Step[]
  /** From the bottom up: addresses, neighbours, FDB entries. */
  readonly additions: Step[]
  readonly problems: Problem[]
}

/** What links carry: addresses, neighbours, FDB entries. `goes` are links that the same plan removes, with all on them. */
export function planEntries(desired: DesiredState, view: View, goes: ReadonlySet<number>): EntryPlan {
  const result: EntryPlan = { removals: [], additions: [], problems: [] }
  const at = (name: string) => {
    const link = view.byName.get(name)
    return link && !goes.has(link.index) ? link.index : undefined
  }
  const stays = (index: number) => !goes.has(index)
  planAddresses(desired, view, at, stays, result)
  planNeighbors(desired, view, at, stays, result)
  planFdb(desired, view, at, stays, result)
  return result
}

type IndexOf = (name: string) => number | undefined
type Stays = (index: number) => boolean

function planAddresses(
  desired: DesiredState,
  view: View,
  at: IndexOf,
  stays: Stays,
  result: EntryPlan,
): void {
  const { addresses } = view.snapshot
  const have = new Map(addresses.map(one => [addressObject(one.prefix, view.nameOf(one.link)), one]))
  const wanted = new Set<string>()
  for (const { interface: name, prefix, scope, flags } of desired.addresses) {
    const object = addressObject(prefix, name)
    wanted.add(object)
    const link = at(name)
    if (link === undefined) continue
    const current = have.get(object)
    if (!current) {
      const address = { link, prefix, scope, flags, protocol: CAUSEWAY_PROTOCOL }
      result.additions.push({
        object,
        detail: '',
        seen: 'missing',
        change: { op: 'addAddress', address },
        effect: 'creates',
      })
    } else if ((current.flags & IFA_F.DADFAILED) !== 0) {
      const error = 'duplicate address: another host on the link has it; give one of the two another address'
      result.problems.push({ object, error })
    }
  }
  const unwanted = [...have].filter(
    ([object, one]) => !wanted.has(object) && stays(one.link) && view.madeAddress(one),
  )
  for (const [object, address] of unwanted) {
    result.removals.push({
      object,
      detail: '',
      seen: 'present',
      change: { op: 'deleteAddress', address },
      effect: 'removes',
    })
  }
}

function planNeighbors(
  desired: DesiredState,
  view: View,
  at: IndexOf,
  stays: Stays,
  result: EntryPlan,
): void {
  const { neighbors } = view.snapshot
  const have = new Map(neighbors.map(one => [neighborObject(one.address, view.nameOf(one.link)), one]))
  const wanted = new Set<string>()
  for (const { interface: name, address, macAddress, state } of desired.neighbors) {
    const object = neighborObject(address, name)
    wanted.add(object)
    const link = at(name)
    const current = have.get(object)
    if (link === undefined || (current?.macAddress === macAddress && (current.state & state) !== 0)) continue
    const neighbor = { link, address, macAddress, state, flags: 0, protocol: CAUSEWAY_PROTOCOL }
    const seen = current ? `MAC address ${current.macAddress || 'unresolved'}` : 'missing'
    const change = { op: 'setNeighbor', neighbor } as const
    result.additions.push({ object, detail: '', seen, change, effect: 'creates' })
  }
  const unwanted = [...have].filter(
    ([object, one]) => !wanted.has(object) && stays(one.link) && view.madeNeighbor(one),
  )
  const removals = unwanted.map(([object, neighbor]): Step => {
    const change = { op: 'deleteNeighbor', neighbor } as const
    return { object, detail: '', seen: 'present', change, effect: 'removes' }
  })
  result.removals.unshift(...removals)
}

function planFdb(desired: DesiredState, view: View, at: IndexOf, stays: Stays, result: EntryPlan): void {
  const have = new Map<string, FdbEntry>()
  for (const entry of view.snapshot.fdb) {
    if (entry.destination === undefined) continue
    have.set(fdbObject(entry.macAddress, entry.destination, view.nameOf(entry.link)), entry)
  }
  const wanted = new Set<string>()
  /** Where a MAC keeps an entry with another VTEP, the new one takes the place of the old: no gap. */
  const replaced = new Set<string>()
  for (const { interface: name, macAddress, destination } of desired.fdb) {
    const object = fdbObject(macAddress, destination, name)
    const link = at(name)
    wanted.add(object)
    if (macAddress !== FLOOD_MAC) replaced.add(`${link} ${macAddress}`)
    const current = have.get(object)
    if (link === undefined || (current && (current.state & NUD.PERMANENT) !== 0)) continue
    const entry = { link, macAddress, destination, state: NUD.PERMANENT, flags: NTF.SELF }
    const seen = current ? 'not permanent' : 'missing'
    const change = { op: 'setFdb', entry } as const
    result.additions.push({ object, detail: '', seen, change, effect: 'creates' })
  }
  const removals: Step[] = []
  for (const [object, entry] of have) {
    if (wanted.has(object) || replaced.has(`${entry.link} ${entry.macAddress}`)) continue
    if (!stays(entry.link) || !view.madeFdb(entry)) continue
    const change = { op: 'deleteFdb', entry } as const
    removals.push({ object, detail: '', seen: 'present', change, effect: 'removes' })
  }
  result.removals.unshift(...removals)
}
