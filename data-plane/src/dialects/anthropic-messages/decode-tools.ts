/** What a messages request says of tools. */
import type { Tool, ToolChoice } from "../../canonical/request.ts"
import type { Findings } from "../content-blocks.ts"
import { invalid, isAbsent, isObject, type WireObject } from "../read-wire.ts"
import { clientTool } from "./client-tools.ts"
import { isSearchTool } from "./decode-answer-wish.ts"

export interface ToolRequest {
  readonly tools?: readonly Tool[]
  readonly toolChoice?: ToolChoice
}

/** Call it after the messages were read: they tell which deferred tools are loaded. Adds to `findings.dropped`. */
export function decodeTools(body: WireObject, findings: Findings): ToolRequest {
  const tools = readTools(body["tools"], findings)
  const toolChoice = decodeToolChoice(body["tool_choice"])
  return {
    ...(tools.length === 0 ? {} : { tools }),
    ...(toolChoice === undefined ? {} : { toolChoice }),
  }
}

function readTools(list: unknown, findings: Findings): readonly Tool[] {
  if (!isAbsent(list) && !Array.isArray(list)) throw invalid("tools", "must be a list of tools")
  const { definedTools, loadedTools, removedTools } = findings
  const asked = Array.isArray(list) ? list.map((wire: unknown, index) => ({ wire, path: `tools[${index}]` })) : []
  const tools: Tool[] = []
  for (const { wire, path } of [...asked, ...definedTools]) {
    if (!isObject(wire)) throw invalid(path, "must be an object")
    if (isSearchTool(wire)) continue
    const tool = decodeTool(wire, path)
    if (tool === undefined) {
      findings.dropped.push(path)
      continue
    }
    // Left out until it is loaded, and after it was taken away, as the client wishes: no loss.
    const isLoaded = wire["defer_loading"] !== true || loadedTools.has(tool.name)
    if (isLoaded && !removedTools.has(tool.name)) tools.push(tool)
  }
  return tools
}

/** A tool of the client's own, or a built-in one that the client runs; undefined for what the vendor runs. */
function decodeTool(wire: WireObject, path: string): Tool | undefined {
  const { type, name, description } = wire
  const isOwn = isAbsent(type) || type === "custom"
  if (isOwn && (typeof name !== "string" || name === "")) throw invalid(`${path}.name`, "Field required")
  if (typeof name !== "string") return undefined
  if (!isOwn) return clientTool(String(type), name, wire)
  return {
    name,
    ...(typeof description === "string" && description !== "" ? { description } : {}),
    parameters: wire["input_schema"],
  }
}

function decodeToolChoice(wire: unknown): ToolChoice | undefined {
  if (isAbsent(wire)) return undefined
  if (!isObject(wire)) throw invalid("tool_choice", "must be an object with a type")
  const { type, name } = wire
  switch (type) {
    case "auto":
    case "none":
      return { type }
    case "any":
      return { type: "required" }
    case "tool":
      if (typeof name !== "string" || name === "") throw invalid("tool_choice.name", "Field required")
      return { type: "tool", name }
    default:
      throw invalid("tool_choice.type", "must be auto, any, tool or none")
  }
}
