/**
 * The playground's way in. As the control plane commands, a connection is dialled to it, and what comes over that connection is served like
 * a client's request: as that of the administrator who sent it, without a key. Nobody who is not the control plane can send one, and no
 * address but the control plane's is ever dialled.
 */
import { apiKeyId } from "#shared/ids.ts"
import type { OpenPipe, PipeSender } from "#shared/link-command.ts"
import { PIPE_PATH, PIPE_PROTOCOL } from "#shared/link-protocol.ts"
import type { Logger } from "#shared/log.ts"
import type { Secret } from "#shared/secret.ts"
import type { SnapshotApiKey } from "#shared/snapshot.ts"
import { createServer, request as requestClear } from "node:http"
import { request as requestTls } from "node:https"
import type { Duplex } from "node:stream"
import type { Clock } from "../clock.ts"
import { notReady, type Authenticate } from "../server/authenticate.ts"
import type { Dispatcher } from "../server/dispatch.ts"
import type { ExchangeServices } from "../server/exchange.ts"

/** At a time; more than one control plane gives a node. */
export const MAX_PIPES = 64
const CONNECT_TIMEOUT_MS = 5_000

export interface PipesOptions {
  readonly controlUrl: string
  readonly linkToken: Secret<string>
  readonly clock: Clock
  readonly log: Logger
  readonly dispatcher: Pick<Dispatcher, "playground">
  readonly services: ExchangeServices
}

export class Pipes {
  readonly #options: PipesOptions
  /** How to break off each that is open or being dialled. */
  readonly #open = new Set<() => void>()
  #isStopped = false

  constructor(options: PipesOptions) {
    this.#options = options
  }

  /** Dials; what it throws is why it does not. */
  open({ pipeId, sender }: OpenPipe): void {
    if (this.#isStopped) throw new Error("This data plane is shutting down.")
    if (this.#open.size >= MAX_PIPES) throw new Error("Too many requests of the playground are under way here.")
    const { controlUrl, linkToken, clock, log } = this.#options
    const send = controlUrl.startsWith("https:") ? requestTls : requestClear
    const outgoing = send(`${controlUrl}${PIPE_PATH}?id=${encodeURIComponent(pipeId)}`, {
      agent: false,
      headers: { authorization: `Bearer ${linkToken.reveal()}`, connection: "Upgrade", upgrade: PIPE_PROTOCOL },
    })
    const breakOff = (): void => void outgoing.destroy()
    this.#open.add(breakOff)
    const timer = clock.after(CONNECT_TIMEOUT_MS, () => outgoing.destroy(new Error("no answer within five seconds")))
    const over = (reason?: string): void => {
      timer.clear()
      this.#open.delete(breakOff)
      if (reason !== undefined) log.warn("pipe.not-opened", { pipeId, reason })
    }
    outgoing.on("error", (error) => over(error.message))
    outgoing.on("response", (answer) => {
      answer.resume()
      over(`the control plane answered ${answer.statusCode}`)
    })
    outgoing.on("upgrade", (_answer, socket, head) => {
      over()
      if (head.length > 0) socket.unshift(head)
      this.#serve(socket, sender)
    })
    outgoing.end()
  }

  /** No more from now on; those under way go on. */
  stop(): void {
    this.#isStopped = true
  }

  /** Breaks off whatever is still open. */
  close(): void {
    this.stop()
    for (const breakOff of this.#open) breakOff()
  }

  #serve(socket: Duplex, sender: PipeSender): void {
    const { dispatcher, services } = this.#options
    const breakOff = (): void => void socket.destroy()
    this.#open.add(breakOff)
    socket.on("error", () => undefined)
    socket.on("close", () => this.#open.delete(breakOff))
    const authenticate = authenticateAs(sender)
    const server = createServer((request, response) => {
      response.on("error", () => undefined)
      if (!dispatcher.playground(request, response, { ...services, authenticate }, sender.name)) socket.destroy()
    })
    server.emit("connection", socket)
  }
}

/** Nobody's key: nothing limits it, nothing is counted for it, and what belongs to one tenant is kept by who sends. */
function authenticateAs({ id, name }: PipeSender): Authenticate {
  const own = `playground:${id}`
  const key: SnapshotApiKey = { id: apiKeyId(own), name, lineage: own, digest: "", mayExplain: true }
  return (_incoming, compiled) => {
    if (compiled === undefined) throw notReady()
    return key
  }
}
