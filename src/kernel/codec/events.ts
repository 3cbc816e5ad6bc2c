import { RTM } from '../constants.ts'
import type { Message } from '../netlink/message-reader.ts'
import type { KernelEvent } from '../objects.ts'
import { readInterfaceAddress } from './address.ts'
import { readLink } from './link.ts'
import { readFdbEntry, readNeighbor } from './neighbor.ts'
import { readNexthop } from './nexthop.ts'
import { readRoute } from './route.ts'

type Reader = (message: Message, gone: boolean) => KernelEvent | undefined

const link: Reader = (message, gone) => {
  const link = readLink(message)
  return link && { kind: 'link', gone, link }
}

const address: Reader = (message, gone) => {
  const address = readInterfaceAddress(message)
  return address && { kind: 'address', gone, address }
}

/** Neighbours and FDB entries come in the same messages: each reader takes its own family only. */
const neighborOrFdb: Reader = (message, gone) => {
  const neighbor = readNeighbor(message)
  if (neighbor) return { kind: 'neighbor', gone, neighbor }
  const entry = readFdbEntry(message)
  return entry && { kind: 'fdb', gone, entry }
}

const nexthop: Reader = (message, gone) => {
  const nexthop = readNexthop(message)
  return nexthop && { kind: 'nexthop', gone, nexthop }
}

const route: Reader = (message, gone) => {
  const route = readRoute(message)
  return route && { kind: 'route', gone, route }
}

const READERS: ReadonlyMap<number, Reader> = new Map([
  [RTM.NEWLINK, link],
  [RTM.DELLINK, link],
  [RTM.NEWADDR, address],
  [RTM.DELADDR, address],
  [RTM.NEWNEIGH, neighborOrFdb],
  [RTM.DELNEIGH, neighborOrFdb],
  [RTM.NEWNEXTHOP, nexthop],
  [RTM.DELNEXTHOP, nexthop],
  [RTM.NEWROUTE, route],
  [RTM.DELROUTE, route],
])

const GONE: ReadonlySet<number> = new Set([
  RTM.DELLINK,
  RTM.DELADDR,
  RTM.DELNEIGH,
  RTM.DELNEXTHOP,
  RTM.DELROUTE,
])

/** The event that a notification tells; undefined for what Causeway does not follow. */
export function readEvent(message: Message): KernelEvent | undefined {
  return READERS.get(message.type)?.(message, GONE.has(message.type))
}
