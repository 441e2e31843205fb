/** What a chat request says of tools, in all the shapes that its clients use. */
import type { Tool, ToolChoice } from "../../canonical/request.ts"
import { freeformTool } from "../freeform-tools.ts"
import { invalid, isAbsent, isObject, type WireObject } from "../read-wire.ts"
import { isSearchTool } from "./decode-answer-wish.ts"

export interface ToolRequest {
  readonly tools?: readonly Tool[]
  readonly toolChoice?: ToolChoice
}

/** `tools` and `tool_choice`, or the old `functions` and `function_call` where there are no tools. Adds to `dropped`. */
export function decodeTools(body: WireObject, dropped: string[]): ToolRequest {
  const isLegacy = usesLegacyFunctions(body)
  const tools = isLegacy
    ? readTools(body["functions"], "functions", dropped)
    : readTools(body["tools"], "tools", dropped)
  if (!isLegacy) dropped.push(...["functions", "function_call"].filter((name) => !isEmpty(body[name])))
  const toolChoice = isLegacy ? decodeLegacyChoice(body["function_call"]) : decodeToolChoice(body["tool_choice"])
  return {
    ...(tools.length === 0 ? {} : { tools }),
    ...(toolChoice === undefined ? {} : { toolChoice }),
  }
}

/** The answer has the old form then too. */
export function usesLegacyFunctions(body: WireObject): boolean {
  const { tools, functions, function_call: choice } = body
  const hasTools = Array.isArray(tools) && tools.length > 0
  return !hasTools && ((Array.isArray(functions) && functions.length > 0) || !isAbsent(choice))
}

function isEmpty(value: unknown): boolean {
  return isAbsent(value) || (Array.isArray(value) && value.length === 0)
}

function readTools(list: unknown, path: string, dropped: string[]): readonly Tool[] {
  if (isAbsent(list)) return []
  if (!Array.isArray(list)) throw invalid(path, "must be a list of tools")
  const tools: Tool[] = []
  for (const [index, wire] of list.entries()) {
    const at = `${path}[${index}]`
    if (!isObject(wire)) throw invalid(at, "must be an object")
    if (isSearchTool(wire)) continue
    const tool = decodeTool(wire, at) ?? decodeFreeform(wire, at, dropped)
    if (tool === undefined) dropped.push(at)
    else tools.push(tool)
  }
  return tools
}

/** `{type, function: {…}}`, the same without the wrapper, or Anthropic's `{name, input_schema}`. Undefined for any other tool. */
function decodeTool(wire: WireObject, path: string): Tool | undefined {
  const { type } = wire
  const isFunction = isAbsent(type) || type === "function" || (type === "custom" && isObject(wire["input_schema"]))
  if (!isFunction) return undefined
  const isWrapped = isObject(wire["function"])
  const own: WireObject = isWrapped ? (wire["function"] as WireObject) : wire // checked above
  const { name, description } = own
  if (typeof name !== "string" || name === "") {
    throw invalid(`${path}${isWrapped ? ".function" : ""}.name`, "must name the function")
  }
  return {
    name,
    ...(typeof description === "string" && description !== "" ? { description } : {}),
    parameters: own["parameters"] ?? own["input_schema"],
  }
}

/** With or without the inner `custom`. */
function decodeFreeform(wire: WireObject, path: string, dropped: string[]): Tool | undefined {
  if (!isFreeform(wire)) return undefined
  const own = isObject(wire["custom"]) ? wire["custom"] : wire
  const { name } = own
  if (typeof name !== "string" || name === "") throw invalid(`${path}.custom.name`, "must name the tool")
  return freeformTool(name, own, dropped)
}

/** Anthropic calls a function of the client's own `custom` too; it has a schema. */
function isFreeform({ type, input_schema: schema }: WireObject): boolean {
  return type === "custom" && !isObject(schema)
}

/** Names of freeform tools: their calls are answered as such. */
export function freeformNames({ tools }: WireObject): ReadonlySet<string> {
  if (!Array.isArray(tools)) return new Set()
  const named = tools.filter(isObject).filter(isFreeform)
  return new Set(named.map((wire) => String((isObject(wire["custom"]) ? wire["custom"] : wire)["name"])))
}

/** OpenAI's own forms, with and without the inner wrapper, and Anthropic's. */
function decodeToolChoice(wire: unknown): ToolChoice | undefined {
  if (isAbsent(wire)) return undefined
  const word = isObject(wire) ? (wire["type"] ?? (isNamed(wire) ? "function" : undefined)) : wire
  // Where it is the only tool it is what the model does; beside functions there is none.
  if (isObject(wire) && isSearchTool(wire)) return undefined
  switch (word) {
    case "none":
    case "auto":
    case "required":
      return { type: word }
    case "any":
      return { type: "required" }
    case "function":
    case "custom":
    case "tool":
      return { type: "tool", name: readName(wire, "tool_choice") }
    case "allowed_tools":
      return decodeAllowed(wire)
    default:
      throw invalid("tool_choice", "must be none, auto, required, a named function or allowed_tools")
  }
}

function isNamed(wire: WireObject): boolean {
  return isObject(wire["function"]) || isObject(wire["custom"])
}

function decodeAllowed(wire: unknown): ToolChoice {
  const outer = isObject(wire) ? wire : {}
  const { mode, tools } = isObject(outer["allowed_tools"]) ? outer["allowed_tools"] : outer
  if (!Array.isArray(tools)) throw invalid("tool_choice.allowed_tools.tools", "must be a list of tools")
  return {
    type: "allowed",
    mode: mode === "required" ? "required" : "auto",
    names: tools.map((tool: unknown, index) => readName(tool, `tool_choice.allowed_tools.tools[${index}]`)),
  }
}

function decodeLegacyChoice(wire: unknown): ToolChoice | undefined {
  if (isAbsent(wire)) return undefined
  if (wire === "none" || wire === "auto") return { type: wire }
  return { type: "tool", name: readName(wire, "function_call") }
}

function readName(wire: unknown, path: string): string {
  const outer = isObject(wire) ? wire : {}
  const inner = [outer["function"], outer["custom"], outer].find(isObject)
  const name = inner?.["name"]
  if (typeof name !== "string" || name === "") throw invalid(path, "must name a function")
  return name
}
