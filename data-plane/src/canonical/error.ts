import { ERROR_CODES, type ErrorCode } from "#shared/error-code.ts"

export interface GatewayErrorDetails {
  /** The request field at fault, in the client's own spelling. */
  readonly param?: string
  /** When another try can succeed, if known. */
  readonly retryAfterMs?: number
  /** False: tell SDKs and agents not to retry by themselves. Undefined: let them decide by status. */
  readonly shouldRetry?: boolean
  readonly cause?: unknown
}

/** The one error of the data plane. Its message is fit for the client: no e-mail address, project, token or upstream URL. */
export class GatewayError extends Error {
  override readonly name = "GatewayError"
  readonly code: ErrorCode
  readonly param: string | undefined
  readonly retryAfterMs: number | undefined
  readonly shouldRetry: boolean | undefined

  constructor(code: ErrorCode, message: string, details: GatewayErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.param = details.param
    this.retryAfterMs = details.retryAfterMs
    this.shouldRetry = details.shouldRetry
  }

  get status(): number {
    return ERROR_CODES[this.code].status
  }
}
