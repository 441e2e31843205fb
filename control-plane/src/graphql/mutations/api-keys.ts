import type { ApiKeyModel } from "#generated/sqlite/models.ts"
import { builder, expectedFailures } from "../builder.ts"
import { ApiKey } from "../types/api-key.ts"

const CreateApiKeyInput = builder.inputType("CreateApiKeyInput", {
  fields: (t) => ({
    name: t.string({ required: true }),
    expiresAt: t.field({ type: "DateTime" }),
    maxConcurrent: t.int({ description: "Requests of it that may run at the same time; others wait in turn." }),
    tokensPerDay: t.field({
      type: "BigInt",
      description: "Tokens, in and out, in one UTC day; what is under way when they are used up still ends.",
    }),
  }),
})

const CreateApiKeySuccess = builder
  .objectRef<{ readonly apiKey: ApiKeyModel; readonly secret: string }>("CreateApiKeySuccess")
  .implement({
    fields: (t) => ({
      apiKey: t.expose("apiKey", { type: ApiKey }),
      secret: t.exposeString("secret", { description: "Shown this once." }),
    }),
  })

const RemoveApiKeySuccess = builder.objectRef<{ readonly apiKeyId: string }>("RemoveApiKeySuccess").implement({
  fields: (t) => ({ apiKeyId: t.exposeID("apiKeyId") }),
})

/** Making and removing API keys. */
export function addApiKeyMutations(): void {
  builder.mutationFields((t) => ({
    createApiKey: t.field({
      type: CreateApiKeySuccess,
      authScopes: { scope: "OPERATE" },
      errors: expectedFailures,
      args: { input: t.arg({ type: CreateApiKeyInput, required: true }) },
      resolve: async (_root, { input }, { services }) => {
        const { row, secret } = await services.apiKeys.create(input)
        return { apiKey: row, secret }
      },
    }),
    removeApiKey: t.field({
      type: RemoveApiKeySuccess,
      authScopes: { scope: "OPERATE" },
      errors: expectedFailures,
      args: { id: t.arg.id({ required: true }) },
      resolve: async (_root, { id }, { services }) => {
        await services.apiKeys.remove(id)
        return { apiKeyId: id }
      },
    }),
  }))
}
