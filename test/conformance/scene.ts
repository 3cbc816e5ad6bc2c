import type { FindLocalNexthop } from '../../src/bgp/export/nexthop.ts'
import {
  type Attributes,
  type Capabilities,
  decodeKey,
  NlriCursor,
  type Open,
  parseUpdate,
  readNlri,
  UpdateResult,
} from '../../src/bgp/wire/index.ts'
import type { Bgp, BgpNeighbor } from '../../src/model/config-bgp.ts'
import type { Policy } from '../../src/model/config-policy.ts'
import { parseAddress } from '../../src/net/address.ts'
import { formatPrefix, parsePrefix } from '../../src/net/prefix.ts'
import { ALL, type Box, Lab } from '../bgp/harness.ts'
import { Remote } from '../bgp/remote.ts'
import { message, number, toHex, update } from '../bgp/wire/hex.ts'

/** Our own AS and address. */
export const AS = 64512
export const US = '10.0.0.1'

/** The link that the neighbours are on. */
const LINK = {
  4: { address: US, networks: ['10.0.0.0/24'] },
  6: { address: '2001:db8::1', networks: ['2001:db8::/64'] },
}

/** A neighbour by its address. */
export type Neighbor = BgpNeighbor & { readonly address: string }

const ACCEPT = { importPolicy: 'all', exportPolicy: 'all', passive: true } as const

/** Neighbours outside and inside of our AS, whose policies let everything through, both ways. */
export const EXTERNAL: Neighbor = { address: '10.0.0.2', remoteAs: 64513, ...ACCEPT }
export const EXTERNAL_TOO: Neighbor = { address: '10.0.0.3', remoteAs: 64514, ...ACCEPT }
export const INTERNAL: Neighbor = { address: '10.0.0.4', remoteAs: AS, ...ACCEPT }
export const INTERNAL_TOO: Neighbor = { address: '10.0.0.5', remoteAs: AS, ...ACCEPT }

/** One speaker and neighbours that say, octet by octet, what a test makes them say. */
export class Scene {
  readonly lab = new Lab()
  readonly box: Box
  readonly #bgp: Bgp

  constructor(neighbors: readonly Neighbor[], more: Partial<Bgp> = {}, policies: readonly Policy[] = [ALL]) {
    this.#bgp = { localAs: AS, routerId: US, neighbors: [...neighbors], ...more }
    const localNexthop: FindLocalNexthop = family => LINK[family]
    this.box = this.lab.box(US, this.#bgp, policies, { localNexthop })
  }

  /** Gives the speaker a configuration that differs in this. */
  configure(more: Partial<Bgp>, policies: readonly Policy[] = [ALL]): void {
    this.box.speaker.configure({ ...this.#bgp, ...more }, policies)
    this.lab.seconds(1)
  }

  /** A neighbour dials, and its session comes up. */
  join(neighbor: Neighbor, open: Partial<Open> = {}, capabilities: Partial<Capabilities> = {}): Peer {
    const peer = this.dial(neighbor)
    peer.remote.open({ as: peer.as, routerId: peer.routerId, ...open }, capabilities).keepalive()
    peer.addPath = (capabilities.addPath?.length ?? 0) > 0
    this.lab.seconds(1)
    return peer
  }

  /** A neighbour whose OPEN has no capabilities: AS numbers of two octets, IPv4 only. */
  joinOld(neighbor: Neighbor): Peer {
    const peer = this.dial(neighbor)
    const head = `04 ${number(peer.as, 2)} 005a ${number(peer.routerId, 4)} 00`
    peer.remote.send(message(1, head)).keepalive()
    peer.as4 = false
    this.lab.seconds(1)
    return peer
  }

  /** A neighbour dials and says nothing yet. */
  dial(neighbor: Neighbor): Peer {
    const remote = Remote.dial(this.lab.network.host(neighbor.address), US)
    this.lab.clock.advance(10)
    return new Peer(this.lab, remote, neighbor)
  }

  /** How far a next hop is; undefined: it cannot be reached. */
  reach(address: string, metric: number | undefined): void {
    this.box.speaker.setNexthops([{ hop: { via: address }, metric }])
    this.lab.seconds(1)
  }

  state(neighbor: Neighbor): string {
    return this.box.neighbor(neighbor.address).state
  }
}

export class Peer {
  readonly remote: Remote
  readonly address: string
  readonly as: number
  readonly routerId: number
  as4 = true
  addPath = false
  readonly #lab: Lab
  readonly #internal: boolean

  constructor(lab: Lab, remote: Remote, { address, remoteAs = 0 }: Neighbor) {
    this.#lab = lab
    this.remote = remote
    this.address = address
    this.as = remoteAs
    this.routerId = 0x0a000000 + parseAddress(address)!.at(-1)!
    this.#internal = remoteAs === AS
  }

  /** Sends octets, and lets the speaker act on them. */
  send(...messages: Uint8Array[]): this {
    for (const message of messages) this.remote.send(message)
    this.#lab.seconds(1)
    return this
  }

  /** Announces prefixes with ORIGIN IGP, its own AS as AS_PATH and itself as NEXT_HOP, and what else is given. */
  announce(
    prefixes: readonly string[],
    more = '',
    path: readonly number[] = this.#internal ? [] : [this.as],
  ): this {
    const attributes = `${ORIGIN} ${asPath(...path)} ${nexthop(this.address)} ${more}`
    return this.send(update({ attributes, nlri: prefixes.map(nlri).join(' ') }))
  }

  withdraw(...prefixes: string[]): this {
    return this.send(update({ withdrawn: prefixes.map(nlri).join(' ') }))
  }

  /** The UPDATEs that it was sent, in hexadecimal. */
  get updates(): string[] {
    return this.remote.heard.filter(({ name }) => name === 'UPDATE').map(({ bytes }) => toHex(bytes))
  }

  /** The routes it was told and that were not taken back, by prefix, with `#` and the identifier where it has ADD-PATH. */
  get routes(): Map<string, Attributes> {
    const routes = new Map<string, Attributes>()
    for (const { announced, name, attributes } of this.told)
      if (announced) routes.set(name, attributes!)
      else routes.delete(name)
    return routes
  }

  /** All that it was told, in order. */
  get told(): { announced: boolean; name: string; attributes?: Attributes }[] {
    const told = []
    const out = new UpdateResult()
    const cursor = new NlriCursor()
    const session = {
      type: this.#internal ? ('iBGP' as const) : ('eBGP' as const),
      as4: this.as4,
      ipv4: true,
      ipv6: true,
      addPath4: this.addPath,
      addPath6: this.addPath,
      extendedNexthop: false,
      firstAs: 0,
    }
    for (const { name, bytes } of this.remote.heard) {
      if (name !== 'UPDATE') continue
      parseUpdate(bytes, 0, bytes.length, session, out)
      for (const section of out.sections.slice(0, out.count)) {
        for (let at = section.start; at < section.end; ) {
          at = readNlri(bytes, at, section.addPath, cursor)
          const address = new Uint8Array(section.family === 4 ? 4 : 16)
          address.set(bytes.subarray(cursor.offset, cursor.offset + ((cursor.length + 7) >> 3)))
          const prefix = formatPrefix({ bytes: address, length: cursor.length })
          told.push({
            announced: section.announce,
            name: section.addPath ? `${prefix}#${cursor.pathId}` : prefix,
            ...(section.announce && { attributes: decodeKey(out.keys, section.keyStart, section.keyEnd) }),
          })
        }
      }
    }
    return told
  }
}

export const ORIGIN = '40 01 01 00'

/** An AS_PATH of one sequence with AS numbers of four octets, in hexadecimal. */
export function asPath(...ases: number[]): string {
  const segment =
    ases.length === 0 ? '' : `02 ${number(ases.length, 1)} ${ases.map(as => number(as, 4)).join('')}`
  return `40 02 ${number(ases.length === 0 ? 0 : 2 + 4 * ases.length, 1)} ${segment}`
}

export function nexthop(address: string): string {
  return `40 03 04 ${toHex(parseAddress(address)!)}`
}

/** A prefix as NLRI have it, in hexadecimal. */
export function nlri(prefix: string): string {
  const { bytes, length } = parsePrefix(prefix)!
  return `${number(length, 1)} ${toHex(bytes.subarray(0, (length + 7) >> 3))}`
}

/** Type codes of the attributes of an UPDATE, in their order, and the flags of each. */
export function attributeList(updateInHex: string): { code: number; flags: number }[] {
  const bytes = Uint8Array.from(updateInHex.match(/../g)!, octet => Number.parseInt(octet, 16))
  const at16 = (at: number) => (bytes[at]! << 8) | bytes[at + 1]!
  const list: { code: number; flags: number }[] = []
  let at = 21 + at16(19)
  const end = at + 2 + at16(at)
  for (at += 2; at < end; ) {
    const [flags = 0, code = 0] = bytes.subarray(at, at + 2)
    const long = (flags & 0x10) !== 0
    list.push({ code, flags })
    at += long ? 4 + at16(at + 2) : 3 + bytes[at + 2]!
  }
  return list
}
