import { describe, expect, it } from 'vitest'
import { readMessage, SESSIONS, shapeOf } from './codec.ts'
import { findings } from './finding.ts'
import { randomMessage } from './grammar.ts'
import { mutate } from './mutate.ts'
import { Random } from './random.ts'
import { replay, tryDecision } from './replay.ts'
import { SessionTrial } from './session.ts'

describe('what the fuzzer found once', () => {
  it('is well today', () => {
    for (const finding of findings()) {
      expect(() => replay(finding), JSON.stringify(finding)).not.toThrow()
    }
  })
})

describe('the fuzzer', () => {
  it('reaches every verdict on an UPDATE', () => {
    const random = new Random(1)
    const verdicts = new Set<number>()
    for (let messages = 0; messages < 4000; messages++) {
      const session = SESSIONS[messages % SESSIONS.length]!
      const message = randomMessage(random, shapeOf(session, 4096))
      verdicts.add(readMessage(messages % 2 ? message : mutate(message, random, 4096), session, 4096))
    }
    expect([...verdicts].sort()).toEqual([-1, 0, 1, 2, 3, 4])
  })

  it('brings sessions up and routes into the tables', () => {
    let established = 0
    let paths = 0
    for (let seed = 0; seed < 10; seed++) {
      const trial = new SessionTrial(new Random(seed))
      for (let episodes = 0; episodes < 4; episodes++) trial.episode(60)
      established += trial.established
      paths = Math.max(paths, trial.mostPaths)
    }
    expect(established).toBeGreaterThan(15)
    expect(paths).toBeGreaterThan(30)
  })

  it('finds the decision process and the plain model of one mind, and is given the same numbers again by a seed', () => {
    tryDecision(20_260)
    expect(new Random(7).bytes(20)).toEqual(new Random(7).bytes(20))
  })
})
