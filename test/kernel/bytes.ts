import { forEachMessage, type Message, ReceiveBuffer } from '../../src/kernel/netlink/message-reader.ts'
import { MessageWriter } from '../../src/kernel/netlink/message-writer.ts'

/** Bytes from groups of hexadecimal digits; what does not matter to the reader may be split as one likes. */
export function hex(...groups: readonly string[]): Uint8Array {
  return Uint8Array.from(Buffer.from(groups.join('').replaceAll(' ', ''), 'hex'))
}

/** What was written, as hexadecimal digits. */
export function written(write: (writer: MessageWriter) => void, firstSequence = 1): string {
  const writer = new MessageWriter()
  writer.reset(firstSequence)
  write(writer)
  return Buffer.from(writer.bytes).toString('hex')
}

/** The messages in bytes that a socket might have received. */
export function messagesOf(bytes: Uint8Array): Message[] {
  const messages: Message[] = []
  forEachMessage(ReceiveBuffer.from(bytes), bytes.length, message => messages.push(message))
  return messages
}

/** One message of a type with the payload given in hexadecimal digits. */
export function messageOf(type: number, ...payload: readonly string[]): Message {
  const bytes = hex(...payload)
  const whole = new Uint8Array(16 + bytes.length)
  const view = new DataView(whole.buffer)
  view.setUint32(0, whole.length, true)
  view.setUint16(4, type, true)
  whole.set(bytes, 16)
  return messagesOf(whole)[0]!
}
