/** The largest weight that a member of a kernel nexthop group may have (nexthop.h: struct nexthop_grp, 8 bits, one less). */
export const MAX_WEIGHT = 256

/** A ratio this near to a whole number is taken for it: bandwidths cross the wire as IEEE floats of 32 bits. */
const NEAR = 0.01

/**
 * Whole weights in the proportion of bandwidths: the smallest that say it, where all are multiples of the least, and else
 * shares of 256. Every next hop gets at least 1.
 * @param bandwidths the first `count` count, each above 0; the unit does not matter
 * @param weights the first `count` are written
 */
export function shareWeights(bandwidths: Float64Array, count: number, weights: Int32Array): void {
  let least = bandwidths[0]!
  let most = least
  for (let i = 1; i < count; i++) {
    least = Math.min(least, bandwidths[i]!)
    most = Math.max(most, bandwidths[i]!)
  }
  const whole = most / least <= MAX_WEIGHT && allMultiples(bandwidths, count, least)
  const scale = whole ? 1 / least : MAX_WEIGHT / most
  for (let i = 0; i < count; i++) weights[i] = Math.max(1, Math.round(bandwidths[i]! * scale))
}

function allMultiples(bandwidths: Float64Array, count: number, least: number): boolean {
  for (let i = 0; i < count; i++) {
    const ratio = bandwidths[i]! / least
    if (Math.abs(ratio - Math.round(ratio)) > NEAR) return false
  }
  return true
}
