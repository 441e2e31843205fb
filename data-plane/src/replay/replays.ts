/**
 * Runs captured requests again, as the control plane commands it: through the same pipeline as a client's, over a connection that exists
 * in this process alone. How one ended leaves as a capture like any other.
 */
import type { ReplayExchange } from "#shared/link-command.ts"
import { loopbackOrigin } from "#shared/loopback-url.ts"
import type { SnapshotApiKey } from "#shared/snapshot.ts"
import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http"
import { duplexPair } from "node:stream"
import type { Timer } from "../clock.ts"
import type { Dispatcher } from "../server/dispatch.ts"
import type { ExchangeServices } from "../server/exchange.ts"
import { createTransport, type Transport, type TransportOptions } from "../transport/send.ts"
import { sandboxServices } from "./sandbox.ts"

/** At a time: each may hold a large request. */
export const MAX_REPLAYS = 4
/** Then its client, who is nobody, leaves. */
export const REPLAY_LIMIT_MS = 110_000

export interface ReplaysOptions {
  readonly dispatcher: Pick<Dispatcher, "replay">
  readonly services: ExchangeServices
  readonly certificateAuthorities: TransportOptions["certificateAuthorities"]
}

export class Replays {
  readonly #options: ReplaysOptions
  readonly #running = new Set<() => void>()
  #isStopped = false

  constructor(options: ReplaysOptions) {
    this.#options = options
  }

  /** Begins one. What it throws is why it cannot. */
  begin(command: ReplayExchange): void {
    if (this.#isStopped) throw new Error("This data plane is shutting down.")
    if (this.#running.size >= MAX_REPLAYS)
      throw new Error("Too many replays are under way here; try again in a minute.")
    // How it ends is told by its capture alone.
    if (!this.#options.services.captures.hasRoom())
      throw new Error("There is no room here to capture it; try again when what waits has been sent.")
    const key = this.#keyOf(command)
    const { services, close } = this.#servicesFor(command, () => leave())
    const leave = this.#call(command, { ...services, authenticate: () => key }, close)
  }

  stop(): void {
    this.#isStopped = true
    for (const leave of this.#running) leave()
  }

  #keyOf({ apiKeyId }: ReplayExchange): SnapshotApiKey {
    const { store, clock } = this.#options.services
    const key = store.current?.snapshot.apiKeys.find(({ id }) => id === apiKeyId)
    if (key === undefined) throw new Error("Its key is gone.")
    if (key.isDisabled === true) throw new Error("Its key is disabled.")
    if (key.expiresAt !== undefined && key.expiresAt <= clock.now()) throw new Error("Its key has expired.")
    return key
  }

  /** `onSent`: what would be sent is known, and nothing more is to come. */
  #servicesFor(
    { target, address }: ReplayExchange,
    onSent: () => void,
  ): { readonly services: ExchangeServices; readonly close: () => void } {
    const { services, certificateAuthorities } = this.#options
    const snapshot = services.store.current?.snapshot
    if (target === "pool" || snapshot === undefined) return { services, close: () => undefined }
    if (target === "translation") {
      const [origin = "http://127.0.0.1"] = snapshot.settings.antigravityBaseUrls
      const sandbox = { origin, transport: silentTransport(onSent), isQuiet: true }
      return { services: sandboxServices(services, snapshot, sandbox), close: () => undefined }
    }
    const origin = loopbackOrigin(address ?? "")
    if (origin === undefined) throw new Error("The address is none of this machine.")
    // Never through a proxy: it is somewhere else.
    const transport = createTransport({ clock: services.clock, outboundProxy: undefined, certificateAuthorities })
    const sandbox = { origin, transport, isQuiet: false }
    return { services: sandboxServices(services, snapshot, sandbox), close: () => transport.destroy() }
  }

  /** Sends the request as its client did; returns how to break it off. */
  #call(command: ReplayExchange, services: ExchangeServices, close: () => void): () => void {
    const { dispatcher } = this.#options
    const { of, target, replayId, request: captured } = command
    const [near, far] = duplexPair()
    const run = (incoming: IncomingMessage, response: ServerResponse): void => {
      const mark = { of, target, replayId }
      if (!dispatcher.replay(incoming, response, { mark, services, isCounted: target === "pool" })) far.destroy()
    }
    const server = createServer(run)
    server.emit("connection", far)
    const body = Buffer.from(captured.body.text, captured.body.encoding)
    const query = captured.query === "" ? "" : `?${captured.query}`
    const outgoing = request({
      createConnection: () => near,
      method: "POST",
      path: `/${captured.path}${query}`,
      headers: { ...captured.headers, host: "replay", "content-length": body.length },
    })
    let limit: Timer | undefined
    const leave = (): void => {
      limit?.clear()
      if (!this.#running.delete(leave)) return
      near.destroy()
      far.destroy()
      close()
    }
    this.#running.add(leave)
    limit = services.clock.after(REPLAY_LIMIT_MS, leave)
    outgoing.on("response", (answer) => {
      answer.resume()
      answer.on("close", leave)
    })
    outgoing.on("error", leave)
    outgoing.end(body)
    return leave
  }
}

/** Nothing leaves it, and nothing ever comes. */
function silentTransport(onSent: () => void): Transport {
  return {
    send: () => {
      setImmediate(onSent)
      return { pause: () => undefined, resume: () => undefined, cancel: (onClosed) => onClosed?.() }
    },
    facts: () => ({}),
    close: () => undefined,
    destroy: () => undefined,
  }
}
