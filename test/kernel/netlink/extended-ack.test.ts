import { describe, expect, it } from 'vitest'
import { readAnswer, readDone } from '../../../src/kernel/netlink/extended-ack.ts'
import { hex, messagesOf } from '../bytes.ts'

/** NLMSG_ERROR of sequence 9 with flags; the original's header follows the error. */
function answer(flags: string, payload: string) {
  const body = hex(payload)
  const header = hex('00000000', '0200', flags, '09000000', '00000000')
  new DataView(header.buffer).setUint32(0, 16 + body.length, true)
  return messagesOf(Uint8Array.from([...header, ...body]))[0]!
}

const ORIGINAL = '20000000 1800 0506 09000000 00000000'

describe('an answer', () => {
  it('of zero is success', () => {
    expect(readAnswer(answer('0001', `00000000${ORIGINAL}`))).toBeUndefined()
  })

  it('names the errno', () => {
    expect(readAnswer(answer('0001', `efffffff${ORIGINAL}`))).toEqual({ code: 'EEXIST', message: '' })
  })

  it('carries the kernel’s words behind the capped original', () => {
    // NLM_F_CAPPED | NLM_F_ACK_TLVS; NLMSGERR_ATTR_MSG "Bad"
    const message = answer('0003', `eaffffff${ORIGINAL}0800010042616400`)
    expect(readAnswer(message)).toEqual({ code: 'EINVAL', message: 'Bad' })
  })

  it('finds the words behind an original that was not capped', () => {
    const message = answer('0002', `eaffffff${ORIGINAL}${'00'.repeat(16)}0800010042616400`)
    expect(readAnswer(message)).toEqual({ code: 'EINVAL', message: 'Bad' })
  })

  it('says the place where it has no words, and the missing attribute', () => {
    expect(readAnswer(answer('0003', `eaffffff${ORIGINAL}080002002c000000`))?.message).toBe(
      'at byte 44 of the message',
    )
    expect(readAnswer(answer('0003', `eaffffff${ORIGINAL}0800010042616400 0800050005000000`))?.message).toBe(
      'Bad (attribute 5 is missing)',
    )
  })

  it('does not trust the lengths in it', () => {
    expect(readAnswer(answer('0002', 'eaffffff ffffffff 1800 0506 09000000 00000000'))).toEqual({
      code: 'EINVAL',
      message: '',
    })
    expect(readAnswer(answer('0000', ''))?.code).toBe('EBADMSG')
  })
})

describe('the end of a dump', () => {
  it('may carry an error and its words', () => {
    expect(readDone(answer('0200', '00000000'))).toBeUndefined()
    expect(readDone(answer('0202', 'feffffff 0800010042616400'))).toEqual({ code: 'ENOENT', message: 'Bad' })
    expect(readDone(answer('0200', ''))).toBeUndefined()
  })
})
