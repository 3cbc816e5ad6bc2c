import { bridgeBatch, ipBatch } from '../ip.ts'
import { Namespace } from '../namespace.ts'
import type { Blueprint } from './blueprint.ts'

/** The namespaces of a topology, by name. */
export type Namespaces = ReadonlyMap<string, Namespace>

/** Makes everything that a blueprint says, namespaces side by side. */
export async function build(blueprint: Blueprint): Promise<Namespaces> {
  const made = await Namespace.create(blueprint.namespaces)
  const namespaces = new Map(made.map(namespace => [namespace.name, namespace]))
  await ipBatch(blueprint.links)
  await Promise.all(Object.entries(blueprint.devices).map(([name, lines]) => ipBatch(lines, name)))
  await Promise.all(
    Object.entries(blueprint.sysctls).map(([name, values]) => namespaces.get(name)!.sysctl(values)),
  )
  await Promise.all(Object.entries(blueprint.network).map(([name, lines]) => ipBatch(lines, name)))
  await Promise.all(Object.entries(blueprint.fdb).map(([name, lines]) => bridgeBatch(lines, name)))
  return namespaces
}
