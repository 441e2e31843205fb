const skeleton = (..._unused: unknown[]): never => {
  throw new Error("not built yet")
}
export interface RetryTimeSource {
  /** The parsed JSON body, or a string. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string | string[] | undefined>> | undefined
  readonly now: number
}

/** How long the answer asks us to wait, in milliseconds within [0, 8 days]; undefined when it says nothing. */
export function retryDelayMs(source: RetryTimeSource): number | undefined {
  return skeleton(source)
}
