import { createServer, type Socket } from 'node:net'
import { parseArgs } from 'node:util'
import {
  AddPathMode,
  buildKeepalive,
  buildOpen,
  encodeKey,
  encodeOutgoing,
  MessageType,
  UNICAST,
  UpdateWriter,
} from '../../src/bgp/wire/index.ts'
import { parseAddress } from '../../src/net/address.ts'

/**
 * A BGP neighbour that does one thing: it waits for a session, and on SIGUSR2 announces a table as fast as the
 * receiver takes it. It runs as a process of its own, so that it costs whoever is measured nothing, and prints
 * `established`, and `sent <microseconds of CLOCK_MONOTONIC at the first octet>`.
 */

const { values: options } = parseArgs({
  options: {
    listen: { type: 'string' },
    as: { type: 'string', default: '65001' },
    count: { type: 'string', default: '100000' },
    'per-update': { type: 'string', default: '200' },
  },
})
if (!options.listen) throw new Error('usage: feed --listen ADDRESS [--as N] [--count N] [--per-update N]')

const localAs = Number(options.as)
const table = announcements(Number(options.count), Number(options['per-update']))
let session: Socket | undefined

createServer(accept).listen(179, options.listen, () => console.log('listening'))
process.on('SIGUSR2', () => {
  if (!session) return console.log('no session')
  console.log(`sent ${process.hrtime.bigint() / 1000n}`)
  session.write(table)
})

/** The whole table as one piece: /24s from 20.0.0.0 on. */
function announcements(count: number, perUpdate: number): Buffer {
  const pieces: Uint8Array[] = []
  const writer = new UpdateWriter({ limit: 4096, addPath: [], emit: bytes => pieces.push(bytes) })
  const nexthop = parseAddress(options.listen!)!
  const prefix = new Uint8Array(4)
  for (let i = 0; i < count; i++) {
    if (i % perUpdate === 0) {
      const path = [{ type: 2, ases: [localAs, 4_200_000_000 + Math.floor(i / perUpdate)] }]
      const key = encodeKey({ nexthop, origin: 0, asPath: path })
      const outgoing = {
        type: 'eBGP',
        as4: true,
        localAs,
        prepend: 0,
        localPreference: 100,
        keepMed: false,
      } as const
      writer.announce(encodeOutgoing(key, 0, key.length, 4, outgoing))
    }
    prefix[0] = 20 + (i >> 16)
    prefix[1] = (i >> 8) & 0xff
    prefix[2] = i & 0xff
    writer.add(prefix, 0, 24)
  }
  writer.endOfRib(4)
  writer.flush()
  return Buffer.concat(pieces)
}

function accept(socket: Socket): void {
  let pending = Buffer.alloc(0)
  let established = false
  socket.setNoDelay(true)
  const keepalive = setInterval(() => established && socket.write(buildKeepalive()), 20_000)
  socket.on('close', () => clearInterval(keepalive))
  socket.on('error', error => console.log(`closed ${error.message}`))
  socket.write(
    buildOpen({
      as: localAs,
      holdTime: 90,
      routerId: 0x01010101,
      capabilities: { families: [UNICAST[4]], addPath: [{ ...UNICAST[4], mode: AddPathMode.RECEIVE }] },
    }),
  )
  socket.on('data', chunk => {
    pending = Buffer.concat([pending, chunk])
    while (pending.length >= 19 && pending.length >= pending.readUInt16BE(16)) {
      const type = pending[18]
      pending = pending.subarray(pending.readUInt16BE(16))
      if (type === MessageType.OPEN) socket.write(buildKeepalive())
      if (type === MessageType.KEEPALIVE && !established) {
        established = true
        session = socket
        console.log('established')
      }
    }
  })
}
