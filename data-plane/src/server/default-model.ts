import { GatewayError } from "../canonical/error.ts"
import type { ChatRequest } from "../canonical/request.ts"

/** Some follow-ups of agents name no model. Throws `missing_parameter` where the operator set none for them. */
export function withModel(request: ChatRequest, defaultModel: string | undefined): ChatRequest {
  if (request.model !== "") return request
  if (defaultModel !== undefined) return { ...request, model: defaultModel }
  throw new GatewayError("missing_parameter", "model: name the model to ask; this gateway has no default.", {
    param: "model",
  })
}
