import { plainAddress } from '../export/nexthop.ts'
import type { Channel } from '../session/channel.ts'
import type { PeerType } from '../sink.ts'
import type { MonitoredSession } from './monitor.ts'

/**
 * A session that has just come up, as stations hear of it. What can change with the connection is read now: its ports
 * are gone when it is.
 * @param since milliseconds since 1970
 */
export function monitoredSession(
  neighbor: {
    readonly peer: number
    readonly address: string
    readonly remoteAs: number
    readonly type: PeerType
  },
  channel: Channel,
  since: number,
): MonitoredSession {
  const { connection, sentOpen, receivedOpen } = channel
  const { families, as4, addPathReceive, receiveLimit } = channel.negotiated!
  return {
    peer: neighbor.peer,
    // Of several neighbours at one address the header tells the BGP identifiers too.
    address: neighbor.address.replace(/#.*$/, ''),
    as: neighbor.remoteAs,
    routerId: channel.remote!.routerId,
    as2: !as4,
    localAddress: plainAddress(channel.localAddress),
    localPort: connection.localPort,
    remotePort: connection.remotePort,
    sentOpen,
    receivedOpen,
    type: neighbor.type,
    as4,
    addPath: addPathReceive,
    limit: receiveLimit,
    families,
    since,
  }
}
