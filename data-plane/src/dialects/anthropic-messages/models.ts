import { CLAUDE_LOOK } from "#shared/model-alias.ts"
import type { ListedModel } from "../dialect.ts"

/** Catalogues do not say when a model appeared; the vendor's type allows the epoch for that. */
const CREATED_AT = "1970-01-01T00:00:00Z"
/** The vendor's largest page. Lists here are short: without a `limit` the whole list is one page. */
const LONGEST_PAGE = 1000

export interface MessagesModel {
  readonly type: "model"
  readonly id: string
  readonly display_name: string
  readonly created_at: string
  readonly lifecycle: "active"
  readonly deprecated_at: null
  readonly retires_at: null
  readonly line: null
  readonly max_input_tokens: number | null
  readonly max_tokens: number | null
  readonly capabilities: null
}

export interface MessagesModelList {
  readonly data: readonly MessagesModel[]
  readonly has_more: boolean
  readonly first_id: string | null
  readonly last_id: string | null
}

/** Honours `limit`, `after_id` and `before_id`. A page after an id that is no longer listed is empty, so that no client loops. */
export function encodeModelList(listed: readonly ListedModel[], query: URLSearchParams): MessagesModelList {
  const models = [...listed, ...listed.flatMap(withClaudeLook)]
  const limit = pageLength(query.get("limit"))
  const after = query.get("after_id")
  const before = query.get("before_id")
  const [page, hasMore] = before === null ? pageAfter(models, after, limit) : pageBefore(models, before, limit)
  return {
    data: page.map(encodeModel),
    has_more: hasMore,
    first_id: page[0]?.id ?? null,
    last_id: page.at(-1)?.id ?? null,
  }
}

export function encodeModel(model: ListedModel): MessagesModel {
  return {
    type: "model",
    id: model.id,
    display_name: model.displayName ?? model.id,
    created_at: CREATED_AT,
    lifecycle: "active",
    deprecated_at: null,
    retires_at: null,
    line: null,
    max_input_tokens: model.maxInputTokens ?? null,
    max_tokens: model.maxOutputTokens ?? null,
    capabilities: null,
  }
}

/** The same model once more, under an id that Claude Code's picker keeps; the aliases know it. */
function withClaudeLook(model: ListedModel): readonly ListedModel[] {
  if (model.aliasOf !== undefined || model.id.toLowerCase().includes("claude")) return []
  return [{ ...model, id: `${CLAUDE_LOOK}${model.id}`, displayName: model.displayName ?? model.id, aliasOf: model.id }]
}

type Page = readonly [page: readonly ListedModel[], hasMore: boolean]

function pageAfter(models: readonly ListedModel[], after: string | null, limit: number): Page {
  const position = after === null ? -1 : models.findIndex((model) => model.id === after)
  if (after !== null && position < 0) return [[], false]
  const start = position + 1
  return [models.slice(start, start + limit), models.length > start + limit]
}

function pageBefore(models: readonly ListedModel[], before: string, limit: number): Page {
  const end = models.findIndex((model) => model.id === before)
  if (end < 0) return [[], false]
  const start = Math.max(0, end - limit)
  return [models.slice(start, end), start > 0]
}

function pageLength(limit: string | null): number {
  const asked = Number(limit)
  return Number.isInteger(asked) && asked >= 1 ? Math.min(asked, LONGEST_PAGE) : LONGEST_PAGE
}
