import { endianness } from 'node:os'
import { addressOf, setsockopt } from './libc.ts'

/** Classic BPF (bpf_common.h): load a word, a half or a byte at an offset, jump where equal, return. */
export const BPF = { LD_W_ABS: 0x20, LD_H_ABS: 0x28, LD_B_ABS: 0x30, JEQ_K: 0x15, RET_K: 0x06 } as const
export const ACCEPT = 0xffffffff
export const DROP = 0

/** Loads from here on are from the header of IP, whatever of it the socket gives (filter.h, SKF_NET_OFF). */
export const FROM_IP_HEADER = 0xfff00000

export interface Instruction {
  readonly code: number
  readonly ifTrue?: number
  readonly ifFalse?: number
  readonly k: number
}

const SOL_SOCKET = 1
const SO_ATTACH_FILTER = 26
/** struct sock_filter. */
const SIZE = 8

/** Instructions as the kernel takes them: eight bytes each (filter.h, struct sock_filter: code, jt, jf, k). */
export function encodeProgram(instructions: readonly Instruction[]): Uint8Array {
  const little = endianness() === 'LE'
  const code = new Uint8Array(instructions.length * SIZE)
  const view = new DataView(code.buffer)
  instructions.forEach(({ code: operation, ifTrue = 0, ifFalse = 0, k }, i) => {
    view.setUint16(i * SIZE, operation, little)
    view.setUint8(i * SIZE + 2, ifTrue)
    view.setUint8(i * SIZE + 3, ifFalse)
    view.setUint32(i * SIZE + 4, k, little)
  })
  return code
}

/** Has the kernel run a program on what comes to a socket. @returns 0, or minus errno */
export function attachProgram(fd: number, code: Uint8Array): number {
  // struct sock_fprog points at the instructions, which the kernel copies before the call is back.
  const program = new BigUint64Array(2)
  new Uint16Array(program.buffer)[0] = code.length / SIZE
  program[1] = addressOf(code)
  return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, new Uint8Array(program.buffer))
}
