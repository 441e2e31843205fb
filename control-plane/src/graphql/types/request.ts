import { texts } from "../../json.ts"
import { builder } from "../builder.ts"
import { RequestOutcome } from "./enums.ts"
import { PoolRefusal, readRefusal } from "./pool-census.ts"
import { readAttempts, RequestAttempt } from "./request-attempt.ts"
import { readSchemaReport, SchemaReport } from "./schema-report.ts"

export const Request = builder.prismaObject("RequestRecord", {
  variant: "Request",
  description: "One exchange between a client and the pool.",
  fields: (t) => ({
    id: t.exposeID("id"),
    startedAt: t.expose("startedAt", { type: "DateTime" }),
    dialect: t.exposeString("dialect"),
    stream: t.exposeBoolean("stream"),
    requestedModel: t.exposeString("requestedModel", { nullable: true }),
    model: t.exposeString("model", { nullable: true }),
    apiKey: t.relation("apiKey", { nullable: true }),
    outcome: t.expose("outcome", { type: RequestOutcome }),
    status: t.exposeInt("status"),
    errorCode: t.exposeString("errorCode", { nullable: true }),
    errorMessage: t.exposeString("errorMessage", { nullable: true }),
    finishReason: t.exposeString("finishReason", { nullable: true }),
    inputTokens: t.expose("inputTokens", { type: "BigInt", nullable: true }),
    cachedInputTokens: t.expose("cachedInputTokens", { type: "BigInt", nullable: true }),
    outputTokens: t.expose("outputTokens", { type: "BigInt", nullable: true }),
    reasoningTokens: t.expose("reasoningTokens", { type: "BigInt", nullable: true }),
    durationMs: t.exposeFloat("durationMs"),
    firstContentMs: t.exposeFloat("firstContentMs", {
      nullable: true,
      description: "When the first content went to the client.",
    }),
    receivedMs: t.exposeFloat("receivedMs", {
      nullable: true,
      description: "When the client's whole body was here, in milliseconds since its head; null: it never was.",
    }),
    fetchedMs: t.exposeFloat("fetchedMs", {
      nullable: true,
      description: "For files that the request names by an address, in milliseconds; null: none were fetched.",
    }),
    overheadUs: t.exposeInt("overheadUs", {
      nullable: true,
      description:
        "The gateway's own work in microseconds, up to the first content of a stream or the whole of another answer. No wait is part of it: neither for the client, files, a slot, a token nor the upstream.",
    }),
    refusal: t.field({
      type: PoolRefusal,
      nullable: true,
      description: "Why no account could be had in the end; null: one was, or it never came to that.",
      resolve: (row) => readRefusal(row.refusal),
    }),
    attempts: t.field({ type: [RequestAttempt], resolve: (row) => readAttempts(row.attempts) }),
    dropped: t.stringList({
      description: "Paths of request fields that were not carried to the upstream.",
      resolve: (row) => texts(row.dropped),
    }),
    schemaReport: t.field({
      type: SchemaReport,
      nullable: true,
      description: "What was changed of the tools' schemas; null when nothing was.",
      resolve: (row) => readSchemaReport(row.schemaReport),
    }),
  }),
})
