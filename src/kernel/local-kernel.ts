import { canonicalAddress, type Family } from '../net/address.ts'
import { readInterfaceAddress, requestAddresses } from './codec/address.ts'
import { type MessageChange, writeChange } from './codec/changes.ts'
import { readEvent } from './codec/events.ts'
import {
  readLink,
  requestLinks,
  writeAddLink,
  writeAliasByName,
  writeDeleteLinkByName,
} from './codec/link.ts'
import { readFdbEntry, readNeighbor, requestFdb, requestNeighbors } from './codec/neighbor.ts'
import { readNexthop, requestNexthops } from './codec/nexthop.ts'
import { familiesOf, requestRoutes } from './codec/route.ts'
import { RouteColumnsReader, writeRouteRows } from './codec/route-columns.ts'
import { RouteSelection } from './codec/route-selection.ts'
import { KernelError } from './errors.ts'
import { CommandSocket } from './netlink/command-socket.ts'
import type { Message } from './netlink/message-reader.ts'
import type { MessageWriter } from './netlink/message-writer.ts'
import { MonitorSocket } from './netlink/monitor-socket.ts'
import type {
  KernelChange,
  KernelDumps,
  KernelEvent,
  KernelFailure,
  LinkSettings,
  Route,
  RouteBatch,
  RouteColumns,
  RouteFilter,
} from './objects.ts'
import { readSysctl, writeSysctl } from './sysctl.ts'

export type EventListener = (events: readonly KernelEvent[]) => void

export interface RowFailure {
  readonly row: number
  readonly failure: KernelFailure
}

export interface KernelOptions {
  /** Bytes of the monitor's receive buffer, where the default is not wanted. */
  readonly monitorBuffer?: number
}

/**
 * The kernel's network, worked on from the calling thread: each method has done its work when it returns. This is
 * what `openKernel` puts into a worker, or in front of the caller.
 */
export class LocalKernel {
  readonly #commands: CommandSocket
  readonly #options: KernelOptions
  readonly #listeners = new Set<EventListener>()
  #monitor: MonitorSocket | undefined

  /** @throws KernelError where netlink cannot be used */
  constructor(options: KernelOptions = {}) {
    this.#commands = new CommandSocket()
    this.#options = options
  }

  /** As `Kernel.dump`. @throws KernelError */
  dump<K extends keyof KernelDumps>(kind: K, filter: RouteFilter = {}): KernelDumps[K] {
    return this.#dumps[kind](filter)
  }

  readonly #dumps: { readonly [K in keyof KernelDumps]: (filter: RouteFilter) => KernelDumps[K] } = {
    links: () => this.#dump(requestLinks, readLink),
    addresses: () => this.#dump(requestAddresses, readInterfaceAddress),
    neighbors: () => this.#dump(requestNeighbors, readNeighbor),
    fdb: () => this.#dump(requestFdb, readFdbEntry),
    nexthops: () => this.#dump(requestNexthops, readNexthop),
    routes: filter => familiesOf(filter).flatMap(family => this.#dumpRoutes(family, filter)),
  }

  /** As `Kernel.apply`. @throws KernelError where nothing can be sent at all */
  apply(changes: readonly KernelChange[]): (KernelFailure | undefined)[] {
    const results = new Array<KernelFailure | undefined>(changes.length).fill(undefined)
    let batch = this.#commands.batch()
    let places: number[] = []
    const flush = () => {
      for (const { index, failure } of this.#commands.perform(batch)) results[places[index]!] = failure
      batch = this.#commands.batch()
      places = []
    }
    changes.forEach((change, i) => {
      if (change.op === 'setSysctl' || change.op === 'addLink') {
        flush()
        results[i] =
          change.op === 'addLink' ? this.#addLink(change.link) : writeSysctl(change.path, change.value)
        batch = this.#commands.batch()
        return
      }
      const failure = tryWrite(batch, change)
      if (failure) results[i] = failure
      else places.push(i)
      if (batch.count === this.#commands.batchLimit) flush()
    })
    flush()
    this.#skipOwnEvents(changes)
    return results
  }

  /** As `Kernel.writeRoutes`. @throws KernelError where nothing can be sent at all */
  writeRoutes(batch: RouteBatch): RowFailure[] {
    const failures: RowFailure[] = []
    for (let from = 0; from < batch.count; from += this.#commands.batchLimit) {
      const writer = this.#commands.batch()
      writeRouteRows(writer, batch, from, Math.min(batch.count, from + this.#commands.batchLimit))
      for (const { index, failure } of this.#commands.perform(writer)) {
        const row = from + index
        const wasAbsent = batch.nexthopIds[row] === 0 && failure.code === 'ESRCH'
        if (!wasAbsent) failures.push({ row, failure })
      }
    }
    return failures
  }

  /** As `Kernel.readRoutes`. @throws KernelError */
  readRoutes(family: Family, table: number, protocol: number): RouteColumns {
    const reader = new RouteColumnsReader(family, table, protocol)
    this.#readTable(() =>
      this.#commands.dump(
        writer => requestRoutes(writer, family, { table, protocol }),
        () => reader.restart(),
        message => reader.read(message),
      ),
    )
    return reader.columns()
  }

  /** As `Kernel.readSysctl`. @throws KernelError */
  readSysctl(path: string): string | undefined {
    return readSysctl(path)
  }

  /** As `Kernel.monitor`. @throws KernelError */
  monitor(listener: EventListener): () => void {
    this.#monitor ??= new MonitorSocket({
      ownPort: this.#commands.port,
      decode: readEvent,
      listener: events => {
        for (const each of [...this.#listeners]) each(events)
      },
      ...(this.#options.monitorBuffer !== undefined && { receiveBuffer: this.#options.monitorBuffer }),
    })
    // Each call is a listener of its own, also where the function is the same.
    const own: EventListener = events => listener(events)
    this.#listeners.add(own)
    return () => {
      this.#listeners.delete(own)
      if (this.#listeners.size === 0) this.#stopMonitor()
    }
  }

  close(): void {
    this.#listeners.clear()
    this.#stopMonitor()
    this.#commands.close()
  }

  /**
   * Makes a link whole or not at all. The kernel takes an alias only for a link that is there, in a second message,
   * which must not be sent where the first failed: it would mark a link that is not ours.
   */
  #addLink(link: LinkSettings): KernelFailure | undefined {
    const failure = this.#performOne(writer => writeAddLink(writer, link))
    if (failure || !link.alias) return failure
    const { name, alias } = link
    const aliasFailure = this.#performOne(writer => writeAliasByName(writer, name, alias))
    if (aliasFailure) this.#performOne(writer => writeDeleteLinkByName(writer, name))
    return aliasFailure
  }

  #performOne(write: (writer: MessageWriter) => void): KernelFailure | undefined {
    const writer = this.#commands.batch()
    return tryEncoding(writer, write) ?? this.#commands.perform(writer)[0]?.failure
  }

  #dump<T>(request: (writer: MessageWriter) => void, read: (message: Message) => T | undefined): T[] {
    const objects: T[] = []
    this.#commands.dump(
      request,
      () => {
        objects.length = 0
      },
      message => {
        const object = read(message)
        if (object) objects.push(object)
      },
    )
    return objects
  }

  #dumpRoutes(family: Family, filter: RouteFilter): Route[] {
    const selection = new RouteSelection(filter)
    this.#readTable(() =>
      this.#commands.dump(
        writer => requestRoutes(writer, family, filter),
        () => selection.restart(),
        message => selection.read(message),
      ),
    )
    return selection.routes()
  }

  /** A table that was never written to does not exist: it has no routes. */
  #readTable(read: () => void): void {
    try {
      read()
    } catch (error) {
      if (!(error instanceof KernelError && error.code === 'ENOENT')) throw error
    }
  }

  /**
   * Where the kernel does not say who asked for a change (FDB entries, and neighbours that go), the filter of the
   * monitor's socket cannot know ours. Their notifications are in its queue by now, and known by what they say.
   */
  #skipOwnEvents(changes: readonly KernelChange[]): void {
    if (!this.#monitor) return
    const own = new Set(changes.flatMap(change => anonymousEvent(change) ?? []))
    if (own.size > 0) this.#monitor.read(event => own.has(entryKey(event)))
  }

  #stopMonitor(): void {
    this.#monitor?.close()
    this.#monitor = undefined
  }
}

/** The key of the event that a change brings about without saying who asked for it. */
function anonymousEvent(change: KernelChange): string | undefined {
  switch (change.op) {
    case 'setFdb':
    case 'deleteFdb':
      return entryKey({ kind: 'fdb', gone: change.op === 'deleteFdb', entry: change.entry })
    case 'deleteNeighbor':
      return entryKey({ kind: 'neighbor', gone: true, neighbor: change.neighbor })
    default:
      return undefined
  }
}

/** What tells entries of FDBs and of neighbour tables apart; '' for events of other kinds. */
function entryKey(event: KernelEvent): string {
  if (event.kind === 'fdb') {
    const { link, macAddress, destination } = event.entry
    const to = destination === undefined ? '' : canonicalAddress(destination)
    return `fdb ${event.gone} ${link} ${macAddress.toLowerCase()} ${to}`
  }
  if (event.kind !== 'neighbor') return ''
  return `neighbor ${event.gone} ${event.neighbor.link} ${canonicalAddress(event.neighbor.address)}`
}

function tryWrite(writer: MessageWriter, change: MessageChange): KernelFailure | undefined {
  return tryEncoding(writer, writer => writeChange(writer, change))
}

/** Writes a message; what cannot be said in one is a failure of that change alone. */
function tryEncoding(
  writer: MessageWriter,
  write: (writer: MessageWriter) => void,
): KernelFailure | undefined {
  const before = writer.count
  try {
    write(writer)
    return undefined
  } catch (error) {
    if (!(error instanceof KernelError)) throw error
    if (writer.count === before) writer.abandon()
    return { code: error.code, message: error.message }
  }
}
