/**
 * What an upstream is: an address, headers and an envelope around a dialect that some folder under `dialects/` already speaks.
 * No translation happens here.
 */
import type { SnapshotSettings, UpstreamKind } from "#shared/snapshot.ts"
import type { RequestPurpose } from "../dialects/dialect.ts"
import type { UpstreamDialectName } from "../dialects/index.ts"

export interface Upstream {
  readonly kind: UpstreamKind
  readonly dialect: UpstreamDialectName
  /** Base URLs in the order in which they are tried. */
  hosts(settings: SnapshotSettings): readonly string[]
  /** The request bytes around `body`, which is serialised once per exchange and reused by every attempt. */
  outgoing(call: UpstreamCall): OutgoingRequest
  /** The dialect's own event inside the upstream's envelope. */
  unwrap(event: unknown): unknown
  /**
   * The same as text, for the events of one answer: what of an event's `data` is the dialect's own event. `event` is what `data` says.
   */
  textUnwrapper(): (data: string, event: unknown) => string
}

export interface UpstreamCall {
  readonly settings: SnapshotSettings
  readonly accessToken: string
  readonly projectId: string
  readonly model: string
  /** Absent: a conversation. */
  readonly purpose?: RequestPurpose
  /** Fresh for every attempt. */
  readonly requestId: string
  /** Stable for a conversation; a decimal signed 64-bit integer as a string. */
  readonly sessionId: string
  /** The dialect's request body, as `JSON.stringify` makes it, in UTF-8. */
  readonly body: Buffer
}

export interface OutgoingRequest {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}
