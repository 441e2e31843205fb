import { isClientDialect } from "#shared/client-dialect.ts"
import { actorOf } from "../../audit/actor.ts"
import { texts } from "../../json.ts"
import { builder } from "../builder.ts"
import { Account } from "./account.ts"
import { CapturedExchange, CaptureState, readCaptureState } from "./capture.ts"
import { ApiKey } from "./api-key.ts"
import { Dialect, RequestOutcome } from "./enums.ts"
import { PoolRefusal, readRefusal } from "./pool-census.ts"
import { readAttempts, RequestAttempt } from "./request-attempt.ts"
import { readRoute, RequestRoute } from "./request-route.ts"
import { readSchemaReport, SchemaReport } from "./schema-report.ts"

/** Of a request's row. */
interface ConversationShape {
  readonly id: string
  readonly attempts: unknown
}

const RequestConversation = builder.objectRef<ConversationShape>("RequestConversation").implement({
  description: "The conversation that a request is a turn of.",
  fields: (t) => ({
    id: t.exposeID("id", {
      description:
        "The same for all turns: a hash of the key and of what tells conversations apart. No text can be made of it.",
    }),
    home: t.field({
      type: Account,
      nullable: true,
      description: "Where it lived when the request was last sent; null: that account is gone.",
      resolve: ({ attempts }, _args, context) => {
        const { standsInFor, accountId } = readAttempts(attempts).at(-1) ?? {}
        const home = standsInFor ?? accountId
        return home === undefined ? null : context.loadAccount(home)
      },
    }),
    isStandIn: t.boolean({
      description: "Another account than its home was asked last.",
      resolve: ({ attempts }) => readAttempts(attempts).at(-1)?.standsInFor !== undefined,
    }),
  }),
})

export const Request = builder.prismaObject("RequestRecord", {
  variant: "Request",
  description: "One exchange between a client and the pool.",
  fields: (t) => ({
    id: t.exposeID("id", { description: "As the client got it in x-request-id." }),
    startedAt: t.expose("startedAt", { type: "DateTime", description: "When its head came." }),
    dialect: t.field({
      type: Dialect,
      nullable: true,
      description: "The API that it came through; null: one that another version serves.",
      resolve: ({ dialect }) => (isClientDialect(dialect) ? dialect : null),
    }),
    stream: t.exposeBoolean("stream", { description: "The answer was asked for as a stream." }),
    requestedModel: t.exposeString("requestedModel", {
      nullable: true,
      description: "The name as the client wrote it; null: it named none.",
    }),
    model: t.exposeString("model", { nullable: true, description: "What the name was resolved to; null: it was not." }),
    apiKey: t.field({
      type: ApiKey,
      nullable: true,
      description: "Null: it came without a key that is known, or the key is gone.",
      resolve: ({ apiKeyId }, _args, context) => (apiKeyId === null ? null : context.loadApiKey(apiKeyId)),
    }),
    outcome: t.expose("outcome", { type: RequestOutcome, description: "How it ended." }),
    status: t.exposeInt("status", { description: "The HTTP status that the client was answered with." }),
    errorCode: t.exposeString("errorCode", {
      nullable: true,
      description: "Of docs/reference/errors.md; null: there was no error.",
    }),
    errorMessage: t.exposeString("errorMessage", {
      nullable: true,
      description: "What went wrong, redacted; null: there was no error.",
    }),
    finishReason: t.exposeString("finishReason", {
      nullable: true,
      description: "Why the model stopped; null: it did not come to that.",
    }),
    conversation: t.field({
      type: RequestConversation,
      nullable: true,
      description: "Null: no account was ever asked for it, or an older version of a data plane reported it.",
      resolve: ({ conversation, attempts }) => (conversation === null ? null : { id: conversation, attempts }),
    }),
    inputTokens: t.expose("inputTokens", {
      type: "BigInt",
      nullable: true,
      description: "Tokens of the prompt, cached ones too; null: not told.",
    }),
    cachedInputTokens: t.expose("cachedInputTokens", {
      type: "BigInt",
      nullable: true,
      description: "Part of inputTokens, read from the upstream's prompt cache; null: not told.",
    }),
    outputTokens: t.expose("outputTokens", {
      type: "BigInt",
      nullable: true,
      description: "Tokens of the answer, thinking too; null: not told.",
    }),
    reasoningTokens: t.expose("reasoningTokens", {
      type: "BigInt",
      nullable: true,
      description: "Part of outputTokens, for thinking; null: not told.",
    }),
    durationMs: t.exposeFloat("durationMs", {
      description: "From the request's head to the end of the answer, in milliseconds.",
    }),
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
    route: t.field({
      type: RequestRoute,
      nullable: true,
      description: "Null: the name, or an alias, decided alone.",
      resolve: (row) => readRoute(row.route),
    }),
    attempts: t.field({
      type: [RequestAttempt],
      description: "Calls to upstreams, in order; empty: it never came to one.",
      resolve: (row) => readAttempts(row.attempts),
    }),
    dropped: t.stringList({
      description: "Paths of request fields that were not carried to the upstream.",
      resolve: (row) => texts(row.dropped),
    }),
    replayOf: t.exposeID("replayOf", {
      nullable: true,
      description: "The request whose body was sent again; null: a client sent it.",
    }),
    playgroundBy: t.exposeString("playgroundBy", {
      nullable: true,
      description: "The administrator or admin token that sent it from the playground, by name; null: nobody did.",
    }),
    captureState: t.field({
      type: CaptureState,
      description: "What became of its bodies.",
      resolve: ({ capture }) => readCaptureState(capture),
    }),
    capture: t.field({
      type: CapturedExchange,
      nullable: true,
      authScopes: { scope: "ADMIN" },
      description:
        "What was captured of it; null: captureState says why, and where that is TAKEN, it is on its way, was lost, or is past its time and about to be erased. Reading it is written to the audit, and needs the scope ADMIN.",
      resolve: ({ id, capture }, _args, { services, principal }) =>
        capture === "taken" ? services.captures.read(id, actorOf(principal)) : null,
    }),
    schemaReport: t.field({
      type: SchemaReport,
      nullable: true,
      description: "What was changed of the tools' schemas; null when nothing was.",
      resolve: (row) => readSchemaReport(row.schemaReport),
    }),
  }),
})
