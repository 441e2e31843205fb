import type { ApiKeyModel } from "#generated/sqlite/models.ts"
import { DEFAULT_OVERLAP_MINUTES } from "../../api-keys/api-keys.ts"
import { builder, expectedFailures } from "../builder.ts"
import { ApiKey } from "../types/api-key.ts"
import { Dialect } from "../types/enums.ts"

/** What limits a key, the same when it is made and when it is changed. */
const DESCRIPTIONS = {
  models:
    "Models that it may use: ids as the accounts offer them, with at most one * for any text; a name without * may also be an alias, as it is asked for.",
  dialects: "APIs that it may be used for.",
  addresses:
    "Addresses (192.0.2.7) and ranges (10.0.0.0/8, 2001:db8::/32) that it may be used from, as the data plane's socket sees them.",
  maxConcurrent: "Requests of it that may run at the same time; others wait in turn.",
  requestsPerMinute: "Requests a minute, at each data plane; who was idle may send a minute's worth at once.",
  tokensPerMinute:
    "Tokens, in and out, a minute, at each data plane; they count when an answer has ended, and what went over is waited for.",
  tokensPerDay: "Tokens, in and out, in one UTC day; what is under way when they are used up still ends.",
  tokensPerMonth: "Tokens, in and out, in one UTC month; what is under way when they are used up still ends.",
  mayExplain: "May ask with x-lagrange-explain: 1 which account served, and why. True when a key is made without it.",
  tags: "The whole list.",
  note: "For people, at most 1,000 characters.",
}

const CreateApiKeyInput = builder.inputType("CreateApiKeyInput", {
  description: "What is left out or null is not limited.",
  fields: (t) => ({
    name: t.string({ required: true, description: "Whose it is or what it is for, for people." }),
    expiresAt: t.field({ type: "DateTime", description: "From then on it is refused." }),
    models: t.stringList({ description: DESCRIPTIONS.models }),
    dialects: t.field({ type: [Dialect], description: DESCRIPTIONS.dialects }),
    addresses: t.stringList({ description: DESCRIPTIONS.addresses }),
    maxConcurrent: t.int({ description: DESCRIPTIONS.maxConcurrent }),
    requestsPerMinute: t.int({ description: DESCRIPTIONS.requestsPerMinute }),
    tokensPerMinute: t.field({ type: "BigInt", description: DESCRIPTIONS.tokensPerMinute }),
    tokensPerDay: t.field({ type: "BigInt", description: DESCRIPTIONS.tokensPerDay }),
    tokensPerMonth: t.field({ type: "BigInt", description: DESCRIPTIONS.tokensPerMonth }),
    mayExplain: t.boolean({ description: DESCRIPTIONS.mayExplain }),
    tags: t.stringList({ description: DESCRIPTIONS.tags }),
    note: t.string({ description: DESCRIPTIONS.note }),
  }),
})

const UpdateApiKeyInput = builder.inputType("UpdateApiKeyInput", {
  description: "What is left out stays as it is; null takes a limit back.",
  fields: (t) => ({
    name: t.string({ description: "Whose it is or what it is for, for people." }),
    enabled: t.boolean({ description: "False: it is refused until it is enabled again." }),
    expiresAt: t.field({ type: "DateTime", description: "From then on it is refused." }),
    models: t.stringList({ description: DESCRIPTIONS.models }),
    dialects: t.field({ type: [Dialect], description: DESCRIPTIONS.dialects }),
    addresses: t.stringList({ description: DESCRIPTIONS.addresses }),
    maxConcurrent: t.int({ description: DESCRIPTIONS.maxConcurrent }),
    requestsPerMinute: t.int({ description: DESCRIPTIONS.requestsPerMinute }),
    tokensPerMinute: t.field({ type: "BigInt", description: DESCRIPTIONS.tokensPerMinute }),
    tokensPerDay: t.field({ type: "BigInt", description: DESCRIPTIONS.tokensPerDay }),
    tokensPerMonth: t.field({ type: "BigInt", description: DESCRIPTIONS.tokensPerMonth }),
    mayExplain: t.boolean({ description: DESCRIPTIONS.mayExplain }),
    tags: t.stringList({ description: DESCRIPTIONS.tags }),
    note: t.string({ description: DESCRIPTIONS.note }),
  }),
})

interface KeyAndSecret {
  readonly apiKey: ApiKeyModel
  readonly secret: string
}

const CreateApiKeySuccess = builder.objectRef<KeyAndSecret>("CreateApiKeySuccess").implement({
  description: "The key is made; the connected data planes take it.",
  fields: (t) => ({
    apiKey: t.expose("apiKey", { type: ApiKey, description: "All of it but the secret." }),
    secret: t.exposeString("secret", { description: "Shown this once." }),
  }),
})

const UpdateApiKeySuccess = builder.objectRef<Pick<KeyAndSecret, "apiKey">>("UpdateApiKeySuccess").implement({
  description: "What was given is in force.",
  fields: (t) => ({ apiKey: t.expose("apiKey", { type: ApiKey, description: "As it is now." }) }),
})

const RotateApiKeySuccess = builder.objectRef<KeyAndSecret>("RotateApiKeySuccess").implement({
  description: "The key has a new secret.",
  fields: (t) => ({
    apiKey: t.expose("apiKey", {
      type: ApiKey,
      description: "The same key, with what it was before among `replaced`.",
    }),
    secret: t.exposeString("secret", { description: "Shown this once." }),
  }),
})

const RemoveApiKeySuccess = builder.objectRef<{ readonly apiKeyId: string }>("RemoveApiKeySuccess").implement({
  description: "The key is refused.",
  fields: (t) => ({ apiKeyId: t.exposeID("apiKeyId", { description: "The one that was removed." }) }),
})

/** Making, changing, rotating and removing API keys. */
export function addApiKeyMutations(): void {
  builder.mutationFields((t) => ({
    createApiKey: t.field({
      type: CreateApiKeySuccess,
      description: "Makes a key; it works at the connected data planes when it answers.",
      authScopes: { scope: "OPERATE" },
      errors: expectedFailures,
      args: { input: t.arg({ type: CreateApiKeyInput, required: true, description: "Its name and its limits." }) },
      resolve: async (_root, { input }, { services }) => {
        const { row, secret } = await services.apiKeys.create(input)
        return { apiKey: row, secret }
      },
    }),
    updateApiKey: t.field({
      type: UpdateApiKeySuccess,
      description: "In force at the connected data planes when it answers; what is under way keeps what it began with.",
      authScopes: { scope: "OPERATE" },
      errors: expectedFailures,
      args: {
        id: t.arg.id({ required: true, description: "The key to change." }),
        input: t.arg({ type: UpdateApiKeyInput, required: true, description: "What becomes another." }),
      },
      resolve: async (_root, { id, input }, { services }) => ({ apiKey: await services.apiKeys.update(id, input) }),
    }),
    rotateApiKey: t.field({
      type: RotateApiKeySuccess,
      description:
        "A new secret for the same key, with its limits, its use and its conversations. The one before works until the overlap ends, and older ones no longer than it.",
      authScopes: { scope: "OPERATE" },
      errors: expectedFailures,
      args: {
        id: t.arg.id({ required: true, description: "The key whose secret is replaced." }),
        overlapMinutes: t.arg.int({
          defaultValue: DEFAULT_OVERLAP_MINUTES,
          description: "0 ends all earlier secrets at once; at most 30 days.",
        }),
      },
      resolve: async (_root, { id, overlapMinutes }, { services }) => {
        const { row, secret } = await services.apiKeys.rotate(id, overlapMinutes ?? DEFAULT_OVERLAP_MINUTES)
        return { apiKey: row, secret }
      },
    }),
    removeApiKey: t.field({
      type: RemoveApiKeySuccess,
      description: "Ends a key; the connected data planes refuse it when it answers. What it used stays counted.",
      authScopes: { scope: "OPERATE" },
      errors: expectedFailures,
      args: { id: t.arg.id({ required: true, description: "The key to end." }) },
      resolve: async (_root, { id }, { services }) => {
        await services.apiKeys.remove(id)
        return { apiKeyId: id }
      },
    }),
  }))
}
