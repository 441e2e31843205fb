/**
 * Freeform tools (`custom`) of OpenAI's wires: the model writes one text for them, of any form or after a grammar. Upstreams know
 * functions only, so such a tool goes there as a function with one string, and the string comes back as the text, byte for byte.
 */
import { ADDED, FREEFORM_INPUT, freeformGrammar } from "../canonical/gateway-text.ts"
import type { ToolCallPart } from "../canonical/part.ts"
import type { Tool } from "../canonical/request.ts"
import { parseArguments } from "../canonical/tool-arguments.ts"
import { isAbsent, isObject, type WireObject } from "./read-wire.ts"

/** `wire` holds description and format, whatever stands around them. Adds its mark to `dropped`. */
export function freeformTool(name: string, wire: WireObject, dropped: string[]): Tool {
  const description = [wire["description"], grammarOf(wire["format"])].filter(isText).join("\n\n")
  dropped.push(ADDED.freeformTool)
  return {
    name,
    ...(description === "" ? {} : { description }),
    parameters: {
      type: "object",
      properties: { input: { type: "string", description: FREEFORM_INPUT } },
      required: ["input"],
    },
  }
}

/** A call of the history. An input that is no text is kept as its JSON. */
export function freeformCall(id: string, name: string, input: unknown): ToolCallPart {
  const text = typeof input === "string" ? input : isAbsent(input) ? "" : JSON.stringify(input)
  return { type: "tool-call", id, name, arguments: { input: text } }
}

/** What the model wrote, from the arguments of its call. Arguments of another form are kept as they are. */
export function freeformInput(json: string): string {
  const input = parseArguments(json)?.["input"]
  return typeof input === "string" ? input : json
}

/** `{type: "grammar", syntax, definition}`, or the same with an inner `grammar`. */
function grammarOf(format: unknown): string | undefined {
  if (!isObject(format) || format["type"] !== "grammar") return undefined
  const { syntax, definition } = isObject(format["grammar"]) ? format["grammar"] : format
  return isText(definition) ? freeformGrammar(isText(syntax) ? syntax : "", definition) : undefined
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== ""
}
