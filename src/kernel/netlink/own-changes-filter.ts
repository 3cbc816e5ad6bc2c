import { ACCEPT, BPF, DROP, type Instruction } from '../bpf.ts'
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

function asLoaded32(value: number): number {
  return new DataView(Uint32Array.of(value).buffer).getUint32(0)
}

function asLoaded16(value: number): number {
  return new DataView(Uint16Array.of(value).buffer).getUint16(0)
}
