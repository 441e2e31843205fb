import { builder } from "../builder.ts"
import { Dialect, RequestOutcome } from "./enums.ts"

export const RequestFilter = builder.inputType("RequestFilter", {
  description: "A request is shown when it fits all that is given; an empty list fits none.",
  fields: (t) => ({
    outcomes: t.field({ type: [RequestOutcome], description: "One of these." }),
    status: t.int({ description: "What the client was answered with." }),
    errorCode: t.string({ description: "Of docs/reference/errors.md." }),
    failureClass: t.string({ description: "Some attempt failed in this way, even where a later one was served." }),
    model: t.string({ description: "What the name was resolved to." }),
    requestedModel: t.string({ description: "The name as the client wrote it." }),
    apiKeyId: t.id({ description: "Also of a key that is gone." }),
    accountId: t.id({ description: "Some attempt was made with it." }),
    dialect: t.field({ type: Dialect, description: "The API that it came through." }),
    nodeId: t.id({ description: "The data plane that served it." }),
    conversationId: t.id({ description: "Of a RequestConversation." }),
    text: t.string({ description: "Part of the message of what did not complete, or a whole request id." }),
    minDurationMs: t.float({ description: "It took at least this long." }),
    retried: t.boolean({ description: "True: it took more than one attempt." }),
    captured: t.boolean({ description: "True: its bodies were captured, and not erased since." }),
    since: t.field({ type: "DateTime", description: "It began then or later." }),
    until: t.field({ type: "DateTime", description: "It began before." }),
  }),
})
