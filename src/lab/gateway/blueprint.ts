/**
 * A part of a topology as data: what is made in which namespace. Parts are put together and built in one go,
 * in an order in which each step finds what it needs.
 */
export interface Blueprint {
  readonly namespaces: readonly string[]
  /** Lines of `ip` for links that join two namespaces. */
  readonly links: readonly string[]
  /** By namespace: lines of `ip` for links within, or handed from, one namespace. */
  readonly devices: ByNamespace<readonly string[]>
  /** By namespace: sysctls by their path below /proc/sys, written once all links are there. */
  readonly sysctls: ByNamespace<Readonly<Record<string, string | number>>>
  /** By namespace: lines of `ip` for states, addresses, neighbours and routes. */
  readonly network: ByNamespace<readonly string[]>
  /** By namespace: lines of `bridge` for forwarding databases. */
  readonly fdb: ByNamespace<readonly string[]>
}

export type ByNamespace<T> = Readonly<Record<string, T>>

/** Nothing, to be spread below what a part does have. */
export const NOTHING: Blueprint = {
  namespaces: [],
  links: [],
  devices: {},
  sysctls: {},
  network: {},
  fdb: {},
}

/** Several parts as one. Parts may add to each other's namespaces. */
export function together(parts: readonly Blueprint[]): Blueprint {
  return {
    namespaces: parts.flatMap(part => part.namespaces),
    links: parts.flatMap(part => part.links),
    devices: merge(
      parts.map(part => part.devices),
      (a, b) => [...a, ...b],
    ),
    sysctls: merge(
      parts.map(part => part.sysctls),
      (a, b) => ({ ...a, ...b }),
    ),
    network: merge(
      parts.map(part => part.network),
      (a, b) => [...a, ...b],
    ),
    fdb: merge(
      parts.map(part => part.fdb),
      (a, b) => [...a, ...b],
    ),
  }
}

function merge<T>(records: readonly ByNamespace<T>[], join: (a: T, b: T) => T): ByNamespace<T> {
  const all: Record<string, T> = {}
  for (const record of records) {
    for (const [key, value] of Object.entries(record)) {
      const before = all[key]
      all[key] = before === undefined ? value : join(before, value)
    }
  }
  return all
}
