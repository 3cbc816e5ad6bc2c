import type { TableShape } from './table.ts'

/** A step of a case that is measured, in the words of the driver. */
export type Step = 'coldStart' | 'load' | 'change' | 'policy' | 'refresh' | 'withdraw' | 'die'

/** What is measured in a step: the names that figures have. */
export type Quantity = 'time' | 'latency' | 'memory' | 'gap' | 'turn' | 'work'

/** One figure that a case is for. */
export interface Aim {
  readonly name: string
  readonly step: Step
  readonly quantity: Quantity
  /** Our figure relative to a rival's of the same run is to be at most so much. */
  readonly ratios?: Readonly<Record<string, number>>
  /** Our figure by itself is to be at most so much: seconds, MiB, or milliseconds. */
  readonly limit?: number
}

/** One start of a speaker, and what is done to it. */
export interface Case {
  readonly shape: TableShape
  /** Feeders among them. */
  readonly peers: number
  /** Seconds. */
  readonly holdTime: number
  readonly steps: readonly Step[]
  readonly aims: readonly Aim[]
  /** Rounds where this is fewer than asked for: the case is one of order, not of speed. */
  readonly rounds?: number
}

const HOLD_TIME = 90

const feed = (each: number, perUpdate: number, perSet: number, family: 4 | 6 = 4): TableShape => ({
  family,
  feeders: 1,
  each,
  perSet,
  perUpdate,
})

const all = (feeders: number, each: number): TableShape => ({
  family: 4,
  feeders,
  each,
  perSet: each / 2,
  perUpdate: each / 2,
})

const time = (name: string, ratio: number, step: Step = 'load', ratios = {}): Aim => ({
  name,
  step,
  quantity: 'time',
  ratios: { bird: ratio, ...ratios },
})

/** What the speaker is to be good at, by the name that `--case` takes. */
export const CASES: Readonly<Record<string, Case>> = {
  'feed-100k': {
    shape: feed(100_000, 200, 200),
    peers: 2,
    holdTime: HOLD_TIME,
    steps: ['load', 'die'],
    aims: [
      time('100,000 prefixes, 200 an UPDATE, to 1 peer', 0.8),
      time('the peer of these 100,000 dies', 0.8, 'die'),
    ],
  },
  'feed-500k': {
    shape: feed(500_000, 200, 200),
    peers: 2,
    holdTime: HOLD_TIME,
    steps: ['load', 'change', 'policy', 'withdraw'],
    aims: [
      time('500,000 prefixes, 200 an UPDATE, to 1 peer', 0.7),
      { name: 'peak memory with these 500,000 and 2 peers', step: 'load', quantity: 'memory', limit: 160 },
      {
        name: 'one of these 500,000 changes: in to out',
        step: 'change',
        quantity: 'latency',
        ratios: { bird: 1.5 },
        limit: 1,
      },
      time('another export policy for these 500,000', 1, 'policy'),
      time('these 500,000 are withdrawn', 0.8, 'withdraw'),
    ],
  },
  'feed-500k-5': {
    shape: feed(500_000, 5, 5),
    peers: 2,
    holdTime: HOLD_TIME,
    steps: ['load'],
    aims: [time('500,000 prefixes, 5 an UPDATE, 100,000 sets of attributes, to 1 peer', 1)],
  },
  'feed-500k-1': {
    shape: feed(500_000, 1, 200),
    peers: 2,
    holdTime: HOLD_TIME,
    steps: ['load'],
    aims: [time('500,000 prefixes, 1 an UPDATE, to 1 peer', 1)],
  },
  'peers-10': {
    shape: feed(100_000, 200, 200),
    peers: 11,
    holdTime: HOLD_TIME,
    steps: ['load'],
    aims: [time('100,000 prefixes to 10 peers', 0.4)],
  },
  'peers-50': {
    shape: feed(100_000, 200, 200),
    peers: 51,
    holdTime: HOLD_TIME,
    steps: ['load'],
    aims: [time('100,000 prefixes to 50 peers', 0.4)],
  },
  'mesh-100': {
    shape: all(100, 100),
    peers: 100,
    holdTime: HOLD_TIME,
    steps: ['coldStart'],
    aims: [
      time('100 peers of 100 prefixes, all to all, from the first OPEN', 0.4, 'coldStart', {
        'frr-tuned': 1.2,
      }),
    ],
  },
  'mesh-200': {
    shape: all(200, 500),
    peers: 200,
    holdTime: HOLD_TIME,
    steps: ['coldStart'],
    aims: [time('200 peers of 500 prefixes, all to all, from the first OPEN', 0.4, 'coldStart')],
  },
  'feed-100k-v6': {
    shape: feed(100_000, 200, 200, 6),
    peers: 2,
    holdTime: HOLD_TIME,
    steps: ['load'],
    aims: [time('100,000 IPv6 prefixes, 200 an UPDATE, to 1 peer', 0.8)],
  },
  keepalives: {
    shape: feed(500_000, 200, 200),
    peers: 201,
    holdTime: 9,
    steps: ['load', 'refresh', 'withdraw'],
    aims: [
      {
        name: '500,000 prefixes to 200 peers: longest silence to a peer, ms',
        step: 'withdraw',
        quantity: 'gap',
        limit: 3500,
      },
      { name: 'the same: longest turn of the main loop, ms', step: 'withdraw', quantity: 'turn', limit: 20 },
      {
        name: 'the same: the most that the engine itself computed at one go, ms',
        step: 'withdraw',
        quantity: 'work',
        limit: 20,
      },
    ],
  },
}
