import { describe, expect, it } from 'vitest'
import { parseUpdate, UpdateResult, type UpdateSession, Verdict } from '../../../src/bgp/wire/index.ts'
import { toHex, update } from './hex.ts'
import { AS_PATH, EBGP, IBGP, MANDATORY, NEXT_HOP, ORIGIN, OTHER_PREFIX, PREFIX, REACH6 } from './sessions.ts'

/** UPDATEs one behind the other, as they lie in what a socket gave, and what each of them says. */
class Stream {
  readonly out = new UpdateResult()
  #session: UpdateSession = IBGP
  #bytes = Buffer.from('so that nothing starts at 0')

  as(session: UpdateSession): this {
    this.#session = session
    return this
  }

  read(parts: { withdrawn?: string; attributes?: string; nlri?: string }, out = this.out) {
    const start = this.#bytes.length
    this.#bytes = Buffer.concat([this.#bytes, update(parts)])
    parseUpdate(this.#bytes, start, this.#bytes.length, this.#session, out)
    return out.sections.slice(0, out.count).map(section => ({
      announce: section.announce,
      nlri: toHex(this.#bytes.subarray(section.start, section.end)),
      ...(section.announce && {
        key: toHex(out.keys.subarray(section.keyStart, section.keyEnd)),
        hash: section.hash,
        repeated: section.repeated,
      }),
    }))
  }
}

const OTHER_PATH = AS_PATH.replace(/.$/, '7')
const announcement = { attributes: MANDATORY, nlri: PREFIX }

describe('attributes that come again', () => {
  it('have the same key, for other prefixes and with withdrawals', () => {
    const stream = new Stream()
    const [first] = stream.read(announcement)
    const again = stream.read({ ...announcement, withdrawn: PREFIX, nlri: OTHER_PREFIX })
    expect(first).toMatchObject({ repeated: false })
    expect(again).toEqual([
      { announce: false, nlri: '18c63364' },
      { ...first, nlri: '18cb0071', repeated: true },
    ])
  })

  it('are others where one octet differs, or one attribute more is there', () => {
    const stream = new Stream()
    const [first] = stream.read(announcement)
    const [other] = stream.read({ attributes: `${ORIGIN} ${OTHER_PATH} ${NEXT_HOP}`, nlri: PREFIX })
    const [longer] = stream.read({ attributes: `${MANDATORY} 80 04 04 00000001`, nlri: PREFIX })
    expect(other).toMatchObject({ repeated: false })
    expect(longer).toMatchObject({ repeated: false })
    expect(new Set([first!.key, other!.key, longer!.key]).size).toBe(3)
  })

  it('are read anew for another session, and behind an UPDATE of somebody else', () => {
    const stream = new Stream()
    stream.read(announcement)
    expect(stream.as(EBGP).read(announcement)).toMatchObject([{ repeated: false }])
    expect(stream.read(announcement)).toMatchObject([{ repeated: true }])
    stream.read(announcement, new UpdateResult())
    expect(stream.read(announcement)).toMatchObject([{ repeated: false }])
  })

  it('are read anew where something is wrong with them, each time', () => {
    const stream = new Stream()
    const wrong = { attributes: `${ORIGIN} ${AS_PATH}`, nlri: PREFIX }
    for (let i = 0; i < 2; i++) {
      expect(stream.read(wrong)).toMatchObject([{ announce: false }])
      expect(stream.out.verdict).toBe(Verdict.TREAT_AS_WITHDRAW)
      expect(stream.out.problems).toHaveLength(1)
    }
  })

  it('are read anew where they bring prefixes themselves', () => {
    const stream = new Stream()
    const both = { attributes: `${REACH6} ${MANDATORY}`, nlri: PREFIX }
    const first = stream.as({ ...IBGP, ipv6: true }).read(both)
    expect(first).toHaveLength(2)
    expect(stream.read(both)).toMatchObject([{ repeated: false }, { repeated: false }])
  })
})
