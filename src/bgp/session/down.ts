import type { Notification } from '../wire/index.ts'
import type { Drops } from './drops.ts'

/** Why a connection or a session ended, or did not come up. */
export type Down =
  | { readonly kind: 'received'; readonly notification: Notification }
  | { readonly kind: 'sent'; readonly notification: Notification }
  /** TCP gave up; `code` as in errno(3), '' where the other side closed in order. `phase`: how far the session was. */
  | {
      readonly kind: 'tcp'
      readonly code: string
      readonly message: string
      readonly phase: 'Connect' | 'OpenSent' | 'OpenConfirm' | 'Established'
      /** What the kernel dropped during an attempt to connect. */
      readonly drops?: Drops | undefined
    }
  /** The peer has restarted and came back on a new connection before the old one ended (RFC 4724 §4.2). */
  | { readonly kind: 'replaced' }
  /** GTSM (RFC 5082): a connection came with this TTL, which is too low; undefined: the kernel would not check it. */
  | { readonly kind: 'far'; readonly ttl: number | undefined }
  /** We wait for the neighbour, and the kernel drops what may be its connections. */
  | { readonly kind: 'dropped'; readonly drops: Drops }
  /** The configuration says so. */
  | { readonly kind: 'disabled' }
