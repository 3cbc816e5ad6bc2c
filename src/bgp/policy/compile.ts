import type { Policy, PolicyRule } from '../../model/config-policy.ts'
import { canonicalAddress, type Family } from '../../net/address.ts'
import { type CompiledPolicy, type Decider, type Numbers, REJECT, Source } from '../policy.ts'
import type { AttributeStore } from '../rib/attribute-store.ts'
import { describeRule } from './describe.ts'
import type { NamedLists } from './lists.ts'
import { type SetTest, setTests } from './match-set.ts'
import { PlanMemo } from './plan-memo.ts'
import type { PrefixSet } from './prefix-set.ts'
import { changeOf, type PolicySide } from './set.ts'

export interface PolicyEnvironment extends PolicySide {
  readonly attributes: AttributeStore
  readonly lists: NamedLists
  readonly groups: Numbers
  readonly neighbors: Numbers
  /**
   * Where no rule sets MED, remove it from what is accepted: a MED must not go from one neighbouring AS to another
   * (RFC 4271 §5.1.4).
   */
  readonly removeMed?: boolean
}

const SOURCE_BITS = { connected: Source.CONNECTED, static: Source.STATIC, bgp: Source.BGP } as const
const ANY_SOURCE = Source.CONNECTED | Source.STATIC | Source.BGP
const FAMILIES = { 'ipv4-unicast': 4, 'ipv6-unicast': 6 } as const

/** A rule for routes of one family. */
interface CompiledRule {
  readonly sources: number
  readonly groups: ReadonlySet<number> | undefined
  readonly neighbors: ReadonlySet<number> | undefined
  readonly tests: readonly SetTest[]
  readonly prefixes: PrefixSet | undefined
  readonly action: PolicyRule['action']
  readonly change: number
  readonly decider: Decider
}

/** What remains to be asked of a prefix when its attributes are known: the first step that it fits decides. */
interface Step {
  /** Undefined: every prefix. */
  readonly prefixes: PrefixSet | undefined
  /** Of this rule and all `next` rules before it. */
  readonly change: number
  /** What to answer: `REJECT`, or the change with what is removed in the end. */
  readonly verdict: number
  /** The rule to go on with, or -1: the step decides. */
  readonly goOn: number
  readonly rule: number
}

/**
 * Compiles policies that are tried one after the other as one: rules in order, the first that accepts or rejects decides, a
 * route that none decides about is rejected.
 *
 * What a rule asks is of three kinds, and each is answered as seldom as can be. Where a route comes from selects the rules
 * once (`RuleTable`); its attributes select among these once for each set (a list of steps, shared by all sets alike);
 * only the prefix is looked at for each route.
 */
export function compilePolicy(
  policies: readonly Policy[],
  text: string,
  environment: PolicyEnvironment,
): CompiledPolicy {
  const compiled = { 4: compileRules(policies, 4, environment), 6: compileRules(policies, 6, environment) }
  const tables = { 4: new Map<number, RuleTable>(), 6: new Map<number, RuleTable>() }
  const all = [...compiled[4], ...compiled[6]]
  const byOrigin = all.some(({ sources, groups, neighbors }) => sources !== ANY_SOURCE || groups || neighbors)
  const last = { origin: -1, family: 4 as Family, table: undefined as RuleTable | undefined }
  const makeTable = (origin: number, family: Family): RuleTable => {
    const rules = compiled[family]
    const table = new RuleTable(byOrigin ? rules.filter(rule => isFrom(rule, origin)) : rules, environment)
    tables[family].set(origin, table)
    return table
  }
  // Asked for every route: what closures hold is made with each call, so there are none in it.
  const tableOf = (route: number, family: Family): RuleTable => {
    const origin = byOrigin ? route : 0
    if (last.table && last.origin === origin && last.family === family) return last.table
    last.table = tables[family].get(origin) ?? makeTable(origin, family)
    last.origin = origin
    last.family = family
    return last.table
  }
  return {
    text,
    names: policies.map(({ name }) => name),
    byPrefix: all.some(({ prefixes }) => prefixes !== undefined),
    judge: (set, origin, family, bytes, offset, length) =>
      tableOf(origin, family).judge(set, family, bytes, offset, length),
    decider: (set, origin, family, bytes, offset, length) =>
      tableOf(origin, family).decider(set, family, bytes, offset, length),
  }
}

function isFrom({ sources, groups, neighbors }: CompiledRule, origin: number): boolean {
  if ((sources & origin & ANY_SOURCE) === 0) return false
  if (groups && !groups.has((origin >>> 3) & 0xffff)) return false
  return !neighbors || neighbors.has(Math.floor(origin / 0x80000))
}

function compileRules(
  policies: readonly Policy[],
  family: Family,
  environment: PolicyEnvironment,
): CompiledRule[] {
  return policies
    .flatMap(({ name, rules }) =>
      rules.map((rule, index) => compileRule(rule, { policy: name, rule: index + 1 }, family, environment)),
    )
    .filter(rule => rule !== undefined)
}

/** A rule as it is for a family, or undefined where no route of that family fits it. */
function compileRule(
  rule: PolicyRule,
  place: { readonly policy: string; readonly rule: number },
  family: Family,
  { attributes, lists, groups, neighbors, ...side }: PolicyEnvironment,
): CompiledRule | undefined {
  const { match = {}, action, set } = rule
  if (match.family && FAMILIES[match.family] !== family) return undefined
  const byPrefix = match.prefixes || match.prefixLists
  const prefixes = byPrefix ? lists.prefixSet(match.prefixLists ?? [], match.prefixes ?? []) : undefined
  if (prefixes && !prefixes.has(family)) return undefined
  return {
    sources: match.sources?.reduce((bits, source) => bits | SOURCE_BITS[source], 0) ?? ANY_SOURCE,
    groups: match.neighborGroups && new Set(match.neighborGroups.map(name => groups.of(name))),
    neighbors:
      match.neighbors && new Set(match.neighbors.map(name => neighbors.of(canonicalAddress(name) ?? name))),
    tests: setTests(match, lists),
    prefixes,
    action,
    change: set && action !== 'reject' ? attributes.change(changeOf(set, family, side, lists)) : 0,
    decider: { ...place, text: describeRule(rule) },
  }
}

function holdAll(tests: readonly SetTest[], attributes: AttributeStore, set: number): boolean {
  for (const test of tests) if (!test(attributes, set)) return false
  return true
}

/** A list of steps, and those that begin with it, by the rule and change of the step that follows. */
interface SharedSteps {
  readonly steps: readonly Step[]
  readonly longer: Map<number, SharedSteps>
}

function longer(list: SharedSteps, step: Step): SharedSteps {
  const key = step.rule * 0x1_0000_0000 + step.change
  let found = list.longer.get(key)
  if (!found) {
    found = { steps: [...list.steps, step], longer: new Map() }
    list.longer.set(key, found)
  }
  return found
}

/** The rules for routes of one origin, and what is known of attribute sets under them. */
class RuleTable {
  readonly #rules: readonly CompiledRule[]
  readonly #attributes: AttributeStore
  readonly #removeMed: number
  /** Whether the attributes matter at all from a rule on. */
  readonly #bySet: readonly boolean[]
  /** Steps from a rule on, by set; and where attributes do not matter, the one list of them. */
  readonly #memos = new Map<number, PlanMemo<readonly Step[]>>()
  readonly #constant = new Map<number, readonly Step[]>()
  /** Lists of steps as a tree, so that sets that are alike share one. */
  readonly #shared: SharedSteps = { steps: [], longer: new Map() }
  readonly #first: PlanMemo<readonly Step[]> = new PlanMemo()
  #always: readonly Step[] | undefined
  #lastSet = 0
  #lastGeneration = 0
  #lastSteps: readonly Step[] = []

  constructor(rules: readonly CompiledRule[], { attributes, removeMed }: PolicyEnvironment) {
    this.#rules = rules
    this.#attributes = attributes
    this.#removeMed = removeMed ? attributes.change({ med: null }) : 0
    this.#bySet = rules.map((_, from) => rules.slice(from).some(({ tests }) => tests.length > 0))
    this.#memos.set(0, this.#first)
    if (!this.#bySet[0]) this.#always = this.#plan(0, 0)
  }

  judge(set: number, family: Family, bytes: Uint8Array, offset: number, length: number): number {
    const steps = this.#always ?? this.#firstSteps(set)
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i]!
      if (step.prefixes && !step.prefixes.matches(family, bytes, offset, length)) continue
      if (step.goOn < 0) return step.verdict
      return this.#goOn(set, step, family, bytes, offset, length).verdict
    }
    return REJECT
  }

  /** Routes of one set mostly come one after the other. */
  #firstSteps(set: number): readonly Step[] {
    const generation = this.#attributes.generation(set)
    if (this.#lastSet === set && this.#lastGeneration === generation) return this.#lastSteps
    this.#lastSteps = this.#first.get(set, generation) ?? this.#steps(0, set)
    this.#lastSet = set
    this.#lastGeneration = generation
    return this.#lastSteps
  }

  decider(
    set: number,
    family: Family,
    bytes: Uint8Array,
    offset: number,
    length: number,
  ): Decider | undefined {
    for (const step of this.#steps(0, set)) {
      if (step.prefixes && !step.prefixes.matches(family, bytes, offset, length)) continue
      const rule = step.goOn < 0 ? step.rule : this.#goOn(set, step, family, bytes, offset, length).rule
      return this.#rules[rule]?.decider
    }
    return undefined
  }

  /** Behind a `next` rule that hung on the prefix: the rules after it, for the attributes as they are then. */
  #goOn(
    set: number,
    first: Step,
    family: Family,
    bytes: Uint8Array,
    offset: number,
    length: number,
  ): { readonly verdict: number; readonly rule: number } {
    const attributes = this.#attributes
    let step = first
    let change = first.change
    while (step.goOn >= 0) {
      const changed = attributes.derive(set, change)
      const found = this.#steps(step.goOn, changed).find(
        ({ prefixes }) => !prefixes || prefixes.matches(family, bytes, offset, length),
      )
      attributes.release(changed)
      if (!found || found.verdict === REJECT) return { verdict: REJECT, rule: found?.rule ?? -1 }
      change = attributes.compose(change, found.change)
      step = found
    }
    return { verdict: this.#finished(change), rule: step.rule }
  }

  #steps(from: number, set: number): readonly Step[] {
    if (!this.#bySet[from]) {
      let steps = this.#constant.get(from)
      if (!steps) {
        steps = this.#plan(from, 0)
        this.#constant.set(from, steps)
      }
      return steps
    }
    let memo = this.#memos.get(from)
    if (!memo) {
      memo = new PlanMemo()
      this.#memos.set(from, memo)
    }
    const generation = this.#attributes.generation(set)
    let steps = memo.get(set, generation)
    if (!steps) {
      steps = this.#plan(from, set)
      memo.put(set, generation, steps)
    }
    return steps
  }

  /** Asks the rules from one on of a set. */
  #plan(from: number, set: number): readonly Step[] {
    const attributes = this.#attributes
    let shared = this.#shared
    let current = set
    let change = 0
    for (let i = from; i < this.#rules.length; i++) {
      const { tests, prefixes, action, change: own } = this.#rules[i]!
      if (!holdAll(tests, attributes, current)) continue
      const both = attributes.compose(change, own)
      if (action === 'next') {
        if (own === 0) continue
        if (prefixes) {
          shared = longer(shared, { prefixes, change: both, verdict: both, goOn: i + 1, rule: i })
          continue
        }
        change = both
        if (this.#bySet[i + 1]) current = this.#changed(set, change, current)
        continue
      }
      const verdict = action === 'reject' ? REJECT : this.#finished(both)
      shared = longer(shared, { prefixes, change: both, verdict, goOn: -1, rule: i })
      if (!prefixes) break
    }
    if (current !== set) attributes.release(current)
    return shared.steps
  }

  #changed(set: number, change: number, before: number): number {
    const changed = this.#attributes.derive(set, change)
    if (before !== set) this.#attributes.release(before)
    if (changed === set) this.#attributes.release(changed)
    return changed
  }

  #finished(change: number): number {
    if (this.#removeMed === 0 || this.#attributes.changeOf(change).med !== undefined) return change
    return this.#attributes.compose(change, this.#removeMed)
  }
}
