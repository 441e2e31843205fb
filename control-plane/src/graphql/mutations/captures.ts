import type { ApiKeyModel } from "#generated/sqlite/models.ts"
import { builder, expectedFailures } from "../builder.ts"
import { freshPrincipal } from "../fresh.ts"
import { ApiKey } from "../types/api-key.ts"

interface Changed {
  readonly apiKey: ApiKeyModel
}

const StartCaptureSuccess = builder.objectRef<Changed>("StartCaptureSuccess").implement({
  description: "The connected data planes capture it.",
  fields: (t) => ({ apiKey: t.expose("apiKey", { type: ApiKey, description: "As it is now." }) }),
})

const StopCaptureSuccess = builder.objectRef<Changed>("StopCaptureSuccess").implement({
  description: "The connected data planes capture it no more. What was captured stays until it is erased.",
  fields: (t) => ({ apiKey: t.expose("apiKey", { type: ApiKey, description: "As it is now." }) }),
})

const EraseCapturesSuccess = builder.objectRef<{ readonly erased: number }>("EraseCapturesSuccess").implement({
  description: "What was captured is gone.",
  fields: (t) => ({
    erased: t.exposeInt("erased", {
      description: "Requests whose bodies were erased. What is still at data planes is not kept when it arrives.",
    }),
  }),
})

/** Capturing bodies of requests. Who may do it reads what users write. */
export function addCaptureMutations(): void {
  builder.mutationFields((t) => ({
    startCapture: t.field({
      type: StartCaptureSuccess,
      description:
        "Captures the bodies of a key's requests until a time, at most 24 hours from now; asked again, until another. A session needs its password again (reauthentication_required).",
      authScopes: { scope: "ADMIN" },
      errors: expectedFailures,
      args: {
        apiKeyId: t.arg.id({ required: true, description: "Whose requests." }),
        until: t.arg({ type: "DateTime", required: true, description: "Requests that begin then are not captured." }),
      },
      resolve: async (_root, { apiKeyId, until }, context) => {
        freshPrincipal(context)
        return { apiKey: await context.services.captures.start(apiKeyId, until) }
      },
    }),
    stopCapture: t.field({
      type: StopCaptureSuccess,
      description: "Ends the capture of a key's requests. Those under way are still captured to their end.",
      authScopes: { scope: "ADMIN" },
      errors: expectedFailures,
      args: { apiKeyId: t.arg.id({ required: true, description: "Whose requests." }) },
      resolve: async (_root, { apiKeyId }, { services }) => ({ apiKey: await services.captures.stop(apiKeyId) }),
    }),
    eraseCaptures: t.field({
      type: EraseCapturesSuccess,
      description: "Erases what was captured, of a key or of all, without waiting for its time.",
      authScopes: { scope: "ADMIN" },
      errors: expectedFailures,
      args: { apiKeyId: t.arg.id({ description: "Whose requests; null: everybody's." }) },
      resolve: async (_root, { apiKeyId }, { services }) => ({
        erased: await services.captures.erase(apiKeyId ?? undefined),
      }),
    }),
  }))
}
