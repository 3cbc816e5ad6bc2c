import { describe, expect, it } from 'vitest'
import { encodeProgram } from '../../../src/kernel/bpf.ts'
import { RTM } from '../../../src/kernel/constants.ts'
import { ownChangesProgram } from '../../../src/kernel/netlink/own-changes-filter.ts'

/** Runs the three kinds of instruction that the program has over a message; answers whether it is let through. */
function accepts(port: number, message: { type: number; pid: number }): boolean {
  const bytes = new DataView(new ArrayBuffer(16))
  bytes.setUint16(4, message.type, true)
  bytes.setUint32(12, message.pid, true)
  const program = ownChangesProgram(port)
  let loaded = 0
  for (let at = 0; ; at++) {
    const { code, k, ifTrue = 0, ifFalse = 0 } = program[at]!
    if (code === 0x20) loaded = bytes.getUint32(k)
    else if (code === 0x28) loaded = bytes.getUint16(k)
    else if (code === 0x15) at += loaded === k >>> 0 ? ifTrue : ifFalse
    else if (code === 0x06) return k !== 0
    else throw new Error(`no such instruction: ${code}`)
  }
}

describe('the filter of our own changes', () => {
  const port = 0xf1234567

  it('drops routes, neighbours and nexthops that we changed', () => {
    for (const type of [
      RTM.NEWROUTE,
      RTM.DELROUTE,
      RTM.NEWNEIGH,
      RTM.DELNEIGH,
      RTM.NEWNEXTHOP,
      RTM.DELNEXTHOP,
    ]) {
      expect(accepts(port, { type, pid: port })).toBe(false)
    }
  })

  it('lets our links and addresses through', () => {
    for (const type of [RTM.NEWLINK, RTM.DELLINK, RTM.NEWADDR, RTM.DELADDR]) {
      expect(accepts(port, { type, pid: port })).toBe(true)
    }
  })

  it('lets through all that others and the kernel itself changed', () => {
    for (const pid of [0, 1, port + 1]) {
      for (const type of [RTM.NEWROUTE, RTM.DELNEXTHOP, RTM.NEWLINK]) {
        expect(accepts(port, { type, pid })).toBe(true)
      }
    }
  })

  it('is encoded as code, two jumps and a number', () => {
    const code = encodeProgram([{ code: 0x15, ifTrue: 1, ifFalse: 2, k: 0x01020304 }])
    expect(Buffer.from(code).toString('hex')).toBe('1500010204030201')
  })
})
