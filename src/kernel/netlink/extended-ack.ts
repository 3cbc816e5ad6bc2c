import { NLM_F, NLMSGERR_ATTR } from '../constants.ts'
import { errnoName } from '../errors.ts'
import type { KernelFailure } from '../objects.ts'
import { Attributes, type Message } from './message-reader.ts'
import { align, MESSAGE_HEADER } from './message-writer.ts'

/**
 * What an NLMSG_ERROR says (netlink.h, struct nlmsgerr): undefined for plain success. The kernel's own words come
 * from the extended ACK; where it names only the place, the words say that place.
 */
export function readAnswer(message: Message): KernelFailure | undefined {
  const { buffer, start, end } = message
  if (start + 4 > end) return { code: 'EBADMSG', message: "the kernel's answer is cut off" }
  const error = buffer.words[start >> 2]! | 0
  if (error === 0) return undefined
  return { code: errnoName(-error), message: extendedText(message, start + 4) }
}

/** The error that ends a dump (NLMSG_DONE carries an int, and attributes behind it): undefined where it went well. */
export function readDone(message: Message): KernelFailure | undefined {
  const { buffer, start, end } = message
  if (start + 4 > end) return undefined
  const error = buffer.words[start >> 2]! | 0
  if (error >= 0) return undefined
  const text = message.flags & NLM_F.ACK_TLVS ? describe(new Attributes(buffer, start + 4, end)) : ''
  return { code: errnoName(-error), message: text }
}

function extendedText(message: Message, original: number): string {
  const { buffer, end } = message
  if ((message.flags & NLM_F.ACK_TLVS) === 0 || original + MESSAGE_HEADER > end) return ''
  const capped = (message.flags & NLM_F.CAPPED) !== 0
  const length = capped ? MESSAGE_HEADER : align(buffer.words[original >> 2]!)
  return describe(new Attributes(buffer, original + length, end))
}

function describe(attributes: Attributes): string {
  const words = attributes.text(NLMSGERR_ATTR.MSG)
  const missing = attributes.u32(NLMSGERR_ATTR.MISS_TYPE)
  const offset = attributes.u32(NLMSGERR_ATTR.OFFS)
  const places = [
    ...(missing === undefined ? [] : [`attribute ${missing} is missing`]),
    ...(offset === undefined ? [] : [`at byte ${offset} of the message`]),
  ]
  if (words) return missing === undefined ? words : `${words} (${places[0]})`
  return places.join(', ')
}
