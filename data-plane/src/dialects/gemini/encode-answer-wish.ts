/** What the answer is to be made of and to look like: a web search, and one JSON value. */
import { ADDED, formatInstruction } from "../../canonical/gateway-text.ts"
import type { ChatRequest } from "../../canonical/request.ts"
import { normaliseResponseSchema } from "../../schema/normalise.ts"
import type { JsonAnswer, RequestPurpose, TargetModel } from "../dialect.ts"
import type { ModelFamily } from "../model-family.ts"
import type { GeminiGenerationConfig, GeminiSearchTool } from "./wire.ts"

export interface EncodedSearch {
  readonly tool: GeminiSearchTool
  readonly purpose?: RequestPurpose
}

/** Undefined where nothing may be searched: only Google's models search here, and not beside functions. */
export function encodeSearch(
  { webSearch, toolChoice }: ChatRequest,
  target: TargetModel,
  { family, hasFunctions }: { readonly family: ModelFamily; readonly hasFunctions: boolean },
  dropped: string[],
): EncodedSearch | undefined {
  // A client that wants no tool called wants no search either.
  if (webSearch === undefined || toolChoice?.type === "none") return undefined
  if (hasFunctions || family === "claude" || family === "gpt-oss") {
    dropped.push("webSearch")
    return undefined
  }
  const { domains = [] } = webSearch
  const isListed = target.catalogue?.supportsWebSearch === true
  return {
    tool: { googleSearch: domains.length === 0 ? {} : { includedDomains: domains } },
    ...(isListed ? { purpose: "web-search" } : {}),
  }
}

export interface EncodedFormat {
  readonly config: Pick<GeminiGenerationConfig, "responseMimeType" | "responseJsonSchema">
  /** Said to the model in words, where it takes no format. */
  readonly instruction?: string
  readonly json: JsonAnswer
}

/** Claude and GPT-OSS take no format, and nobody takes one beside tools: then it is said in words. */
export function encodeFormat(
  { responseFormat }: ChatRequest,
  { family, hasTools }: { readonly family: ModelFamily; readonly hasTools: boolean },
  dropped: string[],
): EncodedFormat | undefined {
  if (responseFormat === undefined) return undefined
  const schema = responseFormat.type === "json-schema" ? responseFormat.schema : undefined
  if (hasTools || family === "claude" || family === "gpt-oss") {
    dropped.push(ADDED.formatInstruction)
    return { config: {}, instruction: formatInstruction(schema), json: {} }
  }
  const config = { responseMimeType: "application/json" } as const
  if (schema === undefined) return { config, json: {} }
  const normalised = normaliseResponseSchema(schema, { family })
  if (normalised.changes.length > 0) dropped.push("responseFormat.schema")
  return { config: { ...config, responseJsonSchema: normalised.schema }, json: { schema: normalised } }
}
