import { texts } from "../../json.ts"
import { builder } from "../builder.ts"
import { RequestOutcome } from "./enums.ts"
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
    firstContentMs: t.exposeFloat("firstContentMs", { nullable: true }),
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
