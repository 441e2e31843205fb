import { tokensOfDay } from "../../api-keys/token-budget.ts"
import { builder } from "../builder.ts"
import { ApiKeyOrigin } from "./enums.ts"

export const ApiKey = builder.prismaObject("ApiKey", {
  fields: (t) => ({
    id: t.exposeID("id"),
    name: t.exposeString("name"),
    prefix: t.exposeString("prefix", {
      nullable: true,
      description: "The first characters, by which a person recognises it; null for a key of the environment.",
    }),
    origin: t.expose("origin", {
      type: ApiKeyOrigin,
      description: "ENVIRONMENT: set by API_KEY or ADMIN_PASSWORD at start. CREATED: made here.",
    }),
    maxConcurrent: t.exposeInt("maxConcurrent", {
      nullable: true,
      description: "Requests of it that may run at the same time; null: any number.",
    }),
    tokensPerDay: t.expose("tokensPerDay", {
      type: "BigInt",
      nullable: true,
      description: "Tokens, in and out, that it may use in one UTC day; null: any number.",
    }),
    tokensToday: t.field({
      type: "BigInt",
      description: "Of this UTC day, as far as data planes have reported.",
      resolve: (row, _args, { services }) => tokensOfDay(row, services.clock.now()),
    }),
    expiresAt: t.expose("expiresAt", { type: "DateTime", nullable: true }),
    lastUsedAt: t.expose("lastUsedAt", { type: "DateTime", nullable: true }),
    requestCount: t.exposeInt("requestCount"),
    createdAt: t.expose("createdAt", { type: "DateTime" }),
  }),
})
