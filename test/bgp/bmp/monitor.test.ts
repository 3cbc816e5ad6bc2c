import { describe, expect, it } from 'vitest'
import { BmpType, PeerDownReason } from '../../../src/bgp/bmp/messages.ts'
import type { Connection } from '../../../src/bgp/transport.ts'
import { decodeKey, parseUpdate, UpdateResult } from '../../../src/bgp/wire/index.ts'
import type { Bgp } from '../../../src/model/config-bgp.ts'
import { ALL, Lab } from '../harness.ts'
import type { MemoryConnection } from '../memory-transport.ts'
import { Remote } from '../remote.ts'
import { toHex, update } from '../wire/hex.ts'
import { IBGP, MANDATORY, OTHER_PREFIX, PREFIX, REACH6 } from '../wire/sessions.ts'

const STATION = '10.0.0.9'
const PORT = 11019
const PEER = '10.0.0.2'

interface BmpMessage {
  readonly type: number
  readonly body: Uint8Array
}

/** A collector: takes a connection and cuts what comes into messages. */
class Collector {
  messages: BmpMessage[] = []
  connection: Connection | undefined
  connections = 0
  #bytes = new Uint8Array(0)

  constructor(lab: Lab) {
    lab.network.host(STATION).listen({
      port: PORT,
      onConnection: connection => {
        this.connection = connection
        this.connections++
        this.messages = []
        this.#bytes = new Uint8Array(0)
        connection.handler = {
          onOpen() {},
          onData: bytes => this.#data(bytes),
          onDrain() {},
          onClose: () => {
            this.connection = undefined
          },
        }
      },
    })
  }

  get types(): number[] {
    return this.messages.map(({ type }) => type)
  }

  of(type: number): Uint8Array[] {
    return this.messages.filter(message => message.type === type).map(({ body }) => body)
  }

  /** What the UPDATEs of the peer say, each a line. */
  updates(): string[] {
    return this.of(BmpType.ROUTE_MONITORING).map(body => {
      const message = body.subarray(42)
      const out = new UpdateResult()
      parseUpdate(message, 0, message.length, IBGP, out)
      if (out.endOfRib !== undefined) return `end of ${out.endOfRib}`
      return out.sections
        .slice(0, out.count)
        .map(section => {
          const nlri = toHex(message.subarray(section.start, section.end))
          if (!section.announce) return `withdraw ${nlri}`
          const { asPath } = decodeKey(out.keys, section.keyStart, section.keyEnd)
          return `announce ${nlri} from ${asPath.flatMap(({ ases }) => ases).join(' ')}`
        })
        .join(', ')
    })
  }

  #data(bytes: Uint8Array): void {
    this.#bytes = Uint8Array.of(...this.#bytes, ...bytes)
    while (this.#bytes.length >= 6) {
      const view = new DataView(this.#bytes.buffer)
      expect(view.getUint8(0)).toBe(3)
      const length = view.getUint32(1)
      if (this.#bytes.length < length) return
      this.messages.push({ type: view.getUint8(5), body: this.#bytes.slice(6, length) })
      this.#bytes = this.#bytes.slice(length)
    }
  }
}

const BMP: Pick<Bgp, 'bmp'> = { bmp: { stations: [{ address: STATION }], statisticsInterval: 20 } }

function monitored(bmp: Pick<Bgp, 'bmp'> = BMP) {
  const lab = new Lab()
  const collector = new Collector(lab)
  const bgp: Bgp = {
    localAs: 65000,
    routerId: '10.0.0.1',
    neighbors: [
      {
        address: PEER,
        remoteAs: 65001,
        families: ['ipv4-unicast', 'ipv6-unicast'],
        importPolicy: 'all',
        exportPolicy: 'all',
      },
    ],
  }
  const box = lab.box('10.0.0.1', { ...bgp, ...bmp }, [ALL], {
    identity: () => ({ name: 'box', description: 'Causeway 1' }),
  })
  lab.clock.advance(10)
  const connect = () => {
    const remote = Remote.dial(lab.network.host(PEER), '10.0.0.1')
    lab.clock.advance(5)
    const families = [
      { afi: 1, safi: 1 },
      { afi: 2, safi: 1 },
    ]
    remote.open({ as: 65001 }, { families, enhancedRefresh: true }).keepalive()
    lab.clock.advance(10)
    return remote
  }
  return { lab, collector, box, bgp, connect }
}

const nlri = (...prefixes: string[]) => prefixes.join('').replaceAll(' ', '')
const announce = (prefixes: string) => update({ attributes: MANDATORY, nlri: prefixes })

describe('a monitoring station', () => {
  it('hears who we are, of each session that comes up with its OPENs, and UPDATEs as they come', () => {
    const { lab, collector, connect } = monitored()
    const remote = connect()
    const message = announce(PREFIX)
    remote.send(message)
    lab.clock.advance(10)
    expect(collector.types.slice(0, 2)).toEqual([BmpType.INITIATION, BmpType.PEER_UP])
    const [up] = collector.of(BmpType.PEER_UP)
    expect(toHex(up!.subarray(10, 26))).toBe(`${'00'.repeat(12)}0a000002`)
    // Our address, both ports, then our OPEN and that of the peer: two markers.
    expect(toHex(up!.subarray(42, 62))).toBe(`${'00'.repeat(12)}0a00000100b39c40`)
    expect(toHex(up!).split('ff'.repeat(16))).toHaveLength(3)
    expect(toHex(collector.of(BmpType.ROUTE_MONITORING)[0]!.subarray(42))).toBe(toHex(message))
  })

  it('that comes later gets the routes as they were announced, before policy, and then End-of-RIB', () => {
    const { lab, collector, box, bgp, connect } = monitored({})
    const remote = connect()
    remote.send(announce(PREFIX + OTHER_PREFIX)).send(update({ attributes: `${MANDATORY} ${REACH6}` }))
    lab.clock.advance(10)
    const neighbors = [{ ...bgp.neighbors![0]!, importPolicy: 'none' }]
    box.speaker.configure({ ...bgp, neighbors, ...BMP }, [{ name: 'none', rules: [] }, ALL])
    lab.clock.advance(20)
    expect(box.neighbor(PEER).families[0]).toMatchObject({ received: 2, accepted: 0 })
    expect(collector.types.slice(0, 2)).toEqual([BmpType.INITIATION, BmpType.PEER_UP])
    expect(collector.updates()).toEqual([
      `announce ${nlri(PREFIX, OTHER_PREFIX)} from 65001`,
      'end of 4',
      'announce 3020010db80001 from 65001',
      'end of 6',
    ])
  })

  it('hears the withdrawal of what a malformed UPDATE took away, not the malformed bytes', () => {
    const { lab, collector, connect } = monitored()
    const remote = connect()
    remote.send(announce(PREFIX))
    // ORIGIN of two octets: treat-as-withdraw (RFC 7606 §7.1).
    const malformed = '40 01 02 0000 40 02 06 02 01 0000fde9 40 03 04 c0000201'
    remote.send(update({ attributes: malformed, nlri: PREFIX }))
    lab.clock.advance(10)
    expect(collector.updates().slice(-2)).toEqual([
      `announce ${nlri(PREFIX)} from 65001`,
      `withdraw ${nlri(PREFIX)}`,
    ])
  })

  it('hears of what a route refresh did not bring again', () => {
    const { lab, collector, connect } = monitored()
    const remote = connect()
    const refresh = (subtype: number) => Uint8Array.of(...Array(16).fill(255), 0, 23, 5, 0, 1, subtype, 1)
    remote
      .send(announce(PREFIX + OTHER_PREFIX))
      .send(refresh(1))
      .send(announce(PREFIX))
      .send(refresh(2))
    lab.clock.advance(50)
    expect(collector.updates().at(-1)).toBe(`withdraw ${nlri(OTHER_PREFIX)}`)
  })

  it('hears how a session ended: by our NOTIFICATION, by that of the peer, or without a word', () => {
    const { lab, collector, box, connect } = monitored()
    const last = () => toHex(collector.of(BmpType.PEER_DOWN).at(-1)!.subarray(42))
    connect().notify(6, 4)
    lab.clock.advance(10)
    expect(last()).toBe(`0${PeerDownReason.REMOTE_NOTIFICATION}${'ff'.repeat(16)}0015030604`)
    lab.seconds(70)
    connect().connection.close()
    lab.clock.advance(10)
    expect(last()).toBe(`0${PeerDownReason.REMOTE_SILENT}`)
    lab.seconds(70)
    connect().connection.destroy()
    lab.clock.advance(10)
    expect(last()).toBe(`0${PeerDownReason.LOCAL_EVENT}0012`)
    lab.seconds(70)
    connect().send(new Uint8Array(19))
    lab.clock.advance(10)
    expect(last()).toMatch(new RegExp(`^0${PeerDownReason.LOCAL_NOTIFICATION}f{32}....030101`))
    expect(box.speaker.monitor.state()).toMatchObject([{ address: STATION, port: PORT, state: 'up' }])
  })

  it('gets the counts of each peer in the interval that the configuration says', () => {
    const { lab, collector, connect } = monitored()
    connect().send(announce(PREFIX + OTHER_PREFIX))
    lab.seconds(21)
    const [report] = collector.of(BmpType.STATISTICS_REPORT)
    expect(toHex(report!.subarray(46, 58))).toBe('000700080000000000000002')
  })

  it('that does not answer is tried again after 30 s at the latest', () => {
    const lab = new Lab()
    const box = lab.box('10.0.0.1', { localAs: 65000, ...BMP })
    lab.seconds(5)
    const failures = box.events.filter(({ kind }) => kind === 'monitoring')
    expect(failures).toHaveLength(1)
    expect(failures[0]!.message).toContain('10.0.0.9 port 11019 is not there: connection refused')
    const collector = new Collector(lab)
    lab.seconds(15)
    expect(collector.connections).toBe(0)
    lab.seconds(15)
    expect(collector.connections).toBe(1)
    collector.connection!.destroy()
    lab.seconds(31)
    expect(collector.connections).toBe(2)
  })

  it('that does not read is let go before much waits for it, with the reason', () => {
    const { lab, collector, box, connect } = monitored()
    const remote = connect()
    const near = (collector.connection as MemoryConnection).other!
    near.room = 1000
    const long = (last: string) =>
      update({ attributes: `${MANDATORY} d0 08 0400 ${`fde8000${last}`.repeat(256)}`, nlri: PREFIX })
    const [one, other] = [long('1'), long('2')]
    for (let i = 0; i < 40_000 && box.speaker.monitor.state()[0]!.state === 'up'; i++) {
      remote.send(one).send(other)
      if (i % 200 === 0) lab.clock.advance(50)
    }
    expect(box.speaker.monitor.state()[0]).toMatchObject({ state: 'waiting' })
    expect(box.speaker.monitor.state()[0]!.lastDown).toMatch(/does not keep up: 64 MiB wait/)
    expect(box.neighbor(PEER).state).toBe('Established')
  })

  it('that the configuration no longer has is told so, and sessions do not notice', () => {
    const { lab, collector, box, bgp, connect } = monitored()
    connect()
    box.speaker.configure({ ...bgp }, [ALL])
    lab.clock.advance(10)
    expect(collector.types.at(-1)).toBe(BmpType.TERMINATION)
    expect(toHex(collector.of(BmpType.TERMINATION)[0]!)).toBe('000100020000')
    expect(box.speaker.monitor.state()).toEqual([])
    expect(box.neighbor(PEER).state).toBe('Established')
  })
})
