import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readInterfaceAddress, requestAddresses } from '../../../src/kernel/codec/address.ts'
import { writeDeleteNexthop } from '../../../src/kernel/codec/nexthop.ts'
import type { InterfaceAddress } from '../../../src/kernel/index.ts'
import { CommandSocket } from '../../../src/kernel/netlink/command-socket.ts'
import { change, cleanUp, batch as ipBatch } from '../iproute.ts'

const sockets: CommandSocket[] = []

function open(options: { receiveBuffer?: number } = {}): CommandSocket {
  const socket = new CommandSocket(options)
  sockets.push(socket)
  return socket
}

beforeEach(() => {
  change('link add br0 type bridge')
  change('link set br0 up')
})

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close()
  cleanUp()
})

describe('a batch of commands', () => {
  it('is so short that all its answers fit the receive buffer', () => {
    const socket = open({ receiveBuffer: 16_384 })
    expect(socket.batchLimit).toBeGreaterThanOrEqual(8)
    expect(socket.batchLimit).toBeLessThan(500)
    for (let round = 0; round < 20; round++) {
      const batch = socket.batch()
      for (let i = 0; i < socket.batchLimit; i++) writeDeleteNexthop(batch, 1000 + i)
      const failures = socket.perform(batch)
      expect(failures.map(({ index }) => index)).toEqual(
        Array.from({ length: socket.batchLimit }, (_, i) => i),
      )
      expect(new Set(failures.map(({ failure }) => failure.code))).toEqual(new Set(['ENOENT']))
    }
  })

  it('whose answers are lost is said to be unknown where it is, and the socket goes on', () => {
    const socket = open({ receiveBuffer: 1 })
    const batch = socket.batch()
    for (let i = 0; i < 200; i++) writeDeleteNexthop(batch, 1000 + i)
    const failures = socket.perform(batch)
    expect(failures.map(({ index }) => index)).toEqual(Array.from({ length: 200 }, (_, i) => i))
    expect(failures[0]?.failure.code).toBe('ENOENT')
    expect(failures[199]?.failure).toEqual({ code: 'ENOBUFS', message: "the kernel's answer was lost" })

    const next = socket.batch()
    writeDeleteNexthop(next, 7)
    expect(socket.perform(next)).toMatchObject([{ index: 0, failure: { code: 'ENOENT' } }])
  })

  it('may be empty', () => {
    const socket = open()
    expect(socket.perform(socket.batch())).toEqual([])
  })
})

describe('a dump that is interrupted', () => {
  /** Reads all addresses, with `meanwhile` done at the first message of each attempt. */
  function dump(socket: CommandSocket, meanwhile: (attempt: number) => void): InterfaceAddress[] {
    let addresses: InterfaceAddress[] = []
    let attempts = 0
    socket.dump(
      requestAddresses,
      () => {
        addresses = []
        attempts++
      },
      message => {
        if (addresses.length === 0) meanwhile(attempts)
        const address = readInterfaceAddress(message)
        if (address) addresses.push(address)
      },
    )
    return addresses
  }

  beforeEach(() => {
    // More than one datagram holds: the kernel makes the later ones while the first is being read.
    ipBatch(Array.from({ length: 2000 }, (_, i) => `address add 10.8.${i >> 8}.${i & 255}/32 dev br0`))
  })

  it('is read again, and shows the table as it then is', () => {
    const attempts: number[] = []
    const addresses = dump(open(), attempt => {
      attempts.push(attempt)
      if (attempt === 1) change('address del 10.8.7.207/32 dev br0')
      if (attempt === 2) change('address add 10.9.0.1/32 dev br0')
    })
    expect(attempts).toEqual([1, 2, 3])
    const prefixes = addresses.map(({ prefix }) => prefix)
    expect(prefixes.filter(prefix => prefix.startsWith('10.8.')).length).toBe(1999)
    expect(prefixes).toContain('10.9.0.1/32')
    expect(prefixes).not.toContain('10.8.7.207/32')
  })

  it('each time is given up with a reason, and the socket goes on', () => {
    const socket = open()
    const restless = () =>
      dump(socket, attempt => change(`address ${attempt % 2 ? 'add' : 'del'} 10.9.0.1/32 dev br0`))
    expect(restless).toThrow('changed during each of 16 readings')
    expect(dump(socket, () => {}).length).toBeGreaterThan(2000)
  })
})
