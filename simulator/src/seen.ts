/** What the simulator saw, for assertions: a bounded list of requests, and how many ran at once per account. */

/** How an exchange ended. */
export interface SeenOutcome {
  readonly status: number
  /** Rule that refused the request. */
  readonly rule?: string
  /** Kinds of the faults that were played. */
  readonly faults?: readonly string[]
  /** Tokens charged. */
  readonly usage?: object
}

/** One request the simulator received. */
export interface SeenRequest {
  readonly id: number
  /** Epoch milliseconds by the simulator's clock. */
  readonly at: number
  readonly method: string
  readonly path: string
  readonly httpVersion: "1.1" | "2"
  /** `authorization` and client secrets are redacted. */
  readonly headers: Readonly<Record<string, string>>
  /** The parsed body; undefined once the list's byte bound pushed it out. */
  body: unknown
  account: string | undefined
  model: string | undefined
  outcome: SeenOutcome | undefined
  bytesSent: number
  aborted: boolean
  /** Milliseconds from the request to the client's going. */
  abortedAfter: number | undefined
  /** Milliseconds, undefined while it runs. */
  duration: number | undefined
}

/** A request that a rule refused. */
export interface RefusedRequest {
  readonly rule: string
  /** What the answer said. */
  readonly answer: unknown
  readonly request: SeenRequest
}

/** Requests at once. */
export interface Concurrency {
  current: number
  maximum: number
}

/** Keeps the newest `capacity` requests and at most `bodyBytes` of bodies; what was refused is kept apart from them. */
export class SeenLog {
  #requests: SeenRequest[] = []
  readonly #sizes = new Map<SeenRequest, number>()
  readonly #concurrency = new Map<string, Concurrency>()
  readonly #refusalCounts = new Map<string, number>()
  #refused: RefusedRequest[] = []
  readonly #capacity: number
  readonly #bodyBytes: number
  #bytes = 0
  #serial = 0

  constructor(capacity = 1000, bodyBytes = 64 * 1024 * 1024) {
    this.#capacity = capacity
    this.#bodyBytes = bodyBytes
  }

  /** Begins a record. */
  open(start: Pick<SeenRequest, "at" | "method" | "path" | "httpVersion" | "headers">): SeenRequest {
    this.#serial += 1
    const record: SeenRequest = {
      id: this.#serial,
      ...start,
      headers: redact(start.headers),
      body: undefined,
      account: undefined,
      model: undefined,
      outcome: undefined,
      bytesSent: 0,
      aborted: false,
      abortedAfter: undefined,
      duration: undefined,
    }
    this.#requests.push(record)
    if (this.#requests.length > this.#capacity * 1.25) {
      for (const old of this.#requests.splice(0, this.#requests.length - this.#capacity)) this.#forget(old)
    }
    return record
  }

  /** Keeps a body of so many bytes; older bodies go when there are too many. */
  keepBody(record: SeenRequest, body: unknown, size: number): void {
    record.body = body
    this.#sizes.set(record, size)
    this.#bytes += size
    for (const old of this.#sizes.keys()) {
      if (this.#bytes <= this.#bodyBytes) break
      this.#forget(old)
    }
  }

  /** Notes that a rule refused a request. */
  refuse(request: SeenRequest, rule: string, refusal: { readonly status: number; readonly body?: unknown }): void {
    request.outcome = { status: refusal.status, rule }
    this.#refusalCounts.set(rule, (this.#refusalCounts.get(rule) ?? 0) + 1)
    this.#refused.push({ rule, answer: refusal.body, request })
    if (this.#refused.length > this.#capacity) this.#refused.shift()
  }

  /** What was refused since this was asked last, oldest first. */
  takeRefused(): RefusedRequest[] {
    return this.#refused.splice(0)
  }

  /** How many requests each rule refused, taken or not. */
  refusalCounts(): Record<string, number> {
    return Object.fromEntries(this.#refusalCounts)
  }

  /** Counts an exchange of an account as running; the returned function ends that. */
  enter(account: string): () => void {
    const known = this.#concurrency.get(account) ?? { current: 0, maximum: 0 }
    this.#concurrency.set(account, known)
    known.current += 1
    known.maximum = Math.max(known.maximum, known.current)
    return () => (known.current -= 1)
  }

  /** The newest requests, oldest first. */
  all(): SeenRequest[] {
    return this.#requests.slice(-this.#capacity)
  }

  /** Requests at once by account. */
  concurrency(): Record<string, Concurrency> {
    return Object.fromEntries([...this.#concurrency].map(([account, value]) => [account, { ...value }]))
  }

  /** Forgets all; running exchanges still count. */
  clear(): void {
    this.#requests = []
    this.#refused = []
    this.#refusalCounts.clear()
    this.#sizes.clear()
    this.#bytes = 0
    for (const [account, value] of this.#concurrency) {
      if (value.current === 0) this.#concurrency.delete(account)
      else value.maximum = value.current
    }
  }

  #forget(record: SeenRequest): void {
    this.#bytes -= this.#sizes.get(record) ?? 0
    this.#sizes.delete(record)
    record.body = undefined
  }
}

function redact(headers: Readonly<Record<string, string>>): Record<string, string> {
  const copy = { ...headers }
  if (copy["authorization"] !== undefined) copy["authorization"] = copy["authorization"].replace(/ .*/s, " redacted")
  return copy
}
