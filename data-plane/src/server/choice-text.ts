/** Where a request went, what the pool chose or why it had nothing, and what became of each attempt, each in one line: for headers. */
import type { AttemptRecord, PoolCensus, PoolRefusal, RouteRecord } from "#shared/link-protocol.ts"
import type { Route } from "#shared/route.ts"
import type { AttemptChoice } from "../pool/attempt-notes.ts"

/** What keeps accounts away, in the order in which it is told. */
const KEPT_AWAY = {
  busy: "busy",
  tried: "tried before",
  unusable: "unusable",
  outside: "outside the rule's accounts",
  notOffered: "without the model",
  resting: "resting",
  modelOff: "off for the model",
  probing: "probing",
} as const satisfies Partial<Record<keyof PoolCensus, string>>

/** `round-robin, chosen next of 3 ready; 3 of 5 accounts could serve, 1 busy, 2 resting; waited 12 ms`. */
export function choiceText(choice: AttemptChoice): string {
  return [choice.reason, ...(choice.census === undefined ? [] : censusTexts(choice.census)), ...waits(choice)].join(
    "; ",
  )
}

/** `2 of 5 accounts could serve, 2 busy, 3 resting; waited 60000 ms`. */
export function refusalText(refusal: PoolRefusal): string {
  return [...censusTexts(refusal.census), ...waits(refusal)].join("; ")
}

const VIA = { deprecated: "retired name", alias: "alias", exact: "own name", "pass-through": "not known here" } as const

/**
 * `gemini-3-flash by alias; rule office; accounts tagged a or b; strategy weighted; in place of gemini-pro-agent: pool_exhausted`. What
 * operators wrote is encoded as in an address.
 */
export function routeText(found: Route, model: string | undefined, record: RouteRecord | undefined): string {
  const { rule, accountTags, strategy, fallbacks = [] } = record ?? {}
  return [
    ...(found.type === "model" ? [`${encodeURIComponent(model ?? found.model)} by ${VIA[found.via]}`] : [found.type]),
    ...(rule === undefined ? [] : [`rule ${encodeURIComponent(rule)}`]),
    ...(accountTags === undefined ? [] : [`accounts tagged ${accountTags.map(encodeURIComponent).join(" or ")}`]),
    ...(strategy === undefined ? [] : [`strategy ${strategy}`]),
    ...fallbacks.map(({ from, because }) => `in place of ${encodeURIComponent(from)}: ${because}`),
  ].join("; ")
}

/** Of one that runs all that is known so far. */
export interface ToldAttempt extends Pick<AttemptRecord, "failureClass" | "failureScope"> {
  readonly account: string
  readonly isServed: boolean
  readonly waitedMs?: number | undefined
  readonly renewalMs?: number | undefined
  readonly startedMs?: number | undefined
  readonly connectMs?: number | undefined
  readonly firstByteMs?: number | undefined
  readonly firstPartMs?: number | undefined
  readonly endedMs?: number | undefined
}

/** A header has room for so many. */
const MOST_ATTEMPTS = 16

/**
 * `rate;scope=account-model;account=one;start=0.4;first-byte=9.1;end=9.3, ok;account=two;start=9.4;connect=3.2;first-byte=30.0;first-part=30.1`.
 * Moments count in milliseconds from the request's head; `connect`, `wait` and `renewal` are how long something took.
 */
export function attemptsText(attempts: readonly ToldAttempt[]): string {
  const left = attempts.length - MOST_ATTEMPTS
  const told = attempts.slice(Math.max(0, left)).map((attempt) => {
    const { failureClass, failureScope, account, isServed } = attempt
    const times = {
      wait: attempt.waitedMs,
      renewal: attempt.renewalMs,
      start: attempt.startedMs,
      connect: attempt.connectMs,
      "first-byte": attempt.firstByteMs,
      "first-part": attempt.firstPartMs,
      end: attempt.endedMs,
    }
    return [
      failureClass ?? (isServed ? "ok" : "running"),
      ...(failureScope === undefined ? [] : [`scope=${failureScope}`]),
      `account=${encodeURIComponent(account)}`,
      ...Object.entries(times).flatMap(([name, ms]) => (ms === undefined ? [] : [`${name}=${ms.toFixed(1)}`])),
    ].join(";")
  })
  return [...(left > 0 ? [`earlier;count=${left}`] : []), ...told].join(", ")
}

function censusTexts(census: PoolCensus): string[] {
  const away = Object.entries(KEPT_AWAY).flatMap(([name, words]) => {
    const count = census[name as keyof typeof KEPT_AWAY] ?? 0 // the table's own keys
    return count === 0 ? [] : [`${count} ${words}`]
  })
  const { known, candidates, modelLimit, keyLimit } = census
  return [
    [`${candidates} of ${known} accounts could serve`, ...away].join(", "),
    ...(modelLimit === undefined ? [] : [`the model has all its ${modelLimit} requests running`]),
    ...(keyLimit === undefined ? [] : [`the key has all its ${keyLimit} requests running`]),
  ]
}

function waits({ waitedMs, renewalMs }: Pick<PoolRefusal, "waitedMs" | "renewalMs">): string[] {
  return [
    ...(waitedMs === undefined ? [] : [`waited ${Math.round(waitedMs)} ms`]),
    ...(renewalMs === undefined ? [] : [`waited ${Math.round(renewalMs)} ms for a renewed token`]),
  ]
}
