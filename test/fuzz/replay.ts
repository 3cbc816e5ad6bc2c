import { allowedTime, readingTime, readMessage, SESSIONS } from './codec.ts'
import { DecisionTrial } from './decision.ts'
import type { Finding } from './finding.ts'
import { Random } from './random.ts'
import { SessionTrial } from './session.ts'

/** Some connections of a hostile peer, one after the other. @throws what went wrong */
export function trySession(seed: number): void {
  const trial = new SessionTrial(new Random(seed))
  for (let episodes = 0; episodes < 4; episodes++) trial.episode(60)
}

/** Some hundred changes of a set of paths. @throws what went wrong */
export function tryDecision(seed: number): void {
  const trial = new DecisionTrial(new Random(seed))
  for (let rounds = 0; rounds < 300; rounds++) trial.round()
  trial.end()
}

/** Tries again what was found. @throws what went wrong, where it still does */
export function replay({ target, seed, session = 0, hex = '' }: Finding): void {
  if (target === 'session') trySession(seed)
  if (target === 'decision') tryDecision(seed)
  if (target !== 'codec') return
  const bytes = Uint8Array.from(Buffer.from(hex, 'hex'))
  for (const piece of [bytes.length, 1, 7]) readMessage(bytes, SESSIONS[session]!, piece)
  if (bytes[18] !== 2 || bytes.length < 23) return
  const least = readingTime(bytes, SESSIONS[session]!)
  if (least > allowedTime(bytes.length))
    throw new Error(`${bytes.length} octets took ${least.toFixed(2)} ms to read`)
}
