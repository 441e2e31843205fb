const skeleton = (..._unused: unknown[]): never => {
  throw new Error("not built yet")
}

export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const
export type LogLevel = (typeof LOG_LEVELS)[number]
export type LogFormat = "json" | "pretty"
export type LogFields = Readonly<Record<string, unknown>>

export interface Logger {
  debug(event: string, fields?: LogFields): void
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  error(event: string, fields?: LogFields): void
  /** Lines lost because the sink was blocked. */
  readonly dropped: number
}

export interface LoggerOptions {
  readonly level: LogLevel
  readonly format: LogFormat
  /** Takes one line with its line end; false means that it did not take it. Default: standard output, never waiting. */
  readonly write?: (line: string) => boolean | void
  readonly now?: () => number
}

export function createLogger(options: LoggerOptions): Logger {
  return skeleton(options)
}
