import { connect } from 'node:net'
import { buildKeepalive, buildRouteRefresh, RefreshSubtype, UNICAST } from '../../../src/bgp/wire/index.ts'
import { LineReader, writeLine } from '../../../src/net/ndjson.ts'
import { Checker } from './checker.ts'
import type { Command, Outcome } from './driver-protocol.ts'
import { now, Peer } from './peer.ts'
import { announcements, change, tableSize, withdrawals } from './table.ts'

/**
 * All neighbours of the speaker that is measured, in one process of its own: `driver SOCKET`. It takes commands as
 * lines of JSON (`driver-protocol.ts`), one at a time, and answers each with one line.
 */

/** BIRD has its kernel queue 8 connections. */
const DIALLED_AT_ONCE = 8

/**
 * Milliseconds between KEEPALIVEs of a feeder, behind its table. BIRD 2.0.12 at times sleeps for three seconds with
 * work left to do, until some socket wakes it; on a network that is not a bench's some socket soon does.
 */
const POKE = 20

let command: Extract<Command, { do: 'prepare' }>
let peers: Peer[] = []
let tables: Buffer[] = []
/** What all receivers have to hold for the step at hand to be over. */
let goal: (peer: Peer) => number = () => 0
let waiting = 0
let dialled = 0
let established = 0
let finish: ((failure?: string) => void) | undefined
let failure: string | undefined

const control = connect(process.argv[2]!)
const lines = new LineReader()
control.on('close', () => process.exit(0))
control.on('data', bytes => {
  for (const { value } of lines.push(bytes))
    void obey(value as Command).then(answer => control.write(writeLine(answer)))
})

async function obey(next: Command): Promise<Outcome> {
  const cpu = process.cpuUsage()
  const started = now()
  const poking = setInterval(poke, POKE)
  try {
    const result = await STEPS[next.do](next as never)
    const { user, system } = process.cpuUsage(cpu)
    return { started, ended: now(), driverSeconds: (user + system) / 1e6, ...result }
  } catch (error) {
    return { started, ended: now(), driverSeconds: 0, failure: (error as Error).message }
  } finally {
    clearInterval(poking)
  }
}

type Step<Name> = (step: Extract<Command, { do: Name }>) => Promise<Partial<Outcome>>

const STEPS: { readonly [Name in Command['do']]: Step<Name> } = {
  async prepare(step) {
    command = step
    const { shape, cold } = step
    tables = Array.from({ length: shape.feeders }, (_, feeder) => announcements(shape, feeder))
    peers = Array.from({ length: step.peers }, (_, number) => {
      const listens = number >= shape.feeders || shape.feeders > 1
      return new Peer({
        number,
        shape,
        holdTime: step.holdTime,
        ...(cold && number < shape.feeders && { greeting: tables[number]! }),
        checker: listens ? new Checker(shape, number) : undefined,
        onOpen: dialNext,
        onEstablished,
        onChunk,
        onEnd,
      })
    })
    return {}
  },

  async establish() {
    const all = new Promise<void>((resolve, reject) => {
      finish = reason => (reason ? reject(new Error(reason)) : resolve())
    })
    dial()
    await all
    return {}
  },

  async coldStart() {
    const all = reach(everything)
    dial()
    await all
    return { started: Math.min(...peers.map(peer => peer.openedAt)) }
  },

  async load() {
    const all = reach(everything)
    for (const [feeder, table] of tables.entries()) peers[feeder]!.send(table)
    await all
    return {}
  },

  async refresh() {
    const { afi, safi } = UNICAST[command.shape.family]
    const request = buildRouteRefresh(afi, safi, RefreshSubtype.REQUEST)
    for (const peer of peers) peer.checker?.expect(0, true)
    const all = reach(everything)
    for (const peer of peers) if (peer.checker) peer.send(request)
    await all
    return {}
  },

  async withdraw() {
    const bytes = withdrawals(command.shape, 0)
    const started = now()
    const all = reach(() => 0)
    peers[0]!.send(bytes)
    await all
    return { started }
  },

  async die() {
    const all = reach(() => 0)
    peers[0]!.die()
    await all
    return {}
  },

  async change({ times, seconds }) {
    const latencies: number[] = []
    const size = tableSize(command.shape)
    const end = now() + seconds * 1e6
    for (let i = 1; i <= times && now() < end; i++) {
      const bytes = change(command.shape, (i * 7919) % size, i)
      latencies.push(await oneChange(bytes, i))
      await new Promise(resolve => setTimeout(resolve, 2))
    }
    for (const peer of peers) peer.checker?.expect(0, false)
    return { latencies }
  },

  async expect({ med }) {
    for (const peer of peers) peer.checker?.expect(med, true)
    return {}
  },

  async arrive() {
    await reach(everything)
    return {}
  },

  async gaps() {
    return { longestGap: Math.max(...peers.map(peer => peer.takeGap())) }
  },
}

function poke(): void {
  peers.find(peer => peer.established)?.send(buildKeepalive())
}

/** All prefixes but its own. */
function everything(peer: Peer): number {
  const { shape } = command
  return tableSize(shape) - (peer.number < shape.feeders ? shape.each : 0)
}

/** Microseconds until the receiver has one changed route. */
async function oneChange(bytes: Buffer, med: number): Promise<number> {
  const receiver = peers.at(-1)!
  const checker = receiver.checker!
  checker.expect(med, false)
  const before = checker.announced
  const arrived = new Promise<void>((resolve, reject) => {
    onChange = () => (checker.announced > before ? resolve() : undefined)
    finish = reason => reason && reject(new Error(reason))
  })
  const sent = now()
  peers[0]!.send(bytes)
  await arrived
  const latency = now() - sent
  onChange = undefined
  return latency
}

let onChange: (() => void) | undefined

/** Resolves when every receiver holds as many prefixes as it has to. */
function reach(wanted: (peer: Peer) => number): Promise<void> {
  goal = wanted
  waiting = 0
  return new Promise((resolve, reject) => {
    finish = reason => (reason ? reject(new Error(reason)) : resolve())
    if (failure) return finish(failure)
    for (const peer of peers) {
      peer.done = !peer.checker || peer.checker.held === goal(peer)
      if (!peer.done) waiting++
    }
    if (waiting === 0) finish()
  })
}

/**
 * A few peers at a time, the next one when the speaker has answered one: a speaker whose queue of connections is short would
 * lose them, and what is measured would be how long TCP waits before it tries again.
 */
function dial(): void {
  dialled = 0
  for (let i = 0; i < DIALLED_AT_ONCE; i++) dialNext()
}

function dialNext(): void {
  peers[dialled++]?.connect()
}

function onEstablished(): void {
  if (++established === peers.length && !command.cold) finish?.()
}

function onChunk(peer: Peer): void {
  const { checker } = peer
  if (!checker) return
  if (checker.faults.length > 0) fail(`peer ${peer.number}: ${checker.faults.join('; ')}`)
  onChange?.()
  if (peer.done || checker.held !== goal(peer)) return
  peer.done = true
  if (--waiting === 0) finish?.()
}

/** In a cold start a session may be lost, as FRR 8.4 loses some of two hundred, and comes again: that costs time. */
function onEnd(peer: Peer, reason: string): boolean {
  if (!command.cold) fail(reason)
  else if (peer.done) {
    peer.done = false
    waiting++
  }
  return command.cold
}

function fail(reason: string): void {
  failure ??= reason
  finish?.(failure)
}
