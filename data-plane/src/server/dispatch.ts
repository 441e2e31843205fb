/**
 * From a request to what serves it: the route table, its policy, and the answers that need no upstream. Every answer carries the
 * request's id, and every refusal the shape of the dialect its client speaks.
 */
import type { SnapshotApiKey } from "#shared/snapshot.ts"
import type { ExchangeRecord, PromptCacheUse } from "#shared/link-protocol.ts"
import { GatewayError } from "../canonical/error.ts"
import { clientDialects, type ClientDialectName } from "../dialects/index.ts"
import type { Pool } from "../pool/pool.ts"
import { PromptCache } from "../report/prompt-cache.ts"
import { brokenRequestAnswer, brokenRequestCode } from "./broken-request.ts"
import { listDialect, nearestDialect } from "./client-dialect.ts"
import { corsHeaders, preflightHeaders } from "./cors.ts"
import { countTokens } from "./count-tokens.ts"
import { errorAnswer } from "./error-answer.ts"
import { Exchange, type ExchangeCall, type ExchangeServices, type ReplayMark } from "./exchange.ts"
import { mintExchangeId } from "./exchange-id.ts"
import { health, readiness } from "./health.ts"
import { headerText, readIncoming, type Incoming, type NodeRequest, type NodeResponse } from "./incoming.ts"
import { modelEntry, modelList } from "./models.ts"
import { Responder } from "./responder.ts"
import { matchRoute, type Action } from "./routes.ts"

export interface DispatcherOptions extends ExchangeServices {
  readonly pool: Pool
  readonly panelUrl: string
  /** Told when the number of exchanges under way changes. */
  readonly onLoadChange: () => void
  /** An exchange has ended; `traceParent` is what its client said of the trace that it is a part of. */
  readonly onExchange: (record: ExchangeRecord, traceParent: string | undefined) => void
  /** Something was refused before it became an exchange. */
  readonly onRefused: (code: string) => void
}

export interface ReplayRun {
  readonly mark: ReplayMark
  readonly services: ExchangeServices
  /** Among the exchanges of this data plane. */
  readonly isCounted: boolean
}

export class Dispatcher {
  readonly #options: DispatcherOptions
  readonly #running = new Set<Exchange>()
  #isDraining = false
  #isToldToDrain = false
  #hasHinted = false
  readonly #promptCache: PromptCache
  #exchanges = 0
  #refusals = 0
  #onIdle: (() => void) | undefined

  constructor(options: DispatcherOptions) {
    this.#options = options
    this.#promptCache = new PromptCache(options.clock)
  }

  get counts(): { inFlight: number; exchanges: number; refusals: number; promptCache: PromptCacheUse } {
    const promptCache = this.#promptCache.use
    return { inFlight: this.#running.size, exchanges: this.#exchanges, refusals: this.#refusals, promptCache }
  }

  get isDraining(): boolean {
    return this.#isDraining
  }

  get isToldToDrain(): boolean {
    return this.#isToldToDrain
  }

  /** While told to, it is not ready and keeps no connection after an answer; what comes is served. */
  tellToDrain(isOn: boolean): void {
    this.#isToldToDrain = isOn
  }

  /** Refuses new exchanges from now on; resolves when none is under way. */
  drain(): Promise<void> {
    this.#isDraining = true
    return new Promise((resolve) => {
      this.#onIdle = resolve
      if (this.#running.size === 0) resolve()
    })
  }

  /** Ends every exchange under way with this error. */
  abortAll(error: GatewayError): void {
    for (const exchange of this.#running) exchange.abort(error)
  }

  /** The listener of the server. Never throws. */
  handle(request: NodeRequest, response: NodeResponse): void {
    const { clock, log } = this.#options
    const id = mintExchangeId(clock.now())
    const incoming = readIncoming(request, response)
    const closing: Record<string, string> = this.#isDraining || this.#isToldToDrain ? { connection: "close" } : {}
    const responder = new Responder(response, {
      "x-request-id": id,
      "request-id": id,
      ...corsHeaders(incoming),
      ...closing,
    })
    request.on("error", () => log.debug("request.broke-off", { exchangeId: id }))
    response.on("error", () => log.debug("response.broke-off", { exchangeId: id }))
    if (incoming.isDoubled) this.#hintDoubled(id)
    try {
      if (incoming.refusal !== undefined) throw incoming.refusal
      this.#route(incoming, responder, id)
    } catch (error) {
      this.#refuse(incoming, responder, nearestDialect(incoming), error, id)
    }
  }

  /**
   * Takes a captured request again, in place of a client's, with the services that are given. One that is counted is an exchange like
   * any other. False: its path leads to none.
   */
  replay(request: NodeRequest, response: NodeResponse, { mark, services, isCounted }: ReplayRun): boolean {
    const exchange = this.#taken(request, response, services, { replay: mark })
    if (exchange === undefined) return false
    if (isCounted) this.#run(exchange, undefined)
    else void exchange.run()
    return true
  }

  /** Takes a request from the playground in place of a client's; services know who sent it. False: its path leads to no exchange. */
  playground(request: NodeRequest, response: NodeResponse, services: ExchangeServices, by: string): boolean {
    const exchange = this.#taken(request, response, services, { playgroundBy: by })
    if (exchange !== undefined) this.#run(exchange, undefined)
    return exchange !== undefined
  }

  /** The exchange that such a request is; undefined: its path leads to none. */
  #taken(
    request: NodeRequest,
    response: NodeResponse,
    services: ExchangeServices,
    origin: Pick<ExchangeCall, "replay" | "playgroundBy">,
  ): Exchange | undefined {
    const id = mintExchangeId(services.clock.now())
    const incoming = readIncoming(request, response)
    const match = matchRoute(incoming.method, incoming.segments)
    const action = match.type === "found" ? match.route.action : undefined
    if (match.type !== "found" || action?.type !== "exchange") return undefined
    const responder = new Responder(response, { "x-request-id": id })
    const { dialect, form } = action
    const address = { rest: match.rest, ...(form === undefined ? {} : { form }), query: incoming.query }
    return new Exchange(services, { incoming, responder, dialect, address, id, ...origin })
  }

  /** The bytes that answer what never became a request; `code` is node's for what is wrong with it. */
  answerBroken(code: string | undefined): string {
    const { clock, log } = this.#options
    const id = mintExchangeId(clock.now())
    this.#refusals++
    this.#options.onRefused(brokenRequestCode(code))
    log.debug("request.broken", { exchangeId: id, code })
    return brokenRequestAnswer(code, id, clock.now())
  }

  /** Once: the same client asks again and again. */
  #hintDoubled(exchangeId: string): void {
    if (this.#hasHinted) return
    this.#hasHinted = true
    this.#options.log.info("request.path-doubled", { exchangeId, hint: "A client's base URL ends in /v1 twice." })
  }

  #route(incoming: Incoming, responder: Responder, id: Exchange["id"]): void {
    if (incoming.method === "OPTIONS") return responder.answer(204, preflightHeaders(incoming), "")
    const match = matchRoute(incoming.method, incoming.segments)
    const path = `/${incoming.segments.join("/").slice(0, 200)}`
    if (match.type === "unknown")
      throw new GatewayError("unknown_path", `Nothing is served at ${incoming.method} ${path}.`)
    if (match.type === "wrong-method") {
      const taken = match.allow.join(", ")
      const error = asksForWebSocket(incoming)
        ? new GatewayError(
            "upgrade_refused",
            `${path} is no WebSocket; it takes ${taken} and streams as server-sent events.`,
          )
        : new GatewayError("method_not_allowed", `${path} does not take ${incoming.method}; it takes ${taken}.`)
      return this.#refuse(incoming, responder, nearestDialect(incoming), error, id, { allow: match.allow.join(", ") })
    }
    const { action, policy } = match.route
    if (action.type === "exchange") return this.#exchange(incoming, responder, action, match.rest, id)
    if (action.type === "count-tokens") return this.#count(incoming, responder, action, match.rest, id)
    try {
      const { store, clock, authenticate } = this.#options
      const key = policy.key ? authenticate(incoming, store.current, clock.now()) : undefined
      this.#answer(action, incoming, responder, match.rest, key)
    } catch (error) {
      const spoken = "dialect" in action ? action.dialect : undefined
      this.#refuse(incoming, responder, spoken ?? nearestDialect(incoming), error, id)
    }
  }

  /** Checks its key itself, as its first step, so that a refusal is recorded like any other end. */
  #exchange(
    incoming: Incoming,
    responder: Responder,
    { dialect, form }: Extract<Action, { type: "exchange" }>,
    rest: string,
    id: Exchange["id"],
  ): void {
    if (this.#isDraining) {
      const error = new GatewayError("shutting_down", "The gateway is shutting down. Please try again in 2s.")
      return this.#refuse(incoming, responder, dialect, error, id)
    }
    const address = { rest, ...(form === undefined ? {} : { form }), query: incoming.query }
    const exchange = new Exchange(this.#options, { incoming, responder, dialect, address, id })
    this.#run(exchange, headerText(incoming, "traceparent"))
  }

  #run(exchange: Exchange, traceParent: string | undefined): void {
    this.#running.add(exchange)
    this.#options.onLoadChange()
    void exchange.run().then((record) => {
      this.#running.delete(exchange)
      this.#exchanges++
      this.#promptCache.add(record.usage)
      this.#options.onExchange(record, traceParent)
      if (record.outcome === "failed") this.#refusals++
      this.#options.onLoadChange()
      if (this.#running.size === 0) this.#onIdle?.()
    })
  }

  /** Not an exchange: it takes no account, keeps nobody waiting and leaves no record. */
  #count(
    incoming: Incoming,
    responder: Responder,
    { dialect, form }: Extract<Action, { type: "count-tokens" }>,
    rest: string,
    id: Exchange["id"],
  ): void {
    const { store, clock, authenticate } = this.#options
    const address = { rest, ...(form === undefined ? {} : { form }), query: incoming.query }
    const now = clock.now()
    countTokens({ incoming, responder, dialect, address, compiled: store.current, now, authenticate }).then(
      (body) => json(responder, 200, body, ESTIMATE_HEADERS),
      (error: unknown) => this.#refuse(incoming, responder, dialect, error, id),
    )
  }

  #answer(
    action: Exclude<Action, { type: "exchange" | "count-tokens" }>,
    incoming: Incoming,
    responder: Responder,
    rest: string,
    key: SnapshotApiKey | undefined,
  ): void {
    const { store, pool, panelUrl } = this.#options
    switch (action.type) {
      case "model-list":
      case "model": {
        const compiled = store.current
        if (compiled === undefined || key === undefined) return
        const dialect = clientDialects[action.dialect ?? listDialect(incoming)]
        const body =
          action.type === "model"
            ? modelEntry(compiled, dialect, rest, key)
            : modelList(compiled, dialect, incoming.query, key)
        return json(responder, 200, body)
      }
      case "refuse":
        throw new GatewayError(action.code, action.message, action.param === undefined ? {} : { param: action.param })
      case "live":
        return json(responder, 200, { status: "ok" })
      case "ready": {
        const { ready, reasons } = readiness(store, this)
        return json(responder, ready ? 200 : 503, { status: ready ? "ready" : "not_ready", reasons })
      }
      case "health":
        return json(responder, 200, health(pool.facts(), pool.cooldown({ type: "pool" })))
      case "panel":
        return responder.answer(302, { location: panelUrl, "cache-control": "no-store" }, "")
      case "empty":
        return responder.answer(200, {}, "")
      case "discard":
        incoming.request.resume()
        return json(responder, 200, {})
    }
  }

  #refuse(
    incoming: Incoming,
    responder: Responder,
    dialect: ClientDialectName,
    error: unknown,
    id: Exchange["id"],
    headers: Readonly<Record<string, string>> = {},
  ): void {
    const { clock, log } = this.#options
    if (!(error instanceof GatewayError)) log.error("request.unexpected", { exchangeId: id, error })
    const told =
      error instanceof GatewayError
        ? error
        : new GatewayError("internal", `Something went wrong here; the log has it under ${id}.`)
    this.#refusals++
    this.#options.onRefused(told.code)
    log.debug("request.refused", {
      exchangeId: id,
      code: told.code,
      path: `/${incoming.segments.join("/").slice(0, 100)}`,
    })
    errorAnswer(incoming, responder, clientDialects[dialect], told, clock, {
      exchangeId: id,
      now: clock.now(),
      headers,
    })
  }
}

/** A number that was counted nowhere says so. */
const ESTIMATE_HEADERS = { "x-lagrange-tokens": "estimate" }

function asksForWebSocket(incoming: Incoming): boolean {
  return incoming.method === "GET" && /websocket/i.test(headerText(incoming, "upgrade") ?? "")
}

function json(
  responder: Responder,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const all = { "content-type": "application/json", "cache-control": "no-store", ...headers }
  responder.answer(status, all, JSON.stringify(body))
}
