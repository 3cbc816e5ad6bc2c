import type { Kernel, KernelEvent, Link } from '../kernel/objects.ts'
import type { Clock, Timer } from '../net/clock.ts'
import { Attempts } from './attempts.ts'
import type { DesiredState } from './desired.ts'
import { DriftWatch } from './drift.ts'
import { describeFailure } from './failure.ts'
import { type Plan, plan } from './plan.ts'
import { OwnershipRecord } from './record.ts'
import {
  addressObject,
  fdbObject,
  linkObject,
  neighborObject,
  readSnapshot,
  readSysctls,
  type Snapshot,
  View,
} from './snapshot.ts'
import type { Problem, Step } from './step.ts'

/** Whether the kernel is as desired. */
export interface ReconcileReport {
  /** It was read back, and nothing is left to do. */
  readonly reconciled: boolean
  /** What the kernel refused or lacks, and what another program keeps changing. */
  readonly failures: readonly { readonly object: string; readonly error: string }[]
  /** Changes made to the kernel since the last configuration was given, repairs included. */
  readonly changes: number
}

/** Events come in bursts (a link that goes takes its addresses with it): what follows within is one repair. Milliseconds. */
const SETTLE = 20
/** The kernel tells nobody of a sysctl: those of the whole box are read this often. */
const SYSCTL_PERIOD = 500
/** Everything is compared this often, whatever events said. */
const AUDIT_PERIOD = 30_000
/** Links on links on links: each needs the index of the one below, so each needs a look at the kernel. */
const MAX_ROUNDS = 10
const RETRY_AFTER_ERROR = 1_000

/**
 * Keeps links, addresses, neighbours, FDB entries and sysctls of the kernel as desired: reads what is there, does
 * what `plan` says, reads back, until nothing is left to do. Afterwards it follows the kernel's events and puts right
 * what others change. What the kernel refuses is reported and tried again, with growing pauses and when
 * something happens that may have cured it; the rest is applied.
 */
export class Reconciler {
  readonly #kernel: Kernel
  readonly #clock: Clock
  readonly #log: (line: string) => void
  readonly #record: OwnershipRecord
  /** The record could not be written, which the log was told. */
  #unsaved = false
  readonly #attempts: Attempts
  readonly #drift = new DriftWatch()
  readonly #listeners = new Set<(links: readonly Link[]) => void>()
  readonly #stopMonitor: () => void
  #desired: DesiredState | undefined
  #report: ReconcileReport = { reconciled: false, failures: [], changes: 0 }
  #turn: Promise<void> = Promise.resolve()
  #queued = false
  #settleTimer: Timer | undefined
  #retryTimer: Timer | undefined
  #sysctlTimer: Timer | undefined
  #auditTimer: Timer | undefined
  #closed = false
  /** What listeners were last told, as text. */
  #toldLinks = ''

  /** @param parts.stateDirectory where the record of what was made is kept, to survive this process. */
  constructor(parts: {
    kernel: Kernel
    clock: Clock
    log: (line: string) => void
    stateDirectory?: string
  }) {
    this.#kernel = parts.kernel
    this.#clock = parts.clock
    this.#log = parts.log
    this.#attempts = new Attempts(parts.clock)
    this.#record = new OwnershipRecord(parts.stateDirectory)
    const problem = this.#record.load()
    if (problem !== undefined) this.#log(`kernel: ${problem}`)
    this.#stopMonitor = this.#kernel.monitor(events => this.#take(events))
  }

  /** Makes this the desired state; resolves when all that can be done at once is done and was read back. */
  async setDesired(desired: DesiredState): Promise<ReconcileReport> {
    const first = this.#desired === undefined
    this.#desired = desired
    await this.#queue(() => {
      this.#attempts.clear()
      this.#report = { ...this.#report, reconciled: false, changes: 0 }
    })
    if (first && !this.#closed) {
      this.#scheduleSysctls()
      this.#scheduleAudit()
    }
    return this.#report
  }

  /** How the last comparison with the kernel came out. */
  report(): ReconcileReport {
    return this.#report
  }

  /** Calls `listener` with all links whenever one of them changed; answers the way to stop. */
  onLinks(listener: (links: readonly Link[]) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Stops watching; what is in the kernel stays. Resolves when a change under way is done. */
  async close(): Promise<void> {
    this.#closed = true
    this.#stopMonitor()
    for (const timer of [this.#settleTimer, this.#retryTimer, this.#sysctlTimer, this.#auditTimer]) {
      timer?.cancel()
    }
    await this.#turn
  }

  #take(events: readonly KernelEvent[]): void {
    let relevant = false
    let links = false
    for (const event of events) {
      const differs = this.#drift.take(event)
      relevant ||= differs
      links ||= differs && event.kind === 'link'
    }
    if (links) this.#tellLinks()
    if (!relevant || !this.#desired || this.#closed) return
    this.#attempts.hurry()
    this.#soon()
  }

  #soon(): void {
    this.#settleTimer ??= this.#clock.after(SETTLE, () => {
      this.#settleTimer = undefined
      this.#again()
    })
  }

  /** One comparison more, unless one waits for its turn already. */
  #again(): void {
    if (this.#queued) return
    this.#queued = true
    void this.#queue(() => {
      this.#queued = false
    })
  }

  #queue(prepare: () => void): Promise<void> {
    this.#turn = this.#turn.then(async () => {
      if (this.#closed) return
      prepare()
      try {
        await this.#reconcile()
      } catch (error) {
        const failure = { object: 'kernel', error: (error as Error).message }
        this.#report = { ...this.#report, reconciled: false, failures: [failure] }
        this.#log(`kernel: ${failure.error}`)
        this.#retryAt(this.#clock.now() + RETRY_AFTER_ERROR)
      }
    })
    return this.#turn
  }

  async #reconcile(): Promise<void> {
    const desired = this.#desired!
    let changes = this.#report.changes
    for (let round = 0; ; round++) {
      const snapshot = await readSnapshot(this.#kernel, desired, this.#record)
      const next = plan(desired, snapshot, this.#record)
      this.#drift.reset(desired, snapshot)
      for (const key of next.forgets) this.#record.found.delete(key)
      const due = next.steps.filter(step => this.#attempts.mayTry(step))
      if (due.length === 0 || round === MAX_ROUNDS) {
        this.#settle(desired, snapshot, next, changes)
        return
      }
      changes += await this.#carryOut(due)
    }
  }

  /** Tries all of these; answers how many the kernel took. */
  async #carryOut(steps: readonly Step[]): Promise<number> {
    const fresh = new Set<string>()
    for (const { object, effect, finds } of steps) {
      if (effect === 'creates' && !this.#record.created.has(object)) fresh.add(object)
      if (effect === 'creates') this.#record.created.add(object)
      if (finds) this.#record.found.set(finds.key, finds.value)
    }
    this.#saveRecord()
    const results = await this.#kernel.apply(steps.map(step => step.change))
    let taken = 0
    steps.forEach((step, i) => {
      const failure = results[i]
      if (failure) {
        const error = describeFailure(failure)
        if (step.effect === 'creates' && fresh.has(step.object)) this.#record.created.delete(step.object)
        this.#attempts.refused(step, step.detail ? `${step.detail}: ${error}` : error)
        this.#log(`kernel: ${step.object}: ${step.detail} refused: ${error}`)
        return
      }
      taken++
      if (step.effect === 'removes') this.#record.created.delete(step.object)
      this.#attempts.taken(step)
      if (this.#report.reconciled) this.#log(`kernel: ${step.object} put right; found ${step.seen}`)
    })
    this.#saveRecord()
    return taken
  }

  #settle(desired: DesiredState, snapshot: Snapshot, last: Plan, changes: number): void {
    this.#attempts.settle(last.steps)
    this.#prune(desired, snapshot)
    this.#saveRecord()
    const failures = distinct([...last.problems, ...this.#attempts.problems()])
    this.#report = { reconciled: last.steps.length === 0 && failures.length === 0, failures, changes }
    const next = this.#attempts.nextTry(last.steps)
    if (next !== undefined) this.#retryAt(next)
    this.#tellLinks()
  }

  /** Strikes from the record what is neither there nor desired any more. */
  #prune(desired: DesiredState, snapshot: Snapshot): void {
    const { created } = this.#record
    if (created.size === 0) return
    const view = new View(snapshot, this.#record)
    const known = new Set([
      ...desired.links.map(link => linkObject(link.name)),
      ...snapshot.links.map(link => linkObject(link.name)),
      ...desired.addresses.map(one => addressObject(one.prefix, one.interface)),
      ...snapshot.addresses.map(one => addressObject(one.prefix, view.nameOf(one.link))),
      ...desired.neighbors.map(one => neighborObject(one.address, one.interface)),
      ...snapshot.neighbors.map(one => neighborObject(one.address, view.nameOf(one.link))),
      ...desired.fdb.map(one => fdbObject(one.macAddress, one.destination, one.interface)),
      ...snapshot.fdb.flatMap(one =>
        one.destination === undefined
          ? []
          : fdbObject(one.macAddress, one.destination, view.nameOf(one.link)),
      ),
    ])
    for (const object of created) if (!known.has(object)) created.delete(object)
  }

  #saveRecord(): void {
    try {
      this.#record.save()
      this.#unsaved = false
    } catch (error) {
      // Once: it is tried with each change.
      if (!this.#unsaved)
        this.#log(
          `kernel: the record of kernel objects cannot be written: ${(error as Error).message}; trying on`,
        )
      this.#unsaved = true
    }
  }

  #retryAt(at: number): void {
    this.#retryTimer?.cancel()
    this.#retryTimer = this.#clock.after(Math.max(1, at - this.#clock.now()), () => this.#again())
  }

  #scheduleSysctls(): void {
    this.#sysctlTimer = this.#clock.after(SYSCTL_PERIOD, async () => {
      if (await this.#sysctlsDiffer()) this.#again()
      if (!this.#closed) this.#scheduleSysctls()
    })
  }

  async #sysctlsDiffer(): Promise<boolean> {
    const ofTheBox = this.#desired!.sysctls.filter(sysctl => sysctl.interface === undefined)
    try {
      const values = await readSysctls(
        this.#kernel,
        ofTheBox.map(sysctl => sysctl.path),
      )
      return ofTheBox.some(({ path, value }) => values.has(path) && values.get(path) !== value)
    } catch {
      return true
    }
  }

  #scheduleAudit(): void {
    this.#auditTimer = this.#clock.after(AUDIT_PERIOD, () => {
      this.#again()
      this.#scheduleAudit()
    })
  }

  #tellLinks(): void {
    const links = this.#drift.links()
    const told = JSON.stringify(links, (key, value) => (key === 'counters' ? undefined : value))
    if (told === this.#toldLinks) return
    this.#toldLinks = told
    for (const listener of this.#listeners) listener(links)
  }
}

function distinct(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map(problem => [`${problem.object} ${problem.error}`, problem])).values()]
}
