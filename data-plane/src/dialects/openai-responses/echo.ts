import { isAbsent, isObject, type WireObject } from "../read-wire.ts"

/** Fields of the request that the response object repeats as they were. */
const REPEATED = ["max_output_tokens", "temperature", "top_p", "truncation", "tool_choice", "metadata", "user"] as const

/** An agent's tools and schemas are long, and would go back three times an answer. */
const LONGEST_ECHO = 2_000

/** What the response object says of its request. Absent fields get this wire's defaults there. */
export function echoOf(body: WireObject): WireObject {
  const echo: Record<string, unknown> = {}
  for (const name of REPEATED) if (!isAbsent(body[name])) echo[name] = body[name]
  const { parallel_tool_calls: parallel, reasoning, text, tools } = body
  if (typeof parallel === "boolean") echo["parallel_tool_calls"] = parallel
  if (isObject(reasoning)) {
    echo["reasoning"] = { effort: reasoning["effort"] ?? null, summary: reasoning["summary"] ?? null }
  }
  if (isObject(text) && isShort(text)) echo["text"] = { format: { type: "text" }, ...text }
  if (Array.isArray(tools) && tools.length < 8 && isShort(tools)) echo["tools"] = tools
  return echo
}

function isShort(value: unknown): boolean {
  return JSON.stringify(value).length <= LONGEST_ECHO
}
