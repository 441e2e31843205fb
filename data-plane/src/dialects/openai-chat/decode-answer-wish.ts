/** What a chat request says of the answer's form, and whether the web is to be searched for it. */
import type { ResponseFormat, WebSearch } from "../../canonical/request.ts"
import { invalid, isAbsent, isObject, type WireObject } from "../read-wire.ts"

export interface AnswerWish {
  readonly responseFormat?: ResponseFormat
  readonly webSearch?: WebSearch
}

export function decodeAnswerWish(body: WireObject): AnswerWish {
  const responseFormat = decodeFormat(body["response_format"])
  const webSearch = decodeSearch(body)
  return {
    ...(responseFormat === undefined ? {} : { responseFormat }),
    ...(webSearch === undefined ? {} : { webSearch }),
  }
}

/** A tool of the vendor's own for it, under any of its dated names. A client may say that it wants no live search. */
export function isSearchTool(tool: WireObject): boolean {
  const { type } = tool
  return typeof type === "string" && type.startsWith("web_search") && tool["external_web_access"] !== false
}

function decodeFormat(wire: unknown): ResponseFormat | undefined {
  if (isAbsent(wire)) return undefined
  if (!isObject(wire)) throw invalid("response_format", "must be an object with a type")
  switch (wire["type"]) {
    case "text":
      return undefined
    case "json_object":
      return { type: "json" }
    case "json_schema":
      return decodeSchema(wire["json_schema"])
    default:
      throw invalid("response_format.type", "must be text, json_object or json_schema")
  }
}

function decodeSchema(wire: unknown): ResponseFormat {
  if (!isObject(wire)) throw invalid("response_format.json_schema", "must be an object with a schema")
  const { name, schema } = wire
  if (isAbsent(schema)) return { type: "json" }
  if (!isObject(schema)) throw invalid("response_format.json_schema.schema", "must be a JSON Schema")
  return { type: "json-schema", schema, ...(typeof name === "string" && name !== "" ? { name } : {}) }
}

function decodeSearch({ tools, web_search_options: options }: WireObject): WebSearch | undefined {
  const tool = Array.isArray(tools) ? tools.filter(isObject).find(isSearchTool) : undefined
  if (tool === undefined && isAbsent(options)) return undefined
  const filters = tool?.["filters"]
  const allowed = isObject(filters) ? filters["allowed_domains"] : undefined
  const domains = Array.isArray(allowed) ? allowed.filter((domain) => typeof domain === "string") : []
  return domains.length === 0 ? {} : { domains }
}
