/**
 * What a failed upstream attempt means: whose fault it is, what may be tried, what cools, what the client and the operator
 * read. Facts are gathered once, then the rows of `upstream-failure/rules.ts` are tried in order. Nothing here awaits, reads
 * a clock or remembers: what depends on earlier failures is the caller's.
 */
import { redactForClient, redactPrivate } from "./redact.ts"
import { gatherFacts, type Facts } from "./upstream-failure/facts.ts"
import type { ClassifiedFailure, FailureRetry, UpstreamFailure } from "./upstream-failure/failure.ts"
import { firstSentence } from "./upstream-failure/first-sentence.ts"
import { RULES, type Rule } from "./upstream-failure/rules.ts"

export {
  FAILURE_CLASSES,
  QUOTA_STEPS_MS,
  type ClassifiedFailure,
  type FailureClass,
  type FailureRetry,
  type FailureScope,
  type UpstreamFailure,
} from "./upstream-failure/failure.ts"
export { mayBecomeVersionText, readVersionText, type VersionText } from "./upstream-failure/version-text.ts"

const NO_RETRY: FailureRetry = {
  sameAccount: 0,
  sameAccountDelayMs: 0,
  isDelayTold: false,
  nextAccount: 0,
  nextHost: false,
  forceRenewal: false,
}
const MAX_MESSAGE = 500

/** Names the failure and says what may be done about it. Total: any input gives an answer. After content nothing is retried. */
export function classifyFailure(failure: UpstreamFailure): ClassifiedFailure {
  const facts = gatherFacts(failure)
  const rule = RULES.find((candidate) => candidate.matches(facts)) ?? lastRule()
  const optional = {
    cooldownMs: rule.cooldownMs?.(facts),
    isTimeTold: rule.isTimeTold?.(facts) === true ? (true as const) : undefined,
    retryAfterMs: rule.retryAfterMs?.(facts),
    accountState: rule.accountState?.(facts),
    link: rule.link?.(facts),
  }
  return {
    class: rule.class,
    scope: typeof rule.scope === "function" ? rule.scope(facts) : rule.scope,
    retry: facts.afterContent ? NO_RETRY : { ...NO_RETRY, ...rule.retry(facts) },
    ...withoutUndefined(optional),
    code: typeof rule.code === "function" ? rule.code(facts) : rule.code,
    clientMessage: clientMessageOf(rule, facts),
    message: operatorMessageOf(facts),
  }
}

/** The last row matches everything. */
function lastRule(): Rule {
  const last = RULES.at(-1)
  if (last === undefined) throw new Error("the table of failure classes is empty")
  return last
}

type Defined<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> }

function withoutUndefined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as Defined<T> // only keys of T are left
}

function clientMessageOf(rule: Rule, facts: Facts): string {
  const fixed = typeof rule.clientMessage === "function" ? rule.clientMessage(facts) : rule.clientMessage
  if (fixed !== undefined) return fixed
  const sentence = facts.body.isHtml ? "" : firstSentence(redactForClient(facts.body.message, facts.failure.projectId))
  return sentence === "" ? "The upstream refused the request." : sentence
}

function operatorMessageOf({ body, failure, status }: Facts): string {
  const parts: string[] = []
  if (status !== undefined && status !== 200) parts.push(`HTTP ${status}`)
  if (failure.network !== undefined) parts.push(failure.network)
  if (failure.finish !== undefined) parts.push(failure.finish)
  parts.push(...body.reasons)
  const text = body.isHtml ? "(an HTML page)" : body.message || (failure.text ?? "")
  const head = parts.join(" ")
  const message = redactPrivate(text.slice(0, 4 * MAX_MESSAGE), failure.projectId)
  const whole = message === "" ? head : `${head}${head === "" ? "" : ": "}${message}`
  return whole === "" ? "no detail" : whole.slice(0, MAX_MESSAGE)
}
