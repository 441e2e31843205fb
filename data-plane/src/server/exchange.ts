/**
 * One exchange: a client's request from its first header to its record. The steps are numbered in `run`; an error at any of them
 * leaves through `#fail`, the client's departure through the one abort signal, and whatever happens there is exactly one end.
 */
import type { CapturedReplay } from "#shared/capture.ts"
import type { ExchangeOutcome, ExchangeRecord } from "#shared/link-protocol.ts"
import type { Logger } from "#shared/log.ts"
import type { CompiledSnapshot } from "#shared/snapshot-compile.ts"
import type { SnapshotApiKey } from "#shared/snapshot.ts"
import type { Usage } from "#shared/usage.ts"
import type { ExchangeId } from "#shared/ids.ts"
import { GatewayError } from "../canonical/error.ts"
import { estimateInputTokens } from "../canonical/input-estimate.ts"
import type { ChatRequest } from "../canonical/request.ts"
import { isCaptured, type Captures } from "../capture/captures.ts"
import type { ExchangeCapture } from "../capture/exchange-capture.ts"
import { translationNotes } from "../capture/translation-notes.ts"
import type { Clock } from "../clock.ts"
import type { CallAddress, ClientSide } from "../dialects/dialect.ts"
import { clientDialects, type ClientDialectName } from "../dialects/index.ts"
import type { AttemptPorts, LoopEnd } from "../pool/attempt-loop.ts"
import { namesMedia, type RemoteMedia } from "../remote-media/remote-media.ts"
import { logExchange } from "../report/log.ts"
import type { Reporter } from "../report/reporter.ts"
import type { SignatureStore } from "../signatures/store.ts"
import type { SnapshotStore } from "../snapshot/store.ts"
import type { Transport } from "../transport/send.ts"
import { createAnswer, type Answer, type AnswerOptions } from "./answer.ts"
import type { Authenticate } from "./authenticate.ts"
import { authoriseDialect } from "./authorise.ts"
import { createChoicesAnswer } from "./choices-answer.ts"
import { withModel } from "./default-model.ts"
import { errorAnswer } from "./error-answer.ts"
import { ExchangeFacts } from "./exchange-facts.ts"
import { soonestError } from "./fallback.ts"
import type { Generation } from "./generate.ts"
import { generateAll } from "./generate-all.ts"
import { headerText, type Incoming } from "./incoming.ts"
import type { KeyLimits } from "./key-limits.ts"
import { missingUpstream } from "./models.ts"
import { parseBody } from "./parse-body.ts"
import { isForm, parseForm } from "./parse-form.ts"
import { createPlans, type Expected, type Plan } from "./plan.ts"
import { readBody } from "./read-body.ts"
import type { Responder } from "./responder.ts"
import { findRoute, takeRoute } from "./route.ts"

export interface ExchangeServices {
  readonly clock: Clock
  readonly log: Logger
  readonly store: SnapshotStore
  readonly ports: AttemptPorts
  readonly transport: Transport
  readonly remoteMedia: Pick<RemoteMedia, "fetch">
  readonly reporter: Reporter
  readonly signatures: SignatureStore
  readonly keyLimits: KeyLimits
  readonly captures: Pick<Captures, "begin" | "end" | "hasRoom">
  readonly authenticate: Authenticate
  /** A random id for one attempt. */
  readonly mintRequestId: () => string
}

/** What came in, and as what it is to be read. */
export interface ExchangeCall {
  readonly incoming: Incoming
  readonly responder: Responder
  readonly dialect: ClientDialectName
  readonly address: CallAddress
  readonly id: ExchangeId
  /** Only of a captured request that is run again: it is captured too. */
  readonly replay?: ReplayMark
  /** Who sent it from the playground, by name; absent: nobody did. */
  readonly playgroundBy?: string
}

export type ReplayMark = Omit<CapturedReplay, "outcome" | "errorCode">

/** More than any model's name has: of the client's own text, this much is recorded and repeated in errors. */
const LONGEST_NAME = 300

/** The client closed its connection, or stopped reading. */
export class ClientGone extends Error {
  override readonly name = "ClientGone"
}

export class Exchange {
  readonly id: ExchangeId
  #services: ExchangeServices
  readonly #incoming: Incoming
  readonly #responder: Responder
  readonly #address: CallAddress
  readonly #dialectName: ClientDialectName
  readonly #dialect: ClientSide
  readonly #abort = new AbortController()
  readonly #facts: ExchangeFacts
  #generations: readonly Generation[] = []
  #answer: Pick<Answer, "usage" | "guessedUsage" | "finishReason" | "complete" | "fail" | "close"> | undefined
  #isOver = false
  #capture: ExchangeCapture | undefined
  readonly #replay: ReplayMark | undefined

  constructor(services: ExchangeServices, call: ExchangeCall) {
    const { incoming, responder, dialect, address, id, replay, playgroundBy } = call
    this.id = id
    this.#services = services
    this.#incoming = incoming
    this.#responder = responder
    this.#address = address
    this.#dialectName = dialect
    this.#dialect = clientDialects[dialect]
    this.#facts = new ExchangeFacts(id, dialect, services.clock)
    this.#replay = replay
    this.#facts.replayOf = replay?.of
    this.#facts.playgroundBy = playgroundBy
  }

  /** Ends it from outside, as at the limit of a drain. The client is told in its dialect. */
  abort(reason: Error): void {
    this.#abort.abort(reason)
  }

  /** Resolves with the record when the exchange has ended; never rejects. */
  async run(): Promise<ExchangeRecord> {
    // 1. One signal, made first and heard by every wait below.
    this.#responder.onGone(() => this.abort(new ClientGone("The client closed the connection.")))
    try {
      // 2. Who asks; one snapshot for the whole exchange.
      const compiled = this.#services.store.current
      const key = this.#services.authenticate(this.#incoming, compiled, this.#facts.startedAt)
      this.#facts.key = key
      if (this.#replay !== undefined || isCaptured(key, this.#facts.startedAt)) this.#beginCapture(key)
      authoriseDialect(key, this.#dialectName)
      this.#services.keyLimits.admit(key)
      // 3. to 6. The body, its meaning, and what is sent for it.
      await this.#prepare(compiled as CompiledSnapshot, key) // authenticate throws without one
      // 7. to 9. Attempts; the last one is pumped to its end. No variable here names the prompt: it would live as long as the stream.
      const end = await generateAll(this.#generations, {
        services: this.#services,
        dialect: this.#dialectName,
        signal: this.#abort.signal,
        facts: this.#facts,
        capture: this.#capture,
      })
      // 10. The one end.
      return this.#end(end)
    } catch (error) {
      return this.#fail(error)
    } finally {
      // 11. Whatever is still held. The lease was returned by the loop.
      this.#answer?.close()
      for (const { plan } of this.#generations) plan.letGo()
    }
  }

  /** Listens from here on to what comes in, goes to upstreams and goes out. */
  #beginCapture({ id: apiKeyId, capturesErasedAt }: SnapshotApiKey): void {
    const { captures, transport } = this.#services
    const { startedAt } = this.#facts
    const start = {
      exchangeId: this.id,
      apiKeyId,
      startedAt,
      ...(capturesErasedAt === undefined ? {} : { capturesErasedAt }),
      dialect: this.#dialectName,
      incoming: this.#incoming,
    }
    const capture = captures.begin(start, this.#replay !== undefined)
    this.#facts.capture = capture === undefined ? "left_out" : "taken"
    if (capture === undefined) return
    this.#capture = capture
    this.#responder.hear(capture)
    this.#services = { ...this.#services, transport: capture.transport(transport) }
  }

  async #prepare(compiled: CompiledSnapshot, key: SnapshotApiKey): Promise<void> {
    const body = await this.#facts.receiving(readBody(this.#incoming, this.#abort.signal))
    this.#capture?.request(body)
    const { headers } = this.#incoming
    const type = headerText(this.#incoming, "content-type")
    const wire = this.#dialect.takesForms === true && isForm(type) ? await parseForm(body, type) : parseBody(body)
    const { value, dropped } = this.#dialect.decodeRequest(wire, headers, this.#address)
    const named = withModel(value, compiled.snapshot.settings.defaultModel)
    this.#facts.requestedModel = named.model.slice(0, LONGEST_NAME)
    this.#facts.isStream = named.stream
    this.#facts.dropped = dropped
    const found = findRoute(compiled, named, key, this.#dialectName)
    this.#facts.found = found
    const route = takeRoute(compiled, found, named.model, key)
    this.#facts.found = route
    const request = namesMedia(named) ? await this.#withMedia(compiled, named, route.model) : named
    const count = this.#dialect.choices === undefined ? 1 : (request.choices ?? 1)
    const plans = createPlans(compiled, request, { key, signatures: this.#services.signatures }, count, route)
    this.#facts.plan = plans[0]
    this.#facts.found = plans[0]?.route ?? route
    this.#generations = this.#createAnswers(request, plans)
  }

  /** Files that the request names by an address, fetched. */
  async #withMedia(compiled: CompiledSnapshot, request: ChatRequest, modelId: string): Promise<ChatRequest> {
    const files = this.#services.remoteMedia.fetch(request, {
      modelId,
      tenant: this.#facts.key?.lineage ?? "",
      isEnabled: compiled.snapshot.settings.fetchRemoteMedia ?? true,
      signal: this.#abort.signal,
    })
    return this.#facts.fetching(files)
  }

  #createAnswers(request: ChatRequest, plans: readonly Plan[]): readonly Generation[] {
    const [plan] = plans
    if (plan === undefined) throw new Error("an answer before its plan")
    const options = this.#answerOptions(request, plan)
    const onContent = (choice: number): void => {
      this.#facts.onContent()
      this.#generations[choice]?.plan.letGo()
    }
    const side = this.#dialect.choices
    if (plans.length === 1 || side === undefined) {
      const answer = createAnswer({ ...options, onFirstContent: () => onContent(0) })
      this.#answer = answer
      return [{ plan, answer }]
    }
    const answers = createChoicesAnswer({ ...options, side, count: plans.length, onContent })
    this.#answer = answers
    return answers.choices.map((answer, choice) => ({ plan: plans[choice] ?? plan, answer }))
  }

  #answerOptions(request: ChatRequest, first: Plan): Omit<AnswerOptions, "onFirstContent"> {
    // Another model may answer in the end.
    const plan = (): Plan => this.#facts.plan ?? first
    return {
      dialect: this.#dialect,
      context: {
        exchangeId: this.id,
        model: request.model,
        createdAt: Math.floor(this.#facts.startedAt / 1000),
        request: answeredRequest(request, first.expected),
        estimatedInputTokens: estimateInputTokens(request),
        seal: (...given) => plan().seal(...given),
        sealText: (text) => plan().sealText(text),
      },
      responder: this.#responder,
      clock: this.#services.clock,
      headHeaders: () => this.#ownHeaders(),
      onStall: () => {
        this.abort(new ClientGone("The client stopped reading."))
        this.#responder.destroy()
      },
    }
  }

  #end(end: LoopEnd): ExchangeRecord {
    if (end.error !== undefined) {
      const outcome = end.failureClass === "truncated" ? "truncated" : "failed"
      return this.#tell(this.#withNearest(end.hasContent ? end.error : this.#soonest(end.error)), outcome)
    }
    this.#answer?.complete()
    return this.#record("completed", 200)
  }

  /** Of a chain of which nobody can serve one. */
  #soonest(error: GatewayError): GatewayError {
    const { plan, key } = this.#facts
    if (plan === undefined || key === undefined) return error
    return soonestError(error, plan, { pool: this.#services.ports.pool, key })
  }

  #withNearest(error: GatewayError): GatewayError {
    const { plan, key, requestedModel = "" } = this.#facts
    if (error.code !== "model_not_found" || plan === undefined) return error
    return missingUpstream(plan.compiled, requestedModel, plan.model, key ?? {})
  }

  #fail(error: unknown): ExchangeRecord {
    const { signal } = this.#abort
    // Whatever was waited for is over.
    this.#facts.own.resume()
    if (signal.aborted && signal.reason instanceof ClientGone) {
      return this.#record("cancelled", 499, new GatewayError("client_cancelled", signal.reason.message))
    }
    // The body broke off: the client is gone, whether its socket has said so or not.
    if (error instanceof GatewayError && error.code === "client_cancelled") return this.#record("cancelled", 499, error)
    if (error instanceof GatewayError) {
      if (error.code === "model_not_found") this.#notOffered()
      return this.#tell(error, "failed")
    }
    this.#services.log.error("exchange.unexpected", { exchangeId: this.id, error })
    return this.#tell(
      new GatewayError("internal", `Something went wrong here; the log has it under ${this.id}.`),
      "failed",
    )
  }

  /** No account offers what was asked for: it never came to a choice among them. */
  #notOffered(): void {
    const { requestedModel: model = "", refusal } = this.#facts
    const census = this.#services.ports.pool.census({ model, exclude: new Set() })
    this.#facts.refusal = refusal ?? { census }
  }

  /** The error to the client, in the stream when it has begun, as a whole answer when not. */
  #tell(error: GatewayError, outcome: ExchangeOutcome): ExchangeRecord {
    const isTold = this.#answer?.fail(error) === true
    if (!isTold) {
      const { clock } = this.#services
      errorAnswer(this.#incoming, this.#responder, this.#dialect, error, clock, {
        exchangeId: this.id,
        ...(this.#facts.requestedModel === undefined ? {} : { model: this.#facts.requestedModel }),
        now: clock.now(),
        headers: this.#ownHeaders(),
      })
    }
    return this.#record(outcome, error.status, error)
  }

  /** Where the key stands with its limits, and the explanation. */
  #ownHeaders(): Record<string, string> {
    const { key } = this.#facts
    if (key === undefined) return {}
    const { keyLimits, clock } = this.#services
    const limits = this.#dialect.encodeLimits?.(keyLimits.standing(key), clock.now()) ?? {}
    return { ...limits, ...this.#explanation() }
  }

  /** For keys that may, when asked for. */
  #explanation(): Record<string, string> {
    const isAsked = this.#facts.key?.mayExplain === true && headerText(this.#incoming, "x-lagrange-explain") === "1"
    return isAsked ? this.#facts.explanation() : {}
  }

  #record(outcome: ExchangeOutcome, status: number, error?: GatewayError): ExchangeRecord {
    // Whatever was to be said has been handed over.
    this.#facts.own.finish()
    const end = { outcome, status, answer: this.#answer, ...(error === undefined ? {} : { error }) }
    const record = this.#facts.record(end)
    if (!this.#isOver) {
      this.#isOver = true
      // 12. The record: once, to the log and to the control plane. A request without a valid key is a line, not a row.
      logExchange(this.#services.log, record)
      const { key } = this.#facts
      if (key !== undefined) {
        this.#services.keyLimits.add(key, this.#charged(record))
        this.#services.reporter.add({ type: "exchange", ...record })
      }
      if (this.#capture !== undefined) this.#endCapture(this.#capture, record)
    }
    return record
  }

  /** The client has its answer: now there is time to say why what went upstream differs from what it asked. */
  #endCapture(capture: ExchangeCapture, { outcome, errorCode }: ExchangeRecord): void {
    const { captures, signatures, log } = this.#services
    const { plan, key, route } = this.#facts
    const { headers } = this.#incoming
    const fallbacks = route?.fallbacks ?? []
    const ask = { headers, address: this.#address, plan, fallbacks, signatures, lineage: key?.lineage ?? "", log }
    const end = { outcome, ...(errorCode === undefined ? {} : { errorCode }) }
    const replay = this.#replay === undefined ? undefined : { ...this.#replay, ...end }
    captures.end(capture, translationNotes(capture.captured([]), ask), replay)
  }

  /** Who leaves before the upstream has told its counts must not get its answers for nothing. */
  #charged({ outcome, usage, attempts }: ExchangeRecord): Usage {
    return outcome === "cancelled" && attempts.length > 0 ? (this.#answer?.guessedUsage ?? usage) : usage
  }
}

/** Not the prompt, which would stay in memory as long as the stream, and no search where none is made. */
function answeredRequest({ webSearch, ...request }: ChatRequest, { isSearch }: Expected): ChatRequest {
  const search = isSearch === true && webSearch !== undefined ? { webSearch } : {}
  return { ...request, ...search, system: [], turns: [], tools: [] }
}
