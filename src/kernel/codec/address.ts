import { formatAddress } from '../../net/address.ts'
import { parsePrefix } from '../../net/prefix.ts'
import { AF, IFA, NLM_F, RTM } from '../constants.ts'
import { KernelError } from '../errors.ts'
import { Attributes, type Message } from '../netlink/message-reader.ts'
import type { MessageWriter } from '../netlink/message-writer.ts'
import type { InterfaceAddress } from '../objects.ts'
import { afOf, familyOfAf } from './fields.ts'

/** Interface addresses: RTM_NEWADDR and its kin (if_addr.h). */

/** Bytes of struct ifaddrmsg. */
const HEADER = 8

/** A dump of all addresses of both families. */
export function requestAddresses(writer: MessageWriter): void {
  writer.begin(RTM.GETADDR, NLM_F.DUMP)
  writer.raw(AF.UNSPEC, 0, 0, 0)
  writer.rawU32(0)
  writer.end()
}

export function writeAddAddress(writer: MessageWriter, address: InterfaceAddress): void {
  writer.begin(RTM.NEWADDR, NLM_F.CREATE | NLM_F.EXCL)
  body(writer, address)
  writer.u32(IFA.FLAGS, address.flags)
  if (address.protocol) writer.u8(IFA.PROTO, address.protocol)
  writer.end()
}

/** Deletes exactly this address: with another prefix length it is another. */
export function writeDeleteAddress(writer: MessageWriter, address: InterfaceAddress): void {
  writer.begin(RTM.DELADDR, 0)
  body(writer, address)
  writer.end()
}

/** Reads an address; undefined for families other than IP. */
export function readInterfaceAddress({ buffer, start, end }: Message): InterfaceAddress | undefined {
  if (start + HEADER > end || !familyOfAf(buffer.bytes[start]!)) return undefined
  const attributes = new Attributes(buffer, start + HEADER, end)
  // On a point-to-point link IFA_ADDRESS is the far end and IFA_LOCAL is ours.
  const bytes = attributes.sized(IFA.LOCAL, 4, 16) ?? attributes.sized(IFA.ADDRESS, 4, 16)
  if (!bytes) return undefined
  return {
    link: buffer.words[(start >> 2) + 1]!,
    prefix: `${formatAddress(bytes)}/${buffer.bytes[start + 1]}`,
    scope: buffer.bytes[start + 3]!,
    flags: attributes.u32(IFA.FLAGS) ?? buffer.bytes[start + 2]!,
    protocol: attributes.u8(IFA.PROTO) ?? 0,
  }
}

/** struct ifaddrmsg and the address itself. */
function body(writer: MessageWriter, { link, prefix, scope }: InterfaceAddress): void {
  const parsed = parsePrefix(prefix)
  if (!parsed) {
    throw new KernelError('EINVAL', `${JSON.stringify(prefix)} is not an address with a prefix length`)
  }
  writer.raw(afOf(parsed.bytes), parsed.length, 0, scope)
  writer.rawU32(link)
  writer.attribute(IFA.LOCAL, parsed.bytes)
  writer.attribute(IFA.ADDRESS, parsed.bytes)
}
