import { endianness } from 'node:os'
import { RTM } from '../constants.ts'

/** Notifications that the asker need not be told: he knows what he asked for. */
const SILENCED = [
  RTM.NEWROUTE,
  RTM.DELROUTE,
  RTM.NEWNEIGH,
  RTM.DELNEIGH,
  RTM.NEWNEXTHOP,
  RTM.DELNEXTHOP,
] as const

/** Classic BPF (bpf_common.h): load a word or a half at an offset, jump where equal, return. */
const BPF = { LD_W_ABS: 0x20, LD_H_ABS: 0x28, JEQ_K: 0x15, RET_K: 0x06 } as const
const ACCEPT = 0xffffffff
const DROP = 0

interface Instruction {
  readonly code: number
  readonly ifTrue?: number
  readonly ifFalse?: number
  readonly k: number
}

/**
 * A socket filter that drops notifications of routes, neighbours and nexthops which the socket of address `port`
 * brought about. It runs in the kernel before the message is queued: while we write a hundred thousand routes, the
 * monitor's buffer stays free for what others do.
 *
 * The kernel gives each notification the asker's nlmsg_pid. BPF loads take the bytes as big-endian while netlink's
 * are in the host's order, so what is compared with is swapped.
 */
export function ownChangesProgram(port: number): readonly Instruction[] {
  const drop = SILENCED.length + 4
  return [
    { code: BPF.LD_W_ABS, k: 12 },
    { code: BPF.JEQ_K, k: asLoaded32(port), ifFalse: 1 + SILENCED.length },
    { code: BPF.LD_H_ABS, k: 4 },
    ...SILENCED.map((type, i) => ({
      code: BPF.JEQ_K,
      k: asLoaded16(type),
      ifTrue: drop - (3 + i) - 1,
    })),
    { code: BPF.RET_K, k: ACCEPT },
    { code: BPF.RET_K, k: DROP },
  ]
}

/** Instructions as the kernel takes them: eight bytes each (filter.h, struct sock_filter: code, jt, jf, k). */
export function encodeProgram(instructions: readonly Instruction[]): Uint8Array {
  const little = endianness() === 'LE'
  const code = new Uint8Array(instructions.length * 8)
  const view = new DataView(code.buffer)
  instructions.forEach(({ code: operation, ifTrue = 0, ifFalse = 0, k }, i) => {
    view.setUint16(i * 8, operation, little)
    view.setUint8(i * 8 + 2, ifTrue)
    view.setUint8(i * 8 + 3, ifFalse)
    view.setUint32(i * 8 + 4, k, little)
  })
  return code
}

function asLoaded32(value: number): number {
  return new DataView(Uint32Array.of(value).buffer).getUint32(0)
}

function asLoaded16(value: number): number {
  return new DataView(Uint16Array.of(value).buffer).getUint16(0)
}
