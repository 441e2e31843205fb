const skeleton = (..._unused: unknown[]): never => {
  throw new Error("not built yet")
}

export interface RequestJsonOptions {
  readonly method: string
  readonly url: string
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** An object is sent as JSON, `URLSearchParams` as a form. */
  readonly body?: object | URLSearchParams | undefined
  readonly signal?: AbortSignal | undefined
  /** For the whole call; default 15 s. */
  readonly timeoutMs?: number | undefined
  readonly outboundProxy?: string | undefined
  readonly certificateAuthorities?: readonly string[] | undefined
  /** Of the decoded body; default 8 MiB. */
  readonly maxBytes?: number | undefined
}

export interface JsonAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  /** undefined when the body is not JSON. */
  readonly json: unknown
}

/** One HTTP/1.1 call. Any status resolves; only transport, time and size reject (`ConnectError`). */
export function requestJson(options: RequestJsonOptions): Promise<JsonAnswer> {
  return skeleton(options)
}
