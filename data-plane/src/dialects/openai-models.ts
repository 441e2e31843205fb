/** The model list as all of OpenAI's clients read it. */
import type { ListedModel } from "./dialect.ts"
import { MODEL_OWNERS, modelFamily } from "./model-family.ts"

/** Catalogues do not say when a model appeared; clients want a number. */
const CREATED_AT = 1_760_000_000

export interface OpenAiModel {
  readonly id: string
  readonly object: "model"
  readonly created: number
  readonly owned_by: string
  readonly display_name?: string
  readonly context_length?: number
  readonly max_output_tokens?: number
}

/** Codex asks with `client_version` and wants its own `models` beside the list: left empty, its entries carry a schema of their own. */
export function encodeModelList(models: readonly ListedModel[], query: URLSearchParams): unknown {
  const list = { object: "list", data: models.map(encodeModel) }
  return query.has("client_version") ? { ...list, models: [] } : list
}

export function encodeModel(model: ListedModel): OpenAiModel {
  return {
    id: model.id,
    object: "model",
    created: CREATED_AT,
    owned_by: MODEL_OWNERS[modelFamily(model.aliasOf ?? model.id)],
    ...(model.displayName === undefined ? {} : { display_name: model.displayName }),
    ...(model.maxInputTokens === undefined ? {} : { context_length: model.maxInputTokens }),
    ...(model.maxOutputTokens === undefined ? {} : { max_output_tokens: model.maxOutputTokens }),
  }
}
