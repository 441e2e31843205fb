/**
 * The HTTP/2 connections to one origin: few, shared by all accounts. A stream goes to the ready connection with the fewest
 * streams; when none has room the caller opens a further one. Draining connections keep their streams and get no new ones.
 */
import type { Http2Session } from "./http2-session.ts"

export class SessionPool {
  readonly #sessions = new Set<Http2Session>()

  add(session: Http2Session): void {
    this.#sessions.add(session)
  }

  /** Forgets connections that are closed. */
  sweep(): void {
    for (const session of this.#sessions) if (session.state === "closed") this.#sessions.delete(session)
  }

  /** The ready connection with the fewest streams and room for one more. */
  take(): Http2Session | undefined {
    let best: Http2Session | undefined
    for (const session of this.#sessions) {
      if (session.room > 0 && (best === undefined || session.openStreams < best.openStreams)) best = session
    }
    return best
  }

  /** A connection is about to have room. */
  get isSettling(): boolean {
    for (const session of this.#sessions) if (session.state === "settling") return true
    return false
  }

  get size(): number {
    return this.#sessions.size
  }

  get openStreams(): number {
    let open = 0
    for (const session of this.#sessions) open += session.openStreams
    return open
  }

  close(): void {
    for (const session of this.#sessions) session.close()
  }

  destroy(): void {
    for (const session of this.#sessions) session.destroy()
  }
}
