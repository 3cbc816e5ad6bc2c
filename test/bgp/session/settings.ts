import type { SessionSettings } from '../../../src/bgp/session/settings.ts'

/** An eBGP session between 10.0.0.1 and 10.0.0.2. */
export const SESSION: SessionSettings = {
  address: '10.0.0.2',
  port: 179,
  localAddress: undefined,
  localAs: 64512,
  routerId: 0x0a000001,
  remoteAs: 64513,
  families: [4],
  passive: false,
  ttl: 1,
  holdTime: 90,
  keepaliveTime: undefined,
  connectRetryTime: 5,
  addPathSend: true,
  addPathReceive: true,
  gracefulRestartNotification: true,
  longLivedGracefulRestartTime: 0,
  gracefulRestartTime: 120,
}
