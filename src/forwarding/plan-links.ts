import type { KernelChange, Link, LinkSettings } from '../kernel/objects.ts'
import type { DesiredLink, DesiredState } from './desired.ts'
import { IPIP_FALLBACK, isOurAlias } from './marks.ts'
import { Mtus } from './mtu.ts'
import { type FoundField, foundKey, isFallback, linkObject, type View } from './snapshot.ts'
import type { Problem, Step } from './step.ts'

export interface LinkPlan {
  /** From the top down. */
  readonly removals: Step[]
  /** What is made and what is changed, from the bottom up. */
  readonly settings: Step[]
  /** Links set up or down, from the bottom up. */
  readonly states: Step[]
  readonly problems: Problem[]
  readonly forgets: string[]
  /** Indices of links that `removals` takes away, those included that go with what they stand on. */
  readonly goes: ReadonlySet<number>
}

/**
 * What is to be done to links. Each property is a step of its own, so that one that the kernel refuses keeps no
 * other from being set. A link is made down, and set up once its settings are in place.
 */
export function planLinks(desired: DesiredState, view: View): LinkPlan {
  const wanted = new Map(desired.links.map(link => [link.name, link]))
  const leaving = [...view.byIndex.values()].filter(
    link => view.madeLink(link) && !staysAs(wanted.get(link.name), link, view),
  )
  const goes = withThoseAbove(leaving, view)
  const result: LinkPlan = { removals: [], settings: [], states: [], problems: [], forgets: [], goes }
  for (const link of topDown(leaving, view)) {
    result.removals.push(
      step(link.name, 'deletion', 'present', { op: 'deleteLink', index: link.index }, 'removes'),
    )
  }
  const mtus = new Mtus(desired, view)
  for (const want of desired.links) {
    const link = view.byName.get(want.name)
    if (!link || goes.has(link.index)) planMissing(want, view, mtus, result)
    else planPresent(want, link, view, mtus, result)
  }
  restoreFound(wanted, view, result)
  return result
}

/** Whether a link that we made can become what is wanted without being made anew: what the kernel lets nobody change is the same. */
function staysAs(want: DesiredLink | undefined, link: Link, view: View): boolean {
  if (!want?.kind || want.kind !== link.kind) return false
  const parent = want.parent === undefined ? 0 : view.byName.get(want.parent)?.index
  const { vxlan, ipip } = want
  switch (want.kind) {
    case 'bridge':
      return true
    case 'vlan':
      return want.vlanId === link.vlanId && parent === link.parent
    case 'vxlan':
      return (
        vxlan?.vni === link.vxlan?.vni &&
        vxlan?.port === link.vxlan?.port &&
        parent === link.parent &&
        isV6(vxlan?.local) === isV6(link.vxlan?.local)
      )
    case 'ipip':
      return (ipip?.remote === undefined) === (link.ipip?.remote === undefined)
  }
}

function isV6(address: string | undefined): boolean | undefined {
  return address?.includes(':')
}

/** These links and all that stand on them (IFLA_LINK): the kernel removes a VLAN with its parent. */
function withThoseAbove(links: readonly Link[], view: View): Set<number> {
  const goes = new Set(links.map(link => link.index))
  for (let before = -1; before !== goes.size; ) {
    before = goes.size
    for (const link of view.byIndex.values()) if (goes.has(link.parent)) goes.add(link.index)
  }
  return goes
}

function topDown(links: readonly Link[], view: View): Link[] {
  const depth = (link: Link | undefined, steps = 0): number =>
    link && steps <= view.byIndex.size ? 1 + depth(view.byIndex.get(link.parent), steps + 1) : 0
  return [...links].sort((a, b) => depth(b) - depth(a))
}

function planMissing(want: DesiredLink, view: View, mtus: Mtus, result: LinkPlan): void {
  const object = linkObject(want.name)
  if (!want.kind) {
    const error = 'there is no such link; a port must be there before it can be configured'
    result.problems.push({ object, error })
    return
  }
  const parent = want.parent === undefined ? undefined : view.byName.get(want.parent)
  if (want.parent !== undefined && (!parent || result.goes.has(parent.index))) {
    result.problems.push({ object, error: `waits for its parent ${want.parent}, which does not exist` })
    return
  }
  const mtu = mtus.of(want)
  const link: LinkSettings = {
    name: want.name,
    kind: want.kind,
    ...(want.macAddress !== undefined && { macAddress: want.macAddress }),
    ...(mtu !== undefined && { mtu }),
    ...(parent && { parent: parent.index }),
    ...(want.alias !== undefined && { alias: want.alias }),
    ...(want.vlanId !== undefined && { vlanId: want.vlanId }),
    ...(want.vxlan && { vxlan: want.vxlan }),
    ...(want.ipip && { ipip: want.ipip }),
  }
  result.settings.push(step(want.name, '', 'missing', { op: 'addLink', link }, 'creates'))
}

function planPresent(want: DesiredLink, link: Link, view: View, mtus: Mtus, result: LinkPlan): void {
  if (want.kind && !view.madeLink(link) && !(want.kind === 'ipip' && isFallback(link))) {
    const error =
      'a link of this name exists that Causeway did not make; remove it, or give the interface another name'
    result.problems.push({ object: linkObject(want.name), error })
    return
  }
  const set: SetStep = (detail, seen, settings, field) => {
    const change = { op: 'setLink', index: link.index, link: settings } as const
    const key = field && !view.madeLink(link) ? foundKey(link.name, field) : undefined
    const finds =
      key && !view.owned.found.has(key) ? { key, value: foundValue(link, field!, view) } : undefined
    return { ...step(link.name, detail, seen, change), ...(finds && { finds }) }
  }
  if (want.alias !== undefined && want.alias !== link.alias) {
    result.settings.push(set('alias', `alias '${link.alias}'`, { alias: want.alias }))
  }
  if (want.macAddress !== undefined && want.macAddress !== link.macAddress) {
    result.settings.push(
      set(
        `MAC address ${want.macAddress}`,
        `MAC address ${link.macAddress}`,
        { macAddress: want.macAddress },
        'macAddress',
      ),
    )
  }
  planTunnelEnds(want, link, set, result)
  const mtu = mtus.of(want)
  if (mtu !== undefined && mtu !== link.mtu)
    result.settings.push(set(`MTU ${mtu}`, `MTU ${link.mtu}`, { mtu }, 'mtu'))
  planBridge(want, link, view, set, result)
  if (want.up !== link.up)
    result.states.push(
      set(want.up ? 'setting up' : 'setting down', link.up ? 'up' : 'down', { up: want.up }, 'up'),
    )
}

type SetStep = (detail: string, seen: string, settings: Partial<LinkSettings>, field?: FoundField) => Step

/** Tunnel options that can change on a living link. The ends of the fallback device cannot. */
function planTunnelEnds(want: DesiredLink, link: Link, set: SetStep, result: LinkPlan): void {
  const { vxlan, ipip } = want
  if (vxlan && link.vxlan) {
    const { local, learning, ttl } = link.vxlan
    if (vxlan.local !== local || vxlan.learning !== learning || vxlan.ttl !== ttl) {
      result.settings.push(set(`VXLAN options (local ${vxlan.local})`, `local ${local}`, { vxlan }))
    }
  }
  if (ipip && link.ipip && !isFallback(link)) {
    const { local, remote, ttl } = link.ipip
    if (ipip.local !== local || ipip.remote !== remote || ipip.ttl !== ttl) {
      result.settings.push(set(`IPIP options (local ${ipip.local})`, `local ${local}`, { ipip }))
    }
  }
}

function planBridge(want: DesiredLink, link: Link, view: View, set: SetStep, result: LinkPlan): void {
  const master = view.byIndex.get(link.master)
  if (want.bridge === undefined) {
    // A bridge, bond or VRF that others put it into is theirs.
    if (master && view.madeLink(master) && !result.goes.has(master.index)) {
      result.settings.push(set(`leaving bridge ${master.name}`, 'a port of it', { master: 0 }))
    }
    return
  }
  const bridge = view.byName.get(want.bridge)
  if (!bridge || result.goes.has(bridge.index)) {
    const error = `waits for bridge ${want.bridge}, which does not exist`
    result.problems.push({ object: linkObject(want.name), error })
  } else if (bridge.index !== link.master) {
    result.settings.push(
      set(`port of bridge ${want.bridge}`, 'not a port of it', { master: bridge.index }, 'bridge'),
    )
  }
}

function foundValue(link: Link, field: FoundField, view: View): string {
  return field === 'bridge' ? (view.byIndex.get(link.master)?.name ?? '') : String(link[field])
}

/** Puts back what was found on ports where the configuration says nothing of it any more. */
function restoreFound(wanted: ReadonlyMap<string, DesiredLink>, view: View, result: LinkPlan): void {
  for (const [key, value] of view.owned.found) {
    const [name, field] = key.split(' ') as [string, FoundField | undefined]
    const want = wanted.get(name)
    if (field === undefined || (want && (field === 'up' || want[field] !== undefined))) continue
    const link = view.byName.get(name)
    const settings = link && foundSettings(field, value, view)
    if (!link || !settings || foundValue(link, field, view) === value) result.forgets.push(key)
    else {
      const change = { op: 'setLink', index: link.index, link: settings } as const
      result.settings.push(
        step(name, `putting back ${field} ${value}`, foundValue(link, field, view), change),
      )
    }
  }
  const fallback = view.byName.get(IPIP_FALLBACK)
  if (fallback && isFallback(fallback) && isOurAlias(fallback.alias) && !wanted.has(IPIP_FALLBACK)) {
    const change = { op: 'setLink', index: fallback.index, link: { alias: '' } } as const
    result.settings.push(step(fallback.name, 'alias', fallback.alias, change))
  }
}

function foundSettings(field: FoundField, value: string, view: View): Partial<LinkSettings> | undefined {
  switch (field) {
    case 'mtu':
      return { mtu: Number(value) }
    case 'macAddress':
      return { macAddress: value }
    case 'up':
      return { up: value === 'true' }
    case 'bridge': {
      const bridge = value === '' ? 0 : view.byName.get(value)?.index
      return bridge === undefined ? undefined : { master: bridge }
    }
  }
}

function step(
  name: string,
  detail: string,
  seen: string,
  change: KernelChange,
  effect?: 'creates' | 'removes',
): Step {
  return { object: linkObject(name), detail, seen, change, ...(effect && { effect }) }
}
