/** What a Gemini request says of tools. */
import type { Tool, ToolChoice, WebSearch } from "../../canonical/request.ts"
import { invalid, isAbsent, isObject, readObject, type WireObject } from "../read-wire.ts"

export interface ToolRequest {
  readonly tools?: readonly Tool[]
  readonly toolChoice?: ToolChoice
  readonly webSearch?: WebSearch
}

/** `body` is in its regular form. Tools that the vendor runs, but for the search, are listed as dropped by the field table. */
export function decodeTools(body: WireObject): ToolRequest {
  const tools: Tool[] = []
  let search: WebSearch | undefined
  for (const [index, wire] of toolList(body["tools"]).entries()) {
    const path = `tools[${index}]`
    if (!isObject(wire)) throw invalid(path, "must be an object")
    tools.push(...declarations(wire["functionDeclarations"], `${path}.functionDeclarations`))
    const asked = readObject(wire["googleSearch"], `${path}.googleSearch`)
    if (asked !== undefined) search = webSearch(asked)
    else if (readObject(wire["googleSearchRetrieval"], `${path}.googleSearchRetrieval`) !== undefined) search = {}
  }
  const choice = decodeToolChoice(body["toolConfig"])
  // It is one among functions: where there are none it says nothing of the search.
  const toolChoice = tools.length === 0 && search !== undefined ? undefined : choice
  return {
    ...(tools.length === 0 ? {} : { tools }),
    ...(toolChoice === undefined ? {} : { toolChoice }),
    ...(search === undefined ? {} : { webSearch: search }),
  }
}

function toolList(wire: unknown): readonly unknown[] {
  if (isAbsent(wire)) return []
  if (!Array.isArray(wire)) throw invalid("tools", "must be a list of tools")
  return wire
}

function declarations(wire: unknown, path: string): readonly Tool[] {
  if (isAbsent(wire)) return []
  const list: readonly unknown[] = Array.isArray(wire) ? wire : [wire]
  return list.map((declaration, index) => {
    const at = `${path}[${index}]`
    if (!isObject(declaration)) throw invalid(at, "must be an object")
    const { name, description, parameters, parametersJsonSchema } = declaration
    if (typeof name !== "string" || name === "") throw invalid(`${at}.name`, "must name the function")
    return {
      name,
      ...(typeof description === "string" && description !== "" ? { description } : {}),
      parameters: isAbsent(parameters) ? parametersJsonSchema : parameters,
    }
  })
}

function webSearch(wire: WireObject): WebSearch {
  const { includedDomains } = wire
  if (!Array.isArray(includedDomains)) return {}
  const domains = includedDomains.filter((domain: unknown): domain is string => typeof domain === "string")
  return domains.length === 0 ? {} : { domains }
}

/** VALIDATED is what Claude gets for `auto` anyway, and the others do without a word. */
function decodeToolChoice(toolConfig: unknown): ToolChoice | undefined {
  const config = readObject(toolConfig, "toolConfig")
  const wire = readObject(config?.["functionCallingConfig"], "toolConfig.functionCallingConfig")
  if (wire === undefined) return undefined
  const names = allowedNames(wire["allowedFunctionNames"])
  const mode = typeof wire["mode"] === "string" ? wire["mode"].toUpperCase() : ""
  switch (mode) {
    case "NONE":
      return { type: "none" }
    case "ANY": {
      const [only, ...others] = names
      if (only === undefined) return { type: "required" }
      return others.length === 0 ? { type: "tool", name: only } : { type: "allowed", mode: "required", names }
    }
    case "":
    case "AUTO":
    case "VALIDATED":
    case "MODE_UNSPECIFIED":
      return names.length === 0 ? { type: "auto" } : { type: "allowed", mode: "auto", names }
    default:
      throw invalid("toolConfig.functionCallingConfig.mode", "must be AUTO, ANY, NONE or VALIDATED")
  }
}

function allowedNames(wire: unknown): readonly string[] {
  if (isAbsent(wire)) return []
  const path = "toolConfig.functionCallingConfig.allowedFunctionNames"
  if (!Array.isArray(wire)) throw invalid(path, "must be a list of names")
  return wire.filter((name: unknown): name is string => typeof name === "string" && name !== "")
}
