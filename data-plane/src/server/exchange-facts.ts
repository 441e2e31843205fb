/** What an exchange has to say of itself: gathered while it runs, told in headers to who may ask, and at its end as its record. */
import type { ExchangeId } from "#shared/ids.ts"
import type { AttemptRecord, ExchangeOutcome, ExchangeRecord } from "#shared/link-protocol.ts"
import type { SnapshotApiKey } from "#shared/snapshot.ts"
import type { GatewayError } from "../canonical/error.ts"
import type { Clock } from "../clock.ts"
import { listedLosses } from "../dialects/field-table.ts"
import type { ClientDialectName } from "../dialects/index.ts"
import type { AttemptChoice, AttemptTarget } from "../pool/attempt-loop.ts"
import type { Answer } from "./answer.ts"
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
  /** Grows with each attempt. */
  readonly attempts: AttemptRecord[] = []
  key: SnapshotApiKey | undefined
  /** The first answer's: what the record says of them all. */
  plan: Plan | undefined
  requestedModel: string | undefined
  isStream = false
  /** What the client's dialect lost. */
  dropped: readonly string[] = []
  readonly #id: ExchangeId
  readonly #dialect: ClientDialectName
  readonly #clock: Clock
  readonly #startedMonotonic: number
  #firstContentMs: number | undefined
  /** Of the account of the last attempt. */
  #accountLabel: string | undefined
  #choice: AttemptChoice | undefined

  constructor(id: ExchangeId, dialect: ClientDialectName, clock: Clock) {
    this.#id = id
    this.#dialect = dialect
    this.#clock = clock
    this.startedAt = clock.now()
    this.#startedMonotonic = clock.monotonic()
  }

  /** Content goes to the client; the first counts. */
  onContent(): void {
    this.#firstContentMs ??= this.#elapsedMs()
  }

  onAttempt({ account, choice }: AttemptTarget): void {
    this.#accountLabel = account.label
    // A repeat says no more than the choice that it repeats.
    if (choice.census !== undefined || this.#choice === undefined) this.#choice = choice
  }

  /** As headers: which account and why, how many attempts, how long. */
  explanation(): Record<string, string> {
    const ended = this.attempts.map((attempt) => attempt.failureClass ?? "ok")
    const isRunning = this.#accountLabel !== undefined && !ended.includes("ok")
    return {
      ...(this.#accountLabel === undefined ? {} : { "x-lagrange-account": encodeURIComponent(this.#accountLabel) }),
      ...(this.#choice === undefined ? {} : { "x-lagrange-choice": choiceText(this.#choice) }),
      "x-lagrange-attempts": [...ended, ...(isRunning && this.#firstContentMs !== undefined ? ["ok"] : [])].join(","),
      "x-lagrange-timings": `head;dur=${this.#elapsedMs().toFixed(1)}`,
    }
  }

  record({ outcome, status, error, answer }: ExchangeEnd): ExchangeRecord {
    const { key, plan, requestedModel } = this
    return {
      exchangeId: this.#id,
      startedAt: this.startedAt,
      ...(key === undefined ? {} : { apiKeyId: key.id }),
      dialect: this.#dialect,
      stream: this.isStream,
      ...(requestedModel === undefined ? {} : { requestedModel }),
      ...(plan === undefined ? {} : { model: plan.model }),
      outcome,
      status,
      ...(error === undefined ? {} : { errorCode: error.code, errorMessage: error.message }),
      ...(answer?.finishReason === undefined ? {} : { finishReason: answer.finishReason }),
      usage: answer?.usage ?? {},
      durationMs: this.#elapsedMs(),
      ...(this.#firstContentMs === undefined ? {} : { firstContentMs: this.#firstContentMs }),
      attempts: this.attempts,
      dropped: listedLosses([...this.dropped, ...(plan?.dropped ?? [])]),
      ...(plan?.schemaReport === undefined ? {} : { schemaReport: plan.schemaReport }),
    }
  }

  #elapsedMs(): number {
    return this.#clock.monotonic() - this.#startedMonotonic
  }
}

const KEPT_AWAY = {
  unusable: "unusable",
  notOffered: "without the model",
  resting: "resting",
  modelOff: "off for the model",
}

/** One line: `round-robin, chosen next of 3 ready; 3 of 5 accounts could serve, 2 resting; waited 12 ms`. */
function choiceText({ reason, census, waitedMs }: AttemptChoice): string {
  const parts = [reason]
  if (census !== undefined) {
    const away = Object.entries(KEPT_AWAY).flatMap(([name, words]) => {
      const count = census[name as keyof typeof KEPT_AWAY] // the table's own keys
      return count === 0 ? [] : [`${count} ${words}`]
    })
    parts.push([`${census.candidates} of ${census.known} accounts could serve`, ...away].join(", "))
  }
  if (waitedMs !== undefined) parts.push(`waited ${Math.round(waitedMs)} ms`)
  return parts.join("; ")
}
