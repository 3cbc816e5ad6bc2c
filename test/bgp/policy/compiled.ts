import { compilePolicy, type PolicyEnvironment } from '../../../src/bgp/policy/compile.ts'
import { NamedLists } from '../../../src/bgp/policy/lists.ts'
import { type CompiledPolicy, Numbers, originOf, REJECT, Source } from '../../../src/bgp/policy.ts'
import type { AttributeStore } from '../../../src/bgp/rib/attribute-store.ts'
import type { Attributes } from '../../../src/bgp/wire/index.ts'
import type { Policy, PolicyLists } from '../../../src/model/config-policy.ts'
import { parsePrefix } from '../../../src/net/prefix.ts'
import { Fixture } from '../rib/fixture.ts'

/** A policy of these rules. */
export function compiled(
  rules: Policy['rules'],
  environment: Partial<PolicyEnvironment> & { attributes: AttributeStore },
): CompiledPolicy {
  return compilePolicy([{ name: 'p', rules }], 'p', {
    direction: 'import',
    localAs: 65000,
    lists: new NamedLists({}),
    groups: new Numbers(),
    neighbors: new Numbers(),
    ...environment,
  })
}

/** A route that a policy is asked of. */
export interface AskedRoute extends Partial<Attributes> {
  readonly via?: string
  readonly source?: number
  readonly group?: string
  readonly neighbor?: string
}

/** One or more policies and what they say of routes. */
export class Asked {
  readonly fixture = new Fixture()
  readonly attributes = this.fixture.attributes
  readonly groups = new Numbers()
  readonly neighbors = new Numbers()
  readonly policy: CompiledPolicy

  constructor(
    policies: readonly Policy[] | Policy['rules'],
    options: Partial<PolicyEnvironment> & { named?: PolicyLists } = {},
  ) {
    const list = policies.map(item => ('rules' in item ? item : { name: 'p', rules: [item] }))
    const joined =
      list.length > 0 && !('rules' in policies[0]!)
        ? [{ name: 'p', rules: list.flatMap(p => p.rules) }]
        : list
    this.policy = compilePolicy(joined, 'p', {
      direction: 'import',
      localAs: 65000,
      attributes: this.attributes,
      lists: new NamedLists(options.named ?? {}),
      groups: this.groups,
      neighbors: this.neighbors,
      ...options,
    })
  }

  /** The number of the change, or `REJECT`. */
  verdict(prefix: string, route: AskedRoute = {}): number {
    return this.#ask(prefix, route, (set, ...rest) => this.policy.judge(set, ...rest))
  }

  accepts(prefix: string, route: AskedRoute = {}): boolean {
    return this.verdict(prefix, route) !== REJECT
  }

  /** The attributes after the policy, or undefined where it rejects. */
  result(prefix: string, route: AskedRoute = {}): Attributes | undefined {
    return this.#ask(prefix, route, (set, ...rest) => {
      const verdict = this.policy.judge(set, ...rest)
      if (verdict === REJECT) return undefined
      const derived = this.attributes.derive(set, verdict)
      const result = this.attributes.decode(derived)
      this.attributes.release(derived)
      return result
    })
  }

  decider(prefix: string, route: AskedRoute = {}) {
    return this.#ask(prefix, route, (set, ...rest) => this.policy.decider(set, ...rest))
  }

  #ask<T>(
    prefix: string,
    { source = Source.BGP, group, neighbor, ...attributes }: AskedRoute,
    ask: (...route: Parameters<CompiledPolicy['judge']>) => T,
  ): T {
    const { bytes, length } = parsePrefix(prefix)!
    // As in an UPDATE: only the significant octets, somewhere in a buffer, with something else behind.
    const octets = (length + 7) >> 3
    const buffer = new Uint8Array(octets + 8).fill(0xff)
    buffer.set(bytes.subarray(0, octets), 3)
    const set = this.fixture.set(attributes)
    const origin = originOf(source, this.groups.of(group), neighbor ? this.neighbors.known(neighbor) : 0)
    const answer = ask(set, origin, bytes.length === 4 ? 4 : 6, buffer, 3, length)
    this.attributes.release(set)
    return answer
  }
}
