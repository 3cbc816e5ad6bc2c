import type { MessageWriter } from '../netlink/message-writer.ts'
import type { KernelChange } from '../objects.ts'
import { writeAddAddress, writeDeleteAddress } from './address.ts'
import { writeDeleteLink, writeSetLink } from './link.ts'
import { writeDeleteFdb, writeDeleteNeighbor, writeSetFdb, writeSetNeighbor } from './neighbor.ts'
import { writeDeleteNexthop, writeReplaceNexthop, writeSetNexthop } from './nexthop.ts'

/** Changes that are one message each, so that many go into one batch. */
export type MessageChange = Exclude<KernelChange, { readonly op: 'addLink' | 'setSysctl' }>

type ChangeOf<O extends MessageChange['op']> = Extract<MessageChange, { readonly op: O }>

const WRITERS: {
  readonly [O in MessageChange['op']]: (writer: MessageWriter, change: ChangeOf<O>) => void
} = {
  setLink: (writer, { index, link }) => writeSetLink(writer, index, link),
  deleteLink: (writer, { index }) => writeDeleteLink(writer, index),
  addAddress: (writer, { address }) => writeAddAddress(writer, address),
  deleteAddress: (writer, { address }) => writeDeleteAddress(writer, address),
  setNeighbor: (writer, { neighbor }) => writeSetNeighbor(writer, neighbor),
  deleteNeighbor: (writer, { neighbor }) => writeDeleteNeighbor(writer, neighbor),
  setFdb: (writer, { entry }) => writeSetFdb(writer, entry),
  deleteFdb: (writer, { entry }) => writeDeleteFdb(writer, entry),
  setNexthop: (writer, { nexthop }) => writeSetNexthop(writer, nexthop),
  replaceNexthop: (writer, { nexthop }) => writeReplaceNexthop(writer, nexthop),
  deleteNexthop: (writer, { id }) => writeDeleteNexthop(writer, id),
}

/**
 * Writes the message of a change.
 * @throws KernelError EINVAL where a value cannot be said in netlink; the message is then to be abandoned
 */
export function writeChange(writer: MessageWriter, change: MessageChange): void {
  const write = WRITERS[change.op] as (writer: MessageWriter, change: MessageChange) => void
  write(writer, change)
}
