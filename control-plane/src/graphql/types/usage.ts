import { isClientDialect } from "#shared/client-dialect.ts"
import type { Counter } from "../../usage/counters.ts"
import { DURATION_BUCKETS, FIRST_CONTENT_BUCKETS } from "../../usage/counters.ts"
import { quantile } from "../../usage/histogram.ts"
import type { UsagePoint as UsagePointShape } from "../../usage/read.ts"
import { builder } from "../builder.ts"
import { Account } from "./account.ts"
import { ApiKey } from "./api-key.ts"
import { describedValues } from "./described-values.ts"
import { Dialect, RequestOutcome } from "./enums.ts"

export const UsageDimension = builder.enumType("UsageDimension", {
  description: "What usage can be told apart by.",
  values: {
    MODEL: { description: "What the names of models were resolved to." },
    API_KEY: { description: "Not together with ACCOUNT." },
    ACCOUNT: {
      description:
        "Requests count for the account they ended on, attempts for the one they were made with. Requests that no account was asked for are left out.",
    },
    DIALECT: { description: "Not together with ACCOUNT." },
    NODE: { description: "The data plane. Not together with ACCOUNT." },
    OUTCOME: { description: "How requests ended." },
    ERROR_CODE: { description: "Of docs/reference/errors.md." },
    FAILURE_CLASS: { description: "How the last attempt failed; with ACCOUNT, each attempt." },
  } as const,
})

export const UsageStep = builder.enumType("UsageStep", {
  description: "Steps of time, in UTC.",
  values: describedValues({
    MINUTE: "Whole minutes.",
    HOUR: "Whole hours.",
    DAY: "Whole days, which begin at 00:00 UTC.",
  }),
})

export const TimeRange = builder.inputType("TimeRange", {
  description: "A stretch of time, widened to whole steps.",
  fields: (t) => ({
    since: t.field({ type: "DateTime", required: true, description: "Where it begins." }),
    until: t.field({ type: "DateTime", description: "Now where it is left out." }),
    step: t.field({ type: UsageStep, description: "A point for each; left out: one for all of the time." }),
  }),
})

interface DurationsShape {
  readonly counts: readonly number[]
  readonly meanMs: number | null
}

const Durations = builder.objectRef<DurationsShape>("Durations").implement({
  description:
    "Of durations that were counted in buckets: percentiles are right to the bucket, and a guess inside it. Null: none was counted.",
  fields: (t) => ({
    meanMs: t.exposeFloat("meanMs", { nullable: true, description: "The mean of them, in milliseconds." }),
    p50Ms: t.float({
      nullable: true,
      description: "Half of them took no longer, in milliseconds.",
      resolve: ({ counts }) => quantile(counts, 0.5),
    }),
    p95Ms: t.float({
      nullable: true,
      description: "95 of 100 took no longer, in milliseconds.",
      resolve: ({ counts }) => quantile(counts, 0.95),
    }),
    p99Ms: t.float({
      nullable: true,
      description: "99 of 100 took no longer, in milliseconds.",
      resolve: ({ counts }) => quantile(counts, 0.99),
    }),
  }),
})

const count = ({ counts }: UsagePointShape, name: keyof UsagePointShape["counts"]): number => Number(counts[name])

function mean(point: UsagePointShape, sum: Counter, of: Counter): number | null {
  const all = count(point, of)
  return all === 0 ? null : count(point, sum) / all
}

function durations(point: UsagePointShape, buckets: readonly Counter[], sum: Counter, of: Counter): DurationsShape {
  return { counts: buckets.map((name) => count(point, name)), meanMs: mean(point, sum, of) }
}

export const UsagePoint = builder.objectRef<UsagePointShape>("UsagePoint").implement({
  description: "What was used in a stretch of time, by the time at which requests began.",
  fields: (t) => ({
    since: t.expose("since", { type: "DateTime", description: "Where the first step of it begins." }),
    until: t.expose("until", {
      type: "DateTime",
      description: "Where its last whole step ends; of one that is under way, later than now.",
    }),
    model: t.string({
      nullable: true,
      description: "Null: not asked for with MODEL, or requests whose name led nowhere.",
      resolve: ({ group }) => group.model ?? null,
    }),
    apiKeyId: t.id({
      nullable: true,
      description: "Null: not asked for with API_KEY, or requests without a known key.",
      resolve: ({ group }) => group.apiKeyId ?? null,
    }),
    apiKey: t.field({
      type: ApiKey,
      nullable: true,
      description: "Null where there is an apiKeyId: the key is gone.",
      resolve: ({ group }, _args, context) =>
        group.apiKeyId === undefined ? null : context.loadApiKey(group.apiKeyId),
    }),
    accountId: t.id({
      nullable: true,
      description: "Null: not asked for with ACCOUNT.",
      resolve: ({ group }) => group.accountId ?? null,
    }),
    account: t.field({
      type: Account,
      nullable: true,
      description: "Null where there is an accountId: the account is gone.",
      resolve: ({ group }, _args, context) =>
        group.accountId === undefined ? null : context.loadAccount(group.accountId),
    }),
    dialect: t.field({
      type: Dialect,
      nullable: true,
      description: "As Request.dialect; null: not asked for with DIALECT, or one that another version serves.",
      resolve: ({ group }) => (group.dialect !== undefined && isClientDialect(group.dialect) ? group.dialect : null),
    }),
    nodeId: t.id({
      nullable: true,
      description: "Null: not asked for with NODE.",
      resolve: ({ group }) => group.nodeId ?? null,
    }),
    outcome: t.field({
      type: RequestOutcome,
      nullable: true,
      description: "Null with ACCOUNT: attempts that were not the last.",
      resolve: ({ group }) => OUTCOME_NAMES.find((name) => name === group.outcome) ?? null,
    }),
    errorCode: t.string({
      nullable: true,
      description: "Null: not asked for with ERROR_CODE, or requests without an error.",
      resolve: ({ group }) => group.errorCode ?? null,
    }),
    failureClass: t.string({
      nullable: true,
      description: "Null: not asked for with FAILURE_CLASS, or what did not fail.",
      resolve: ({ group }) => group.failureClass ?? null,
    }),
    requests: t.int({ description: "All that ended, however they did.", resolve: (point) => count(point, "requests") }),
    failures: t.int({
      description:
        "Those that failed or were truncated; a client that left (cancellations) is none of them, though it has an error code.",
      resolve: (point) => count(point, "failures"),
    }),
    cancellations: t.int({
      description: "Those whose client left.",
      resolve: (point) => count(point, "cancellations"),
    }),
    attempts: t.int({ description: "Calls to upstreams.", resolve: (point) => count(point, "attempts") }),
    retried: t.int({
      description: "Requests that took more than one attempt.",
      resolve: (point) => count(point, "retried"),
    }),
    usageTold: t.int({
      description: "Requests whose tokens are known; the counts are theirs.",
      resolve: (point) => count(point, "usageTold"),
    }),
    inputTokens: t.field({
      type: "BigInt",
      description: "Tokens of prompts, cached ones too.",
      resolve: ({ counts }) => BigInt(counts.inputTokens),
    }),
    cachedInputTokens: t.field({
      type: "BigInt",
      description: "Part of inputTokens.",
      resolve: ({ counts }) => BigInt(counts.cachedInputTokens),
    }),
    outputTokens: t.field({
      type: "BigInt",
      description: "Tokens of answers, thinking too.",
      resolve: ({ counts }) => BigInt(counts.outputTokens),
    }),
    reasoningTokens: t.field({
      type: "BigInt",
      description: "Part of outputTokens.",
      resolve: ({ counts }) => BigInt(counts.reasoningTokens),
    }),
    duration: t.field({
      type: Durations,
      description: "From a request's head to its end.",
      resolve: (point) => durations(point, DURATION_BUCKETS, "durationMs", "requests"),
    }),
    firstContent: t.field({
      type: Durations,
      description: "Until the first content went to the client, of those that had one.",
      resolve: (point) => durations(point, FIRST_CONTENT_BUCKETS, "firstContentMs", "contentful"),
    }),
    waited: t.int({ description: "Requests that waited for a slot.", resolve: (point) => count(point, "waited") }),
    meanWaitMs: t.float({
      nullable: true,
      description: "Of those that waited; null: none did.",
      resolve: (point) => mean(point, "waitedMs", "waited"),
    }),
    meanOverheadUs: t.float({
      nullable: true,
      description: "The gateway's own work, in microseconds; null: it was told of none.",
      resolve: (point) => mean(point, "overheadUs", "overheadTold"),
    }),
  }),
})

const OUTCOME_NAMES = ["COMPLETED", "FAILED", "CANCELLED", "TRUNCATED"] as const
