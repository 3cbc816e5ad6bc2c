import type { Interface } from '../../model/config.ts'
import { parseMac } from '../../net/mac.ts'
import { type Finding, finding } from '../finding.ts'
import type { Path } from '../path.ts'
import { type Check, type CheckContext, duplicates, type InterfaceEntry } from './context.ts'

type InterfaceType = Interface['type']

/** Links that carry Ethernet frames, and so tags, ports and neighbours. */
const vlanParents: ReadonlySet<InterfaceType> = new Set(['ethernet', 'bridge', 'vlan', 'vxlan'])
const vxlanParents: ReadonlySet<InterfaceType> = new Set(['ethernet', 'bridge', 'vlan'])
const bridgePorts: ReadonlySet<InterfaceType> = new Set(['ethernet', 'vlan', 'vxlan'])

export const interfaceChecks: readonly Check[] = [
  { name: 'each interface has a name of its own', run: duplicateNames },
  { name: 'lo is the loopback interface', run: loopbackName },
  { name: 'a MAC address is one that an interface can have', run: interfaceMacs },
  { name: 'the parent of a VLAN is there and carries VLANs', run: vlanParent },
  { name: 'a VLAN stands once on its parent', run: duplicateVlans },
  { name: 'the parent of a VXLAN is there and can be one', run: vxlanParent },
  { name: 'the ports of a bridge are there and can be ports', run: ports },
  { name: 'an interface is a port once', run: portsTaken },
  { name: 'a port of a bridge has no addresses', run: portAddresses },
  { name: 'no interface stands on itself', run: circles },
]

function duplicateNames(context: CheckContext): readonly Finding[] {
  return duplicates(
    context.interfaces,
    entry => entry.interface.name,
    (entry, first) =>
      finding([...entry.path, 'name'], 'duplicate-interface', {
        name: entry.interface.name,
        other: context.place(first.path),
      }),
  )
}

function loopbackName({ interfaces }: CheckContext): readonly Finding[] {
  return interfaces
    .filter(({ interface: { name, type } }) => name === 'lo' && type !== 'loopback')
    .map(({ interface: { type }, path }) => finding([...path, 'name'], 'reserved-interface-name', { type }))
}

function interfaceMacs({ interfaces }: CheckContext): readonly Finding[] {
  const findings: Finding[] = []
  for (const { interface: item, path } of interfaces) {
    if (!('macAddress' in item) || item.macAddress === undefined) continue
    const bytes = parseMac(item.macAddress)
    if (!bytes) continue
    const kind = macFault(bytes)
    if (kind)
      findings.push(finding([...path, 'macAddress'], 'bad-interface-mac', { mac: item.macAddress, kind }))
  }
  return findings
}

/** As is_valid_ether_addr of the kernel (linux/etherdevice.h). */
function macFault(bytes: Uint8Array): string | undefined {
  if (bytes.every(octet => octet === 0)) return 'all zero'
  return (bytes[0]! & 1) === 1 ? 'a group address' : undefined
}

function vlanParent(context: CheckContext): readonly Finding[] {
  return context
    .ofType('vlan')
    .flatMap(({ interface: item, path }) =>
      reference(context, [...path, 'parent'], item.parent, vlanParents, (parent, type) =>
        finding([...path, 'parent'], 'vlan-parent-type', { parent, type }),
      ),
    )
}

function vxlanParent(context: CheckContext): readonly Finding[] {
  return context
    .ofType('vxlan')
    .flatMap(({ interface: item, path }) =>
      item.parent === undefined
        ? []
        : reference(context, [...path, 'parent'], item.parent, vxlanParents, (parent, type) =>
            finding([...path, 'parent'], 'vxlan-parent-type', { parent, type }),
          ),
    )
}

function ports(context: CheckContext): readonly Finding[] {
  return portEntries(context).flatMap(({ port, path }) =>
    reference(context, path, port, bridgePorts, (_, type) =>
      finding(path, 'bridge-port-type', { port, type }),
    ),
  )
}

function reference(
  context: CheckContext,
  path: Path,
  name: string,
  allowed: ReadonlySet<InterfaceType>,
  refuse: (name: string, type: InterfaceType) => Finding,
): readonly Finding[] {
  const target = context.find(name)
  if (!target) return context.unknownInterface(path, name)
  return allowed.has(target.interface.type) ? [] : [refuse(name, target.interface.type)]
}

interface PortEntry {
  readonly port: string
  readonly bridge: string
  readonly path: Path
}

function portEntries(context: CheckContext): readonly PortEntry[] {
  return context
    .ofType('bridge')
    .flatMap(({ interface: { name, ports = [] }, path }) =>
      ports.map((port, index) => ({ port, bridge: name, path: [...path, 'ports', index] })),
    )
}

function portsTaken(context: CheckContext): readonly Finding[] {
  return duplicates(
    portEntries(context),
    ({ port }) => port,
    ({ port, path }, { bridge }) => finding(path, 'bridge-port-taken', { port, bridge }),
  )
}

function portAddresses(context: CheckContext): readonly Finding[] {
  const seen = new Set<string>()
  return portEntries(context).flatMap(({ port, bridge }) => {
    const entry = context.find(port)
    if (!entry?.interface.addresses?.length || !bridgePorts.has(entry.interface.type) || seen.has(port))
      return []
    seen.add(port)
    return [finding([...entry.path, 'addresses'], 'bridge-port-addresses', { port, bridge })]
  })
}

function duplicateVlans(context: CheckContext): readonly Finding[] {
  return duplicates(
    context.ofType('vlan'),
    ({ interface: { parent, vlanId } }) => `${parent} ${vlanId}`,
    ({ interface: { parent, vlanId }, path }, first) =>
      finding([...path, 'vlanId'], 'duplicate-vlan', { id: vlanId, parent, other: first.interface.name }),
  )
}

/** The interfaces that one stands on. */
function below(item: Interface): readonly string[] {
  if (item.type === 'vlan') return [item.parent]
  if (item.type === 'vxlan' && item.parent !== undefined) return [item.parent]
  if (item.type === 'bridge') return item.ports ?? []
  return []
}

/** Depth-first; each circle is reported once, at the interface of it that comes first in the configuration. */
function circles(context: CheckContext): readonly Finding[] {
  const done = new Set<string>()
  const findings: Finding[] = []
  for (const start of context.interfaces) {
    const trail: { readonly entry: InterfaceEntry; readonly rest: string[] }[] = []
    const onTrail = new Set<string>()
    const enter = (entry: InterfaceEntry): void => {
      onTrail.add(entry.interface.name)
      trail.push({ entry, rest: [...below(entry.interface)].reverse() })
    }
    if (!done.has(start.interface.name)) enter(start)
    for (let top = trail.at(-1); top; top = trail.at(-1)) {
      const name = top.rest.pop()
      if (name === undefined) {
        trail.pop()
        onTrail.delete(top.entry.interface.name)
        done.add(top.entry.interface.name)
        continue
      }
      if (onTrail.has(name))
        findings.push(
          circleFinding(
            trail.map(({ entry }) => entry),
            name,
          ),
        )
      else if (!done.has(name)) {
        const next = context.find(name)
        if (next) enter(next)
      }
    }
  }
  return findings
}

function circleFinding(trail: readonly InterfaceEntry[], name: string): Finding {
  const round = trail.slice(trail.findIndex(entry => entry.interface.name === name))
  const first = round[0]!
  const circle = [...round.map(entry => entry.interface.name), name].join(' on ')
  const key = first.interface.type === 'bridge' ? 'ports' : 'parent'
  return finding([...first.path, key], 'parent-circle', { circle })
}
