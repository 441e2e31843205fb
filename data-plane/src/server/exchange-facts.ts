/** What an exchange has to say of itself: gathered while it runs, told in headers to who may ask, and at its end as its record. */
import type { ExchangeId } from "#shared/ids.ts"
import type {
  AttemptRecord,
  CaptureMark,
  ExchangeOutcome,
  ExchangeRecord,
  FallbackRecord,
  PoolRefusal,
  RouteRecord,
} from "#shared/link-protocol.ts"
import type { ModelRoute, Route } from "#shared/route.ts"
import type { SnapshotApiKey } from "#shared/snapshot.ts"
import type { GatewayError } from "../canonical/error.ts"
import type { Clock } from "../clock.ts"
import { listedLosses } from "../dialects/field-table.ts"
import type { ClientDialectName } from "../dialects/index.ts"
import { OwnTime } from "../own-time.ts"
import type { AttemptTarget } from "../pool/attempt-loop.ts"
import type { AttemptChoice } from "../pool/attempt-notes.ts"
import type { Answer } from "./answer.ts"
import { attemptsText, choiceText, refusalText, routeText, type ToldAttempt } from "./choice-text.ts"
import type { Detour } from "./fallback.ts"
import type { Plan } from "./plan.ts"

export interface ExchangeEnd {
  readonly outcome: ExchangeOutcome
  readonly status: number
  readonly error?: GatewayError
  /** Absent: it did not come as far as an answer. */
  readonly answer: Pick<Answer, "usage" | "finishReason"> | undefined
}

export class ExchangeFacts {
  readonly startedAt: number
  /** When it came, on the monotonic clock. */
  readonly begunAt: number
  readonly own: OwnTime
  /** Grows with each attempt. */
  readonly attempts: AttemptRecord[] = []
  key: SnapshotApiKey | undefined
  /** The first answer's: what the record says of them all. */
  plan: Plan | undefined
  requestedModel: string | undefined
  /** Where the name led; undefined: it did not come as far. */
  found: Route | undefined
  isStream = false
  /** Undefined: it is not to be captured. */
  capture: CaptureMark | undefined
  /** Undefined: a client sent it. */
  replayOf: ExchangeId | undefined
  /** Undefined: it is not from the playground. */
  playgroundBy: string | undefined
  /** What the client's dialect lost. */
  dropped: readonly string[] = []
  /** Of several answers the first one's. */
  refusal: PoolRefusal | undefined
  readonly #id: ExchangeId
  readonly #dialect: ClientDialectName
  readonly #clock: Clock
  #receivedMs: number | undefined
  #fetchedMs: number | undefined
  #firstContentMs: number | undefined
  /** The last attempt's. */
  #target: AttemptTarget | undefined
  #begun = 0
  readonly #fallbacks: FallbackRecord[] = []
  #choice: AttemptChoice | undefined

  constructor(id: ExchangeId, dialect: ClientDialectName, clock: Clock) {
    this.#id = id
    this.#dialect = dialect
    this.#clock = clock
    this.startedAt = clock.now()
    this.begunAt = clock.monotonic()
    this.own = new OwnTime(clock, this.begunAt)
  }

  /** Waits for the client's body. */
  async receiving<Body>(body: Promise<Body>): Promise<Body> {
    this.own.pause()
    const received = await body
    const now = this.#clock.monotonic()
    this.own.resume(now)
    this.#receivedMs = now - this.begunAt
    return received
  }

  /** Waits for files that the request names. */
  async fetching<Fetched>(files: Promise<Fetched>): Promise<Fetched> {
    const since = this.#clock.monotonic()
    this.own.pause(since)
    return files.finally(() => {
      const now = this.#clock.monotonic()
      this.own.resume(now)
      this.#fetchedMs = now - since
    })
  }

  /** Content goes to the client; the first counts. */
  onContent(): void {
    this.#firstContentMs ??= this.#elapsedMs()
  }

  onAttempt(target: AttemptTarget): void {
    const { choice } = target
    this.#target = target
    this.#begun++
    // A repeat says no more than the choice that it repeats.
    if (choice.census !== undefined || this.#choice === undefined) this.#choice = choice
  }

  /** Another model is to answer than the one before. What kept that one from it is told with it. */
  onDetour({ plan, record }: Detour): void {
    this.plan = plan
    this.refusal = undefined
    this.#fallbacks.push(record)
  }

  /** Of the budget, by attempts for a model that came before; undefined: none was made. */
  get spent(): { readonly attempts: number; readonly since: number } | undefined {
    const [first] = this.attempts
    return first === undefined ? undefined : { attempts: this.attempts.length, since: this.begunAt + first.startedMs }
  }

  /** What rules and fallbacks had a part in; undefined: none had. */
  get route(): RouteRecord | undefined {
    const { found } = this
    if (found === undefined) return undefined
    const { rule } = found
    const { group, strategy, unoffered, model } = found.type === "model" ? found : ({} as Partial<ModelRoute>) // no model
    const first = unoffered === undefined || model === undefined ? [] : [notOffered(unoffered, model)]
    const fallbacks = [...first, ...this.#fallbacks]
    if (rule === undefined && fallbacks.length === 0) return undefined
    return {
      ...(rule === undefined ? {} : { rule }),
      ...(group === undefined ? {} : { accountTags: group.tags }),
      ...(strategy === undefined ? {} : { strategy }),
      ...(fallbacks.length === 0 ? {} : { fallbacks }),
    }
  }

  /** As headers: which model and account and why, how many attempts, how long. */
  explanation(): Record<string, string> {
    const ended = this.attempts.map((attempt) => attempt.failureClass ?? "ok")
    const isRunning = this.#target !== undefined && !ended.includes("ok")
    const label = this.#target?.account.label
    return {
      ...(this.found === undefined ? {} : { "x-lagrange-route": routeText(this.found, this.plan?.model, this.route) }),
      ...(label === undefined ? {} : { "x-lagrange-account": encodeURIComponent(label) }),
      ...(this.#choice === undefined ? {} : { "x-lagrange-choice": choiceText(this.#choice) }),
      ...(this.refusal === undefined ? {} : { "x-lagrange-refusal": refusalText(this.refusal) }),
      "x-lagrange-attempts": [...ended, ...(isRunning && this.#firstContentMs !== undefined ? ["ok"] : [])].join(","),
      ...(this.#target === undefined ? {} : { "x-lagrange-waterfall": attemptsText(this.#waterfall()) }),
      "x-lagrange-timings": this.#timings(),
    }
  }

  /** Attempts that are over, and the one that runs. */
  #waterfall(): ToldAttempt[] {
    const accounts = this.plan?.compiled.accountById
    const ended = this.attempts.map((attempt) => {
      const isServed = attempt.failureClass === undefined
      return { ...attempt, account: accounts?.get(attempt.accountId)?.label ?? "", isServed }
    })
    if (this.#target === undefined || this.#begun === ended.length) return ended
    const { account, choice, startedAt, timings } = this.#target
    const running = {
      account: account.label,
      isServed: this.#firstContentMs !== undefined,
      waitedMs: choice.waitedMs,
      renewalMs: choice.renewalMs,
      startedMs: this.#since(startedAt),
      connectMs: timings.connectMs,
      firstByteMs: this.#since(timings.firstByteAt),
      firstPartMs: this.#since(timings.firstPartAt),
    }
    return [...ended, running]
  }

  /** In the syntax of Server-Timing; of the last attempt, where there were more. */
  #timings(): string {
    const { choice, timings } = this.#target ?? {}
    const durations = {
      head: this.#elapsedMs(),
      own: this.own.microseconds / 1000,
      received: this.#receivedMs,
      fetch: this.#fetchedMs,
      wait: choice?.waitedMs ?? this.refusal?.waitedMs,
      renewal: choice?.renewalMs ?? this.refusal?.renewalMs,
      connect: timings?.connectMs,
      "first-byte": this.#since(timings?.firstByteAt),
      "first-part": this.#since(timings?.firstPartAt),
    }
    const told = Object.entries(durations).filter(([, ms]) => ms !== undefined)
    return told.map(([name, ms]) => `${name};dur=${ms?.toFixed(name === "own" ? 3 : 1)}`).join(", ")
  }

  record({ outcome, status, error, answer }: ExchangeEnd): ExchangeRecord {
    const { key, plan, requestedModel } = this
    return {
      exchangeId: this.#id,
      startedAt: this.startedAt,
      ...(key === undefined || this.playgroundBy !== undefined ? {} : { apiKeyId: key.id }),
      dialect: this.#dialect,
      stream: this.isStream,
      ...(requestedModel === undefined ? {} : { requestedModel }),
      ...(plan === undefined ? {} : { model: plan.model }),
      outcome,
      status,
      ...(error === undefined ? {} : { errorCode: error.code, errorMessage: error.message }),
      ...(answer?.finishReason === undefined ? {} : { finishReason: answer.finishReason }),
      ...(plan === undefined || this.attempts.length === 0 ? {} : { conversation: plan.conversation }),
      usage: answer?.usage ?? {},
      durationMs: this.#elapsedMs(),
      ...(this.#firstContentMs === undefined ? {} : { firstContentMs: this.#firstContentMs }),
      ...(this.#receivedMs === undefined ? {} : { receivedMs: this.#receivedMs }),
      ...(this.#fetchedMs === undefined ? {} : { fetchedMs: this.#fetchedMs }),
      overheadUs: this.own.microseconds,
      ...(this.refusal === undefined ? {} : { refusal: this.refusal }),
      ...(this.route === undefined ? {} : { route: this.route }),
      attempts: this.attempts,
      dropped: listedLosses([...this.dropped, ...(plan?.dropped ?? [])]),
      ...(plan?.schemaReport === undefined ? {} : { schemaReport: plan.schemaReport }),
      ...(this.capture === undefined ? {} : { capture: this.capture }),
      ...(this.replayOf === undefined ? {} : { replayOf: this.replayOf }),
      ...(this.playgroundBy === undefined ? {} : { playgroundBy: this.playgroundBy }),
    }
  }

  /** Of a moment on the monotonic clock. */
  #since(at: number | undefined): number | undefined {
    return at === undefined ? undefined : at - this.begunAt
  }

  #elapsedMs(): number {
    return this.#clock.monotonic() - this.begunAt
  }
}

/** A chain led on because no account lists its first model. */
function notOffered(from: string, to: string): FallbackRecord {
  return { from, to, because: "model_not_found", attempts: 0 }
}
