/** What the rules look at: the failure with its body opened once. */
import { bodyDelayMs, retryDelayMs } from "../retry-time.ts"
import { collapse, isRecord, openErrorBody, textOf, type ErrorBody } from "./error-body.ts"
import type { UpstreamFailure } from "./failure.ts"
import { readVersionText, type VersionText } from "./version-text.ts"

export interface Facts {
  readonly failure: UpstreamFailure
  /** The HTTP status, or the code of an error inside a 200. */
  readonly status: number | undefined
  readonly body: ErrorBody
  /** True when the error names its reason in a way meant for machines: that outranks the status. */
  readonly hasReason: (...reasons: readonly string[]) => boolean
  readonly says: (pattern: RegExp) => boolean
  readonly afterContent: boolean
  readonly versionText: VersionText
  /** How long the answer asks to wait: from body or header. */
  readonly delayMs: number | undefined
  /** The same from the body alone. */
  readonly bodyDelayMs: number | undefined
  /** Ids of violated quotas and their descriptions. */
  readonly quotaViolations: string
}

export function gatherFacts(failure: UpstreamFailure): Facts {
  const body = openErrorBody(failure.body)
  const { headers, now } = failure
  return {
    failure,
    status: statusOf(failure, body),
    body,
    hasReason: (...reasons) => reasons.some((reason) => body.reasons.has(reason)),
    says: (pattern) => pattern.test(body.searchable),
    afterContent: failure.phase === "after-content",
    versionText: versionTextOf(failure, body),
    delayMs: retryDelayMs({ body: failure.body, headers, now }),
    bodyDelayMs: bodyDelayMs(body, now),
    quotaViolations: quotaViolationsOf(body),
  }
}

/** An error object inside a 200 carries the true status itself. */
function statusOf(failure: UpstreamFailure, body: ErrorBody): number | undefined {
  if (failure.status !== undefined && failure.status >= 300) return failure.status
  return body.code ?? failure.status
}

function versionTextOf(failure: UpstreamFailure, body: ErrorBody): VersionText {
  // Once content has gone out the text is an answer, whatever it says.
  const text = failure.phase === "after-content" ? "" : (failure.text ?? "")
  const fromText = readVersionText(text)
  return fromText === "no" ? readVersionText(body.message) : fromText
}

function quotaViolationsOf(body: ErrorBody): string {
  const violations = body.details.flatMap((detail) => (Array.isArray(detail.violations) ? detail.violations : []))
  return violations
    .filter(isRecord)
    .flatMap((violation) => [
      ...textOf(violation.quotaId),
      ...textOf(violation.quotaMetric),
      ...textOf(violation.description),
    ])
    .join(" ")
}

/** Links of the details that are safe to show: https, without credentials, on a host that `mayShow` accepts. */
export function linksOf(
  body: ErrorBody,
  keys: readonly string[],
  mayShow: (host: string) => boolean,
): readonly string[] {
  const fromMetadata = body.details
    .map((detail) => detail.metadata)
    .filter(isRecord)
    .flatMap((metadata) => keys.flatMap((key) => textOf(metadata[key])))
  const fromHelp = body.details
    .flatMap((detail) => (Array.isArray(detail.links) ? detail.links : []))
    .filter(isRecord)
    .flatMap((link) => textOf(link.url))
  return [...fromMetadata, ...fromHelp].map(collapse).filter((link) => isShowable(link, mayShow))
}

function isShowable(link: string, mayShow: (host: string) => boolean): boolean {
  if (link.length > 4_096 || !URL.canParse(link)) return false
  const url = new URL(link)
  return (
    url.protocol === "https:" && url.username === "" && url.password === "" && url.port === "" && mayShow(url.hostname)
  )
}
