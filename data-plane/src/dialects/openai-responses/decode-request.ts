import { GatewayError } from "../../canonical/error.ts"
import { ADDED, COMPACTION_PROMPT } from "../../canonical/gateway-text.ts"
import type { ChatRequest, Decoded, ResponseFormat, Sampling } from "../../canonical/request.ts"
import { createFindings } from "../content-blocks.ts"
import type { CallAddress, RequestHeaders } from "../dialect.ts"
import { droppedPaths, mergeDropped } from "../field-table.ts"
import { readConversation } from "../openai-request.ts"
import {
  invalid,
  isAbsent,
  isObject,
  readBody,
  readBoolean,
  readInteger,
  readNumber,
  readString,
  type WireObject,
} from "../read-wire.ts"
import { newestTexts } from "./compaction.ts"
import { decodeInput, type DecodedInput } from "./decode-items.ts"
import { decodeTools, type ToolRequest } from "./decode-tools.ts"
import { echoOf } from "./echo.ts"
import { keepExtra, type Compaction } from "./extra.ts"
import { decodeReasoning, sealsReasoning } from "./reasoning.ts"
import { RESPONSES_TREE } from "./wire.ts"

/** What only a gateway that stores answers could carry out. */
const STORED = [
  ["previous_response_id", "answers are not stored here; send the whole conversation as input"],
  ["conversation", "conversations are not stored here; send the whole conversation as input"],
  ["prompt", "prompts are not stored here; send their text"],
] as const

/** `address.form` is `compact` for a call that wants its conversation summarised. */
export function decodeRequest(wire: unknown, headers: RequestHeaders, address?: CallAddress): Decoded<ChatRequest> {
  const body = readBody(wire)
  refuseStored(body)
  const findings = createFindings()
  const input = decodeInput(body["input"], readString(body, "instructions"), findings)
  const compaction = compactionOf(input, address)
  if (compaction !== undefined) {
    input.turns.addTurn("user", [{ type: "text", text: COMPACTION_PROMPT }])
    findings.dropped.push(ADDED.compactionPrompt)
  }
  const tools = decodeTools(body, input.toolLists, findings.dropped)
  const dropped = mergeDropped(droppedPaths(body, RESPONSES_TREE).filter(isLoss(body)), findings.dropped)
  if (input.turns.turns.length === 0 && input.turns.system.length === 0) throw nothingLeft(input, dropped)
  const reasoning = decodeReasoning(body)
  const conversation = readConversation(body, headers, ["prompt_cache_key", "user"], ["thread-id"])
  const value: ChatRequest = {
    model: readString(body, "model") ?? "",
    // A whole summary is one object, whatever the body says.
    stream: compaction?.form !== "whole" && readBoolean(body, "stream") === true,
    system: input.turns.system,
    turns: input.turns.turns,
    sampling: decodeSampling(body),
    ...(compaction === undefined ? { ...tools.asked, ...decodeFormat(body) } : toolsForHistory(tools)),
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(conversation === undefined ? {} : { conversation }),
    extra: keepExtra({
      sealsReasoning: sealsReasoning(body),
      calls: tools.calls,
      echo: echoOf(body),
      ...(compaction === undefined ? {} : { compaction }),
    }),
  }
  return { value, dropped: [...dropped, ...input.turns.added] }
}

function refuseStored(body: WireObject): void {
  for (const [param, why] of STORED) {
    if (!isAbsent(body[param])) throw new GatewayError("unsupported_parameter", `${param}: ${why}.`, { param })
  }
  if (body["background"] === true) {
    const sentence = "background: answers are not stored here to be fetched later; ask without it."
    throw new GatewayError("unsupported_parameter", sentence, { param: "background" })
  }
}

function compactionOf({ hasTrigger, userTexts }: DecodedInput, address?: CallAddress): Compaction | undefined {
  if (address?.form === "compact") return { form: "whole", kept: newestTexts(userTexts) }
  return hasTrigger ? { form: "item", kept: [] } : undefined
}

/** A summary calls nothing, but the calls of its history want their tools declared. */
function toolsForHistory({ asked: { tools } }: ToolRequest): Partial<ChatRequest> {
  return tools === undefined ? {} : { tools, toolChoice: { type: "none" } }
}

/** Calls side by side are what the upstream does anyway; only the wish for none is lost. */
function isLoss(body: WireObject): (path: string) => boolean {
  return (path) => path !== "parallel_tool_calls" || body["parallel_tool_calls"] !== true
}

function decodeSampling(body: WireObject): Sampling {
  const maxOutputTokens = readInteger(body, "max_output_tokens", 1)
  const temperature = readNumber(body, "temperature")
  const topP = readNumber(body, "top_p")
  return {
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
  }
}

/** The schema stands beside its type here, not below it. */
function decodeFormat({ text }: WireObject): { readonly responseFormat?: ResponseFormat } {
  if (isAbsent(text)) return {}
  if (!isObject(text)) throw invalid("text", "must be an object")
  const { format } = text
  if (isAbsent(format)) return {}
  if (!isObject(format)) throw invalid("text.format", "must be an object with a type")
  switch (format["type"]) {
    case "text":
      return {}
    case "json_object":
      return { responseFormat: { type: "json" } }
    case "json_schema": {
      const { schema, name } = format
      if (!isObject(schema)) throw invalid("text.format.schema", "must be a JSON Schema")
      return { responseFormat: { type: "json-schema", schema, ...(typeof name === "string" ? { name } : {}) } }
    }
    default:
      throw invalid("text.format.type", "must be text, json_object or json_schema")
  }
}

function nothingLeft({ hasReference }: DecodedInput, dropped: readonly string[]): GatewayError {
  if (hasReference) {
    const sentence = "input: its items refer to items of earlier answers, which are not stored here; send them whole."
    return new GatewayError("not_stored", sentence, { param: "input" })
  }
  const lost = dropped.filter((path) => path.startsWith("input"))
  const why = lost.length === 0 ? "" : ` What it holds is not carried: ${lost.slice(0, 5).join(", ")}.`
  return invalid("input", `holds nothing that can be sent.${why}`)
}
