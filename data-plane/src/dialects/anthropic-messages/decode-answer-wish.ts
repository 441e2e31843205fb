/** What a messages request says of the answer's form, and whether the web is to be searched for it. */
import type { ResponseFormat, WebSearch } from "../../canonical/request.ts"
import { invalid, isAbsent, isObject, type WireObject } from "../read-wire.ts"

export interface AnswerWish {
  readonly responseFormat?: ResponseFormat
  readonly webSearch?: WebSearch
}

/** `hasTools`: the client runs tools itself, so that the request is more than a search. */
export function decodeAnswerWish(body: WireObject, hasTools: boolean): AnswerWish {
  const responseFormat = decodeFormat(body)
  const webSearch = decodeSearch(body["tools"], hasTools)
  return {
    ...(responseFormat === undefined ? {} : { responseFormat }),
    ...(webSearch === undefined ? {} : { webSearch }),
  }
}

/** The vendor's search under any of its dated names. */
export function isSearchTool({ type }: WireObject): boolean {
  return typeof type === "string" && /^web_search_\d+$/.test(type)
}

/** `output_config.format`, else `output_format`, which it was called before. */
function decodeFormat({ output_config: config, output_format: old }: WireObject): ResponseFormat | undefined {
  const format = isObject(config) ? config["format"] : undefined
  return isAbsent(format) ? readFormat(old, "output_format") : readFormat(format, "output_config.format")
}

function readFormat(wire: unknown, path: string): ResponseFormat | undefined {
  if (isAbsent(wire)) return undefined
  if (!isObject(wire) || wire["type"] !== "json_schema") throw invalid(`${path}.type`, "must be json_schema")
  const { schema } = wire
  if (!isObject(schema)) throw invalid(`${path}.schema`, "must be a JSON Schema")
  return { type: "json-schema", schema }
}

function decodeSearch(tools: unknown, hasTools: boolean): WebSearch | undefined {
  const tool = Array.isArray(tools) ? tools.filter(isObject).find(isSearchTool) : undefined
  if (tool === undefined) return undefined
  const allowed = tool["allowed_domains"]
  const domains = Array.isArray(allowed) ? allowed.filter((domain) => typeof domain === "string") : []
  return { ...(domains.length === 0 ? {} : { domains }), ...(hasTools ? {} : { anyModel: true }) }
}
