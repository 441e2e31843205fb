import { isClientDialect } from "#shared/client-dialect.ts"
import { useOfDay, useOfMonth } from "../../api-keys/key-use.ts"
import { texts } from "../../json.ts"
import { builder } from "../builder.ts"
import { ApiKeyOrigin, Dialect } from "./enums.ts"
import { ReplacedKey } from "./replaced-key.ts"

/** An empty list in the database is no restriction. */
function restriction<T>(entries: T[]): T[] | null {
  return entries.length === 0 ? null : entries
}

export const ApiKey = builder.prismaObject("ApiKey", {
  description: "What a client shows to be served, with its limits and its use.",
  fields: (t) => ({
    id: t.exposeID("id", { description: "Stays the same when the key is rotated." }),
    name: t.exposeString("name", { description: "Whose it is or what it is for, for people." }),
    prefix: t.exposeString("prefix", {
      nullable: true,
      description: "The first characters, by which a person recognises it; null for a key of the environment.",
    }),
    origin: t.expose("origin", {
      type: ApiKeyOrigin,
      description: "ENVIRONMENT: set by API_KEY or ADMIN_PASSWORD at start. CREATED: made here.",
    }),
    enabled: t.boolean({ description: "False: it is refused.", resolve: ({ disabledAt }) => disabledAt === null }),
    disabledAt: t.expose("disabledAt", { type: "DateTime", nullable: true, description: "Null: it is not disabled." }),
    models: t.field({
      type: ["String"],
      nullable: true,
      description: "Patterns of models that it may use; null: all.",
      resolve: ({ models }) => restriction(texts(models)),
    }),
    dialects: t.field({
      type: [Dialect],
      nullable: true,
      description: "APIs that it may be used for; null: all.",
      resolve: ({ dialects }) => restriction(texts(dialects).filter(isClientDialect)),
    }),
    addresses: t.field({
      type: ["String"],
      nullable: true,
      description: "Addresses and ranges that it may be used from; null: any.",
      resolve: ({ addresses }) => restriction(texts(addresses)),
    }),
    maxConcurrent: t.exposeInt("maxConcurrent", {
      nullable: true,
      description: "Requests of it that may run at the same time; null: any number.",
    }),
    requestsPerMinute: t.exposeInt("requestsPerMinute", {
      nullable: true,
      description: "Requests a minute, at each data plane; null: any number.",
    }),
    tokensPerMinute: t.expose("tokensPerMinute", {
      type: "BigInt",
      nullable: true,
      description: "Tokens, in and out, a minute, at each data plane; null: any number.",
    }),
    tokensPerDay: t.expose("tokensPerDay", {
      type: "BigInt",
      nullable: true,
      description: "Tokens, in and out, that it may use in one UTC day; null: any number.",
    }),
    tokensPerMonth: t.expose("tokensPerMonth", {
      type: "BigInt",
      nullable: true,
      description: "Tokens, in and out, that it may use in one UTC month; null: any number.",
    }),
    tokensToday: t.field({
      type: "BigInt",
      description: "Of this UTC day, as far as data planes have reported.",
      resolve: (row, _args, { services }) => useOfDay(row, services.clock.now()).tokens,
    }),
    tokensThisMonth: t.field({
      type: "BigInt",
      description: "Of this UTC month, as far as data planes have reported.",
      resolve: (row, _args, { services }) => useOfMonth(row, services.clock.now()).tokens,
    }),
    requestsToday: t.int({
      description: "Of this UTC day, refused ones too.",
      resolve: (row, _args, { services }) => useOfDay(row, services.clock.now()).requests,
    }),
    requestsThisMonth: t.int({
      description: "Of this UTC month, refused ones too.",
      resolve: (row, _args, { services }) => useOfMonth(row, services.clock.now()).requests,
    }),
    mayExplain: t.exposeBoolean("mayExplain", {
      description: "May ask with x-lagrange-explain: 1 which account served, and why.",
    }),
    tags: t.field({
      type: ["String"],
      description: "Words of the operator, by which routing rules find it.",
      resolve: ({ tags }) => texts(tags),
    }),
    note: t.exposeString("note", { nullable: true, description: "For people." }),
    captureUntil: t.field({
      type: "DateTime",
      nullable: true,
      description: "Until when the bodies of its requests are captured; null: they are not.",
      resolve: ({ captureUntil }, _args, { services }) =>
        captureUntil !== null && captureUntil.getTime() > services.clock.now() ? captureUntil : null,
    }),
    replaced: t.relation("replaced", {
      type: ReplacedKey,
      description: "What it was before rotations, the latest first; forgotten 30 days after it stopped working.",
      query: { orderBy: [{ worksUntil: "desc" }, { digest: "asc" }] },
    }),
    expiresAt: t.expose("expiresAt", { type: "DateTime", nullable: true, description: "Null: never." }),
    lastUsedAt: t.expose("lastUsedAt", { type: "DateTime", nullable: true, description: "Null: it never was." }),
    requestCount: t.exposeInt("requestCount", { description: "Of all time, refused ones too." }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was made." }),
  }),
})
