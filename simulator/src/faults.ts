/**
 * Faults: what can go wrong, by name. Four kinds, by where they strike: `http` answers instead of the generation, `wire`
 * strikes before the head, `event` changes the list of events, `bytes` changes how they are written. Scripted by the
 * control endpoint (matched by account, model, method and count) or asked for by the prompt.
 */
import { modelOf } from "./catalogue.ts"
import { FaultLot } from "./fault-lot.ts"
import { isObject } from "./json.ts"
import type { Fault } from "./prompt-language.ts"
import * as refusals from "./refusals.ts"
import type { Refusal } from "./refusals.ts"

/** A scripted fault as it is posted. */
export interface FaultScript {
  readonly fault: Fault
  readonly match?: {
    readonly account?: string
    readonly model?: string
    /** `streamGenerateContent`, …, `token`, `userinfo`; undefined = the two generation methods. */
    readonly method?: string
  }
  /** Matching requests let through first; 0 = none. */
  readonly skip?: number
  /** Matching requests it strikes; undefined = every one until removed. */
  readonly times?: number
  /** Strikes this share (0 to 1) of them, drawn by the request and which attempt at it this is; undefined = all. */
  readonly share?: number
}

/** What a fault is matched against. */
export interface FaultTarget {
  readonly account: string | undefined
  readonly model: string | undefined
  readonly method: string
  /** The contents of the request as text, by which attempts at the same one are known. */
  contents(): string
}

interface Entry extends FaultScript {
  readonly id: string
  met: number
  struck: number
}

const generation = new Set(["streamGenerateContent", "generateContent"])

/** The scripted faults of one simulator. */
export class FaultBook {
  readonly #seed: string
  readonly #lots = new Map<string, FaultLot>()
  #entries: Entry[] = []
  #serial = 0

  constructor(seed: string) {
    this.#seed = seed
  }

  /** Adds a fault and gives its id. Throws a RangeError for a kind nobody knows. */
  add(script: FaultScript): string {
    if (!isKnownFault(script.fault.kind)) throw new RangeError(`unknown fault kind "${script.fault.kind}"`)
    this.#serial += 1
    const id = `fault-${this.#serial}`
    this.#entries.push({ ...script, id, met: 0, struck: 0 })
    if (script.share !== undefined) this.#lots.set(id, new FaultLot(script.share, this.#seed, "fault", id))
    return id
  }

  /** Removes one fault. */
  remove(id: string): boolean {
    const before = this.#entries.length
    this.#entries = this.#entries.filter((entry) => entry.id !== id)
    this.#lots.delete(id)
    return this.#entries.length < before
  }

  /** The faults that strike this request, in the order of scripting; counts it. */
  take(request: FaultTarget): Fault[] {
    return this.#entries.flatMap((entry) => {
      const { account, model, method } = entry.match ?? {}
      const methodFits =
        method === undefined ? generation.has(request.method) : method === request.method || method === "*"
      if (!methodFits || (account ?? request.account) !== request.account || (model ?? request.model) !== request.model)
        return []
      entry.met += 1
      if (entry.met <= (entry.skip ?? 0) || entry.struck >= (entry.times ?? Number.POSITIVE_INFINITY)) return []
      if (this.#lots.get(entry.id)?.draw(request.contents()) === false) return []
      entry.struck += 1
      return [entry.fault]
    })
  }

  /** The scripted faults with how often each met and struck a request. */
  all(): object[] {
    return this.#entries.map((entry) => ({ ...entry }))
  }

  /** Removes all. */
  clear(): void {
    this.#entries = []
    this.#lots.clear()
  }
}

/** What an HTTP fault needs to know. */
export interface FaultContext {
  readonly model: string
  readonly project: string
  readonly now: number
}

type HttpFault = (context: FaultContext, options: Fault) => Refusal

function delayOf(options: Fault, fallback: number): number {
  return typeof options["delayMs"] === "number" ? options["delayMs"] : fallback
}

const exhaustion =
  (
    reason: "RATE_LIMIT_EXCEEDED" | "QUOTA_EXHAUSTED" | "INSUFFICIENT_G1_CREDITS_BALANCE",
    delay: number,
    individual = false,
  ): HttpFault =>
  ({ model, now }, options) =>
    refusals.exhausted({ reason, model, now, delay: delayOf(options, delay), individual })

/** Faults that answer instead of the generation. Options: `delayMs` where a time is told; see also `dress`. */
export const httpFaults: Readonly<Record<string, HttpFault>> = {
  "rate-limit-short": exhaustion("RATE_LIMIT_EXCEEDED", 479.417_207),
  "rate-limit-long": exhaustion("RATE_LIMIT_EXCEEDED", 42_000),
  "quota-model": exhaustion("QUOTA_EXHAUSTED", 91_226_179.915_352),
  "quota-individual": exhaustion("QUOTA_EXHAUSTED", 256_527_791.609_974, true),
  "credits-exhausted": exhaustion("INSUFFICIENT_G1_CREDITS_BALANCE", 3_600_000),
  "quota-without-time": ({ model }) =>
    refusals.googleError(429, "RESOURCE_EXHAUSTED", "You have exhausted your capacity on this model.", [
      {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        reason: "QUOTA_EXHAUSTED",
        domain: "cloudcode-pa.googleapis.com",
        metadata: { model },
      },
    ]),
  "bare-429": () => refusals.bareExhausted(),
  capacity: ({ model }) => refusals.noCapacity(model),
  "capacity-retry": ({ model }, options) => refusals.noCapacity(model, delayOf(options, 39_000)),
  overloaded: ({ model }) => ({ ...refusals.noCapacity(model), status: 529 }),
  internal: () => refusals.internal(),
  "bad-gateway": () => refusals.googleError(502, "UNAVAILABLE", "Bad Gateway"),
  "gateway-timeout": () => refusals.googleError(504, "DEADLINE_EXCEEDED", "Deadline exceeded."),
  cancelled: () => refusals.googleError(499, "CANCELLED", "The operation was cancelled."),
  unauthenticated: () => refusals.unauthenticated(),
  "validation-required": () => refusals.validationRequired(),
  "terms-violation": () => refusals.termsViolation(),
  "terms-violation-old": () => refusals.termsViolationOld(),
  "service-disabled": ({ project }) => refusals.serviceDisabled(project),
  "subscription-required": () => refusals.subscriptionRequired(),
  "generate-chat-denied": ({ project }) => refusals.generateChatDenied(project),
  forbidden: () => refusals.googleError(403, "PERMISSION_DENIED", "The caller does not have permission"),
  "invalid-argument": () => refusals.invalidArgument(),
  "corrupted-signature": () => refusals.corruptedSignature(),
  "claude-invalid-signature": () =>
    refusals.anthropicError("messages.1.content.0: Invalid `signature` in `thinking` block"),
  "prompt-too-long": () => refusals.anthropicError("Prompt is too long"),
  location: () => refusals.locationNotSupported(),
  "not-found": () => refusals.notFound(),
  "payload-too-large": () => refusals.googleError(413, "INVALID_ARGUMENT", "Request payload size exceeds the limit."),
  "sorry-page": () => refusals.sorryPage(),
  "version-unsupported": () => refusals.versionUnsupported(),
  // The notice names a model as people know it, never by its id (upstream-protocol 11.2).
  "model-retired": ({ model }) =>
    refusals.modelRetired(
      modelOf(model)?.displayName ?? model,
      "Gemini 3.7 Flash in the latest version of Antigravity",
    ),
  "plain-text": () => ({
    status: 200,
    headers: { "content-type": "text/plain; charset=utf-8" },
    body: "This version of Antigravity is no longer supported. Please upgrade to receive the latest features.",
  }),
  "invalid-grant": () => ({
    status: 400,
    body: { error: "invalid_grant", error_description: "Token has been expired or revoked." },
  }),
  "invalid-rapt": () => ({
    status: 400,
    body: {
      error: "invalid_grant",
      error_description: "reauth related error (invalid_rapt)",
      error_subtype: "invalid_rapt",
    },
  }),
  "invalid-client": () => ({ status: 401, body: { error: "invalid_client", error_description: "Unauthorized" } }),
}

/** Faults before or instead of the head; `delay` only waits (`ms`). */
export const wireFaults = new Set(["reset-before-headers", "hang-before-headers", "delay", "expire-token"])

/** Faults that change how bytes are written. */
export const byteFaults = new Set([
  "slow-drip",
  "cut",
  "crlf",
  "cr",
  "multi-line-data",
  "comments",
  "no-space",
  "unterminated",
])

/** Faults that change what the stream says; `stream-faults.ts` plays them. */
export const eventFaults = new Set([
  "reset-after-headers",
  "reset-mid-stream",
  "hang-after-headers",
  "hang-mid-stream",
  "stall",
  "goaway",
  "huge-event",
  "error-in-200",
  "non-json-event",
  "empty-answer",
  "no-events",
  "thought-only",
  "signature-only",
  "truncated",
  "cut-mid-event",
  "finish",
  "prompt-block",
  "usage-after-finish",
  "done-marker",
  "bare-response",
])

/** Whether a kind is one of those above. */
export function isKnownFault(kind: string): boolean {
  return Object.hasOwn(httpFaults, kind) || wireFaults.has(kind) || byteFaults.has(kind) || eventFaults.has(kind)
}

/**
 * The refusal of an HTTP fault in the dress its options ask for: `retryAfter` (header), `contentType` (for instance
 * `text/event-stream`), `wrapped` (the whole error as a string inside another error's message), `reversed` (details in
 * the other order), `headers`.
 */
export function refusalOf(fault: Fault, context: FaultContext): Refusal | undefined {
  const make = Object.hasOwn(httpFaults, fault.kind) ? httpFaults[fault.kind] : undefined
  if (!make) return undefined
  const refusal = make(context, fault)
  const headers: Record<string, string> = { ...refusal.headers }
  const retryAfter = fault["retryAfter"]
  if (typeof retryAfter === "string" || typeof retryAfter === "number") headers["retry-after"] = String(retryAfter)
  if (typeof fault["contentType"] === "string") headers["content-type"] = fault["contentType"]
  return { ...refusal, headers, ...(refusal.body === undefined ? {} : { body: dress(refusal.body, fault) }) }
}

function dress(body: object | string, fault: Fault): object | string {
  const error: unknown = Reflect.get(Object(body), "error")
  // Only Google's error envelope has members to dress; the token endpoint's `error` is a word.
  if (!isObject(error)) return body
  const { code, status, details } = error
  if (fault["wrapped"] === true) return { error: { code, message: JSON.stringify(body), status } }
  if (fault["reversed"] !== true || !Array.isArray(details)) return body
  return { error: { ...error, details: details.toReversed() } }
}
