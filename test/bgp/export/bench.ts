import { expect } from 'vitest'
import type { Member } from '../../../src/bgp/export/member.ts'
import type { NexthopRule, Nexthops } from '../../../src/bgp/export/nexthop.ts'
import type { Treatment } from '../../../src/bgp/export/treatment.ts'
import { UpdateGroups } from '../../../src/bgp/export/update-groups.ts'
import { ACCEPT_ALL } from '../../../src/bgp/policy.ts'
import {
  type Attributes,
  decodeKey,
  Framer,
  NlriCursor,
  type Outgoing,
  parseUpdate,
  readNlri,
  UpdateResult,
} from '../../../src/bgp/wire/index.ts'
import { formatPrefix } from '../../../src/net/prefix.ts'
import { Fixture } from '../rib/fixture.ts'

/** A member that notes what it hears, as a neighbour would read it. */
export class Listener implements Member {
  readonly peer: number
  readonly pieces: Uint8Array[] = []
  /** Prefix, with `#` and the path identifier where there is one → attributes. */
  readonly routes = new Map<string, Attributes>()
  readonly log: string[] = []
  updates = 0
  waiting = 0
  caught = 0
  readonly #addPath: boolean
  readonly #internal: boolean

  constructor(peer: number, addPath = false, internal = true) {
    this.peer = peer
    this.#addPath = addPath
    this.#internal = internal
  }

  send(bytes: Uint8Array, updates: number): void {
    this.pieces.push(bytes)
    this.updates += updates
    const framer = new Framer(65_535)
    framer.push(bytes)
    while (framer.next()) this.#read(framer.buffer, framer.start, framer.end)
    expect(framer.buffered).toBe(0)
  }

  caughtUp(): void {
    this.caught++
  }

  #read(buffer: Uint8Array, start: number, end: number): void {
    const update = new UpdateResult()
    parseUpdate(
      buffer,
      start,
      end,
      {
        type: this.#internal ? 'iBGP' : 'eBGP',
        as4: true,
        ipv4: true,
        ipv6: false,
        addPath4: this.#addPath,
        addPath6: false,
        extendedNexthop: false,
        firstAs: 0,
      },
      update,
    )
    expect(update.problems).toEqual([])
    const cursor = new NlriCursor()
    for (let i = 0; i < update.count; i++) {
      const section = update.sections[i]!
      for (let at = section.start; at < section.end; ) {
        at = readNlri(buffer, at, section.addPath, cursor)
        const bytes = new Uint8Array(4)
        bytes.set(buffer.subarray(cursor.offset, cursor.offset + ((cursor.length + 7) >> 3)))
        const prefix = formatPrefix({ bytes, length: cursor.length })
        const name = this.#addPath ? `${prefix}#${cursor.pathId}` : prefix
        this.log.push(`${section.announce ? '+' : '-'}${name}`)
        if (section.announce) this.routes.set(name, decodeKey(update.keys, section.keyStart, section.keyEnd))
        else this.routes.delete(name)
      }
    }
  }
}

/** How a member is treated otherwise than an internal neighbour is by default. */
export type TreatmentChange = Partial<Omit<Treatment, 'text' | 'rewriting' | 'outgoing'>> & {
  readonly nexthopRule?: NexthopRule
  readonly own?: Uint8Array | undefined
  readonly outgoing?: Partial<Outgoing>
}

/** A path table with its update groups, and neighbours that listen. */
export class Bench {
  #members = 100
  readonly fixture = new Fixture()
  readonly groups = new UpdateGroups(4, {
    table: this.fixture.table,
    attributes: this.fixture.attributes,
    peers: this.fixture.peers,
  })

  treatment(change: TreatmentChange = {}): Treatment {
    const { nexthopRule, own, outgoing, ...rest } = change
    const type = change.type ?? 'iBGP'
    const nexthops: Nexthops = {
      rule: nexthopRule ?? (type === 'eBGP' ? 'always' : 'never'),
      own: 'own' in change ? own : Uint8Array.of(10, 0, 0, 1),
      shared: [],
      extended: false,
    }
    const { policy, ...plain } = change
    const text = JSON.stringify({ ...plain, paths: String(plain.paths), policy: policy?.text })
    return {
      text,
      rewriting: JSON.stringify([nexthops, outgoing]),
      family: 4,
      type,
      addPath: false,
      paths: Number.POSITIVE_INFINITY,
      limit: 4096,
      nexthops,
      client: false,
      clusterId: 0x0a0000fe,
      longLived: true,
      customersOnly: false,
      outgoing: {
        type,
        as4: true,
        localAs: 64512,
        prepend: type === 'eBGP' ? 1 : 0,
        localPreference: 100,
        keepMed: true,
        ...outgoing,
      },
      policy: ACCEPT_ALL,
      ...rest,
    }
  }

  member(change: TreatmentChange = {}, address = `10.0.9.${++this.#members}`, external = false): Listener {
    const peer = this.fixture.peer(address, external, 1)
    const listener = new Listener(peer, change.addPath ?? false, change.type !== 'eBGP')
    this.groups.join(listener, this.treatment(change))
    return listener
  }

  run(): void {
    this.fixture.settle()
    this.groups.run(() => 0, 1)
    this.groups.run(() => 0, 1)
  }

  /** As little as can be done at a time. */
  turn(gathering = false): void {
    let now = 0
    this.fixture.settle()
    this.groups.run(() => now++, 1, gathering)
  }

  /** All that can be done, a little at a time. */
  finish(): void {
    for (let turns = 0; turns < 1000; turns++) this.turn()
  }
}

/** An AS_PATH of one sequence. */
export const path = (...ases: number[]) => [{ type: 2, ases }]
