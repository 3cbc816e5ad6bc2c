import { performance } from 'node:perf_hooks'
import { Importer } from '../../src/bgp/import.ts'
import { importContext } from '../../src/bgp/import-context.ts'
import { configuredNeighbors } from '../../src/bgp/neighbor-settings.ts'
import { PolicyBook } from '../../src/bgp/policy/book.ts'
import { ACCEPT_ALL, type CompiledPolicy } from '../../src/bgp/policy.ts'
import { AttributeStore } from '../../src/bgp/rib/attribute-store.ts'
import { Hops } from '../../src/bgp/rib/hops.ts'
import { PathTable } from '../../src/bgp/rib/path-table.ts'
import { PeerColumns } from '../../src/bgp/rib/peers.ts'
import {
  encodeKey,
  encodeOutgoing,
  Framer,
  parseUpdate,
  UpdateResult,
  UpdateWriter,
} from '../../src/bgp/wire/index.ts'
import type { Policy, PolicyLists } from '../../src/model/config-policy.ts'
import { parseAddress } from '../../src/net/address.ts'
import { Interner, RecordingSink } from '../bgp/harness.ts'

/**
 * What a policy costs: 500,000 routes read, judged and decided, with no policy, with one that looks at communities and two lists
 * of 1,000 prefixes, and with one that also changes nearly every route. User time, the best of eight rounds.
 *
 *     node test/bench/policy.ts [routes per UPDATE, default 100]
 */

const COUNT = 500_000
const PER = Number(process.argv[2] ?? 100)

function updates(): Uint8Array[] {
  const pieces: Uint8Array[] = []
  const writer = new UpdateWriter({ limit: 4096, addPath: [], emit: bytes => pieces.push(bytes.slice()) })
  const prefix = new Uint8Array(4)
  for (let i = 0; i < COUNT; i++) {
    if (i % PER === 0) {
      const n = Math.floor(i / PER)
      const key = encodeKey({
        nexthop: parseAddress('10.0.0.2')!,
        origin: 0,
        asPath: [{ type: 2, ases: [65001, 4_200_000_000 + (n % 30000), 64512 + (n % 1000)] }],
        communities: Array.from({ length: 6 }, (_, k) => ((65001 << 16) | ((n * 7 + k) % 1000)) >>> 0).sort(
          (a, b) => a - b,
        ),
        med: n,
      })
      writer.announce(
        encodeOutgoing(key, 0, key.length, 4, {
          type: 'eBGP',
          as4: true,
          localAs: 65001,
          prepend: 0,
          localPreference: 100,
          keepMed: true,
        }),
      )
    }
    const value = 0x14000000 + i * 256
    prefix[0] = value >>> 24
    prefix[1] = value >>> 16
    prefix[2] = value >>> 8
    writer.add(prefix, 0, 24)
  }
  writer.flush()
  return pieces
}

const entries = Array.from({ length: 1000 }, (_, i) => {
  const value = 0x14000000 + i * 500 * 256
  return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.0/24`
})
const lists: PolicyLists = {
  prefixLists: [
    { name: 'thousand', entries },
    {
      name: 'wide',
      entries: Array.from({ length: 1000 }, (_, i) => `${20 + (i >> 8)}.${i & 255}.0.0/16 le 24`),
    },
  ],
  communityLists: [{ name: 'some', entries: Array.from({ length: 50 }, (_, i) => `65001:${i * 20}`) }],
}
const policies: Policy[] = [
  {
    name: 'match',
    rules: [
      { match: { communities: { any: ['some'] }, prefixLists: ['thousand'] }, action: 'reject' },
      { match: { communities: { any: ['65001:7', '65001:*'] }, prefixLists: ['wide'] }, action: 'accept' },
      { action: 'accept' },
    ],
  },
  {
    name: 'change',
    rules: [
      {
        match: { communities: { any: ['some'] }, asPath: ['^ 65001 * [64512-64600] $'] },
        action: 'next',
        set: { localPreference: 200 },
      },
      { match: { prefixLists: ['thousand'] }, action: 'reject' },
      {
        match: { communities: { any: ['65001:7', '65001:*'] }, prefixLists: ['wide'] },
        action: 'accept',
        set: { communities: { add: ['65000:1'] } },
      },
      { match: { communities: { none: ['no-export'] } }, action: 'accept' },
    ],
  },
]
const [settings] = configuredNeighbors({
  localAs: 65000,
  routerId: '10.0.0.1',
  neighbors: [{ address: '10.0.0.2', remoteAs: 65001, importPolicy: 'match' }],
})
const pieces = updates()

function run(which: string): { import: number; settle: number; accepted: number } {
  const hops = new Hops(new Interner())
  const attributes = new AttributeStore(hops)
  const peers = new PeerColumns()
  const sink = new RecordingSink()
  sink.update = () => {}
  const table = new PathTable(4, attributes, hops, peers, sink)
  const peer = peers.take('10.0.0.2')
  table.counts.reserve(peer)
  peers.external[peer] = 1
  const book = new PolicyBook(attributes)
  book.configure(policies, lists)
  const policy: CompiledPolicy =
    which === 'none' ? ACCEPT_ALL : book.importPolicy({ ...settings, importPolicy: which })
  const context = importContext(
    settings,
    {
      type: 'eBGP',
      remoteAs: 65001,
      policy,
      group: 0,
      named: 0,
      ownAddresses: new Set(),
      networks: [],
      interface: undefined,
    },
    attributes,
  )
  const importer = new Importer(attributes, hops, peer)
  const framer = new Framer(4096)
  const result = new UpdateResult()
  const session = {
    type: 'eBGP',
    as4: true,
    ipv4: true,
    ipv6: false,
    addPath4: false,
    addPath6: false,
    extendedNexthop: false,
    firstAs: 65001,
  } as const
  const start = performance.now()
  for (const piece of pieces) {
    framer.push(piece)
    while (framer.next()) {
      parseUpdate(framer.buffer, framer.start, framer.end, session, result)
      importer.apply(framer.buffer, result, { 4: table, 6: table }, context, () => false)
    }
  }
  const middle = performance.now()
  table.settle(() => 0, 1)
  const end = performance.now()
  return { import: middle - start, settle: end - middle, accepted: table.counts.accepted[peer]! }
}

const best = new Map<string, number>()
for (let round = 0; round < 8; round++)
  for (const which of ['none', 'match', 'change']) {
    const before = process.cpuUsage()
    run(which)
    const { user } = process.cpuUsage(before)
    best.set(which, Math.min(best.get(which) ?? Infinity, user / 1000))
  }
const none = best.get('none')!
for (const [which, time] of best) {
  console.log(`${which.padEnd(8)} ${time.toFixed(0).padStart(5)} ms, ${(time / none).toFixed(2)} of none`)
}
