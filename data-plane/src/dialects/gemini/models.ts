import type { ListedModel } from "../dialect.ts"
import { writeModelName } from "./model-name.ts"

/** The vendor's largest page. Lists here are short: without a `pageSize` the whole list is one page. */
const LONGEST_PAGE = 1000

export interface GeminiModel {
  readonly name: string
  readonly version: string
  readonly displayName: string
  readonly description: string
  readonly inputTokenLimit?: number
  readonly outputTokenLimit?: number
  readonly supportedGenerationMethods: readonly string[]
  readonly thinking?: boolean
}

export interface GeminiModelList {
  readonly models: readonly GeminiModel[]
  readonly nextPageToken?: string
}

/** Honours `pageSize` and `pageToken`. A page after a model that is no longer listed is empty, so that no client loops. */
export function encodeModelList(models: readonly ListedModel[], query: URLSearchParams): GeminiModelList {
  const token = query.get("pageToken") ?? ""
  const position = token === "" ? -1 : models.findIndex((model) => pageToken(model) === token)
  if (token !== "" && position < 0) return { models: [] }
  const start = position + 1
  const page = models.slice(start, start + pageLength(query.get("pageSize")))
  const last = page.at(-1)
  const hasMore = models.length > start + page.length
  return { models: page.map(encodeModel), ...(hasMore && last !== undefined ? { nextPageToken: pageToken(last) } : {}) }
}

/** Says where the next page begins, whatever comes or goes before it. */
function pageToken({ id }: ListedModel): string {
  return Buffer.from(id).toString("base64url")
}

export function encodeModel(model: ListedModel): GeminiModel {
  const { id, aliasOf, displayName = id, maxInputTokens, maxOutputTokens, supportsThinking } = model
  return {
    name: writeModelName(id),
    version: "001",
    displayName,
    description: aliasOf === undefined ? displayName : `${displayName}, another name of ${aliasOf}`,
    ...(maxInputTokens === undefined ? {} : { inputTokenLimit: maxInputTokens }),
    ...(maxOutputTokens === undefined ? {} : { outputTokenLimit: maxOutputTokens }),
    supportedGenerationMethods: ["generateContent", "streamGenerateContent", "countTokens"],
    ...(supportsThinking === undefined ? {} : { thinking: supportsThinking }),
  }
}

function pageLength(size: string | null): number {
  const asked = Number(size)
  return Number.isInteger(asked) && asked >= 1 ? Math.min(asked, LONGEST_PAGE) : LONGEST_PAGE
}
