import type { ApiKeyModel } from "#generated/sqlite/models.ts"
import { REPLAY_WAIT_MS, type Replayed } from "../../captures/replays.ts"
import { requestOutcome } from "../../link/request-rows.ts"
import { builder, expectedFailures } from "../builder.ts"
import { freshPrincipal } from "../fresh.ts"
import { takesUpTo } from "../limits.ts"
import { ApiKey } from "../types/api-key.ts"
import { CapturedExchange } from "../types/capture.ts"
import { describedValues } from "../types/described-values.ts"
import { RequestOutcome } from "../types/enums.ts"

interface Changed {
  readonly apiKey: ApiKeyModel
}

const StartCaptureSuccess = builder.objectRef<Changed>("StartCaptureSuccess").implement({
  description: "The connected data planes capture it.",
  fields: (t) => ({ apiKey: t.expose("apiKey", { type: ApiKey, description: "As it is now." }) }),
})

const EndCaptureSuccess = builder.objectRef<Changed>("EndCaptureSuccess").implement({
  description: "The connected data planes capture it no more. What was captured stays until it is erased.",
  fields: (t) => ({ apiKey: t.expose("apiKey", { type: ApiKey, description: "As it is now." }) }),
})

const RemoveCapturesSuccess = builder.objectRef<{ readonly erased: number }>("RemoveCapturesSuccess").implement({
  description: "What was captured is gone.",
  fields: (t) => ({
    erased: t.exposeInt("erased", {
      description: "Requests whose bodies were erased. What is still at data planes is not kept when it arrives.",
    }),
  }),
})

const ReplayTargetType = builder.enumType("ReplayTarget", {
  description: "Where a captured request goes again.",
  values: describedValues({
    POOL: "As any request of its key: it is counted and recorded, and an account pays for it.",
    ADDRESS: "To an upstream on the data plane's own machine, such as the simulator, with an account that is made up.",
    TRANSLATION: "Nowhere: what would be sent is made and shown.",
  } as const),
})

const ReplayRequestInput = builder.inputType("ReplayRequestInput", {
  description: "Where a captured request goes again.",
  fields: (t) => ({
    target: t.field({ type: ReplayTargetType, required: true, description: "Which way." }),
    address: t.string({ description: "Of the target ADDRESS: as http://127.0.0.1:8090." }),
  }),
})

const ReplayRequestSuccess = builder.objectRef<Replayed>("ReplayRequestSuccess").implement({
  description: "The request was sent again, and has ended.",
  fields: (t) => ({
    requestId: t.id({
      description: "Of the new one. It is among the requests when it went to the pool.",
      resolve: ({ capture }) => capture.exchangeId,
    }),
    outcome: t.field({
      type: RequestOutcome,
      description: "How it ended; one that is not sent is CANCELLED.",
      resolve: ({ outcome }) => requestOutcome(outcome),
    }),
    errorCode: t.string({
      nullable: true,
      description: "Of docs/reference/errors.md; null: there was no error.",
      resolve: ({ errorCode }) => errorCode ?? null,
    }),
    capture: t.expose("capture", {
      type: CapturedExchange,
      description: "All of it, to be laid beside the first one's.",
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
        id: t.arg.id({ required: true, description: "Whose requests." }),
        until: t.arg({ type: "DateTime", required: true, description: "Requests that begin then are not captured." }),
      },
      resolve: async (_root, { id, until }, context) => {
        freshPrincipal(context)
        return { apiKey: await context.services.captures.start(id, until) }
      },
    }),
    replayRequest: t.field({
      type: ReplayRequestSuccess,
      description:
        "Sends a captured request again, through a data plane that is connected, and answers when it has ended. A session needs its password again (reauthentication_required).",
      authScopes: { scope: "ADMIN" },
      errors: expectedFailures,
      extensions: takesUpTo(REPLAY_WAIT_MS + 10_000),
      args: {
        id: t.arg.id({ required: true, description: "Of the request, whose bodies were captured." }),
        input: t.arg({ type: ReplayRequestInput, required: true, description: "Where it goes." }),
      },
      resolve: (_root, { id, input: { target, address } }, context) => {
        freshPrincipal(context)
        const to = target.toLowerCase() as Lowercase<typeof target> // what toLowerCase makes of it
        return context.services.replays.replay(id, to, address ?? undefined)
      },
    }),
    endCapture: t.field({
      type: EndCaptureSuccess,
      description: "Ends the capture of a key's requests. Those under way are still captured to their end.",
      authScopes: { scope: "ADMIN" },
      errors: expectedFailures,
      args: { id: t.arg.id({ required: true, description: "Whose requests." }) },
      resolve: async (_root, { id }, { services }) => ({ apiKey: await services.captures.stop(id) }),
    }),
    removeCaptures: t.field({
      type: RemoveCapturesSuccess,
      description: "Erases what was captured, of a key or of all, without waiting for its time.",
      authScopes: { scope: "ADMIN" },
      errors: expectedFailures,
      args: { id: t.arg.id({ description: "Whose requests; null: everybody's." }) },
      resolve: async (_root, { id }, { services }) => ({
        erased: await services.captures.erase(id ?? undefined),
      }),
    }),
  }))
}
