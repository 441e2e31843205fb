/** What a Responses request says of tools, wherever in it they stand. */
import { GatewayError } from "../../canonical/error.ts"
import type { ImageWish, Tool, ToolChoice, WebSearch } from "../../canonical/request.ts"
import { freeformTool } from "../freeform-tools.ts"
import { readImageSize } from "../image-wish.ts"
import { invalid, isAbsent, isObject, type WireObject } from "../read-wire.ts"
import type { ToolList } from "./decode-items.ts"
import type { CallForm, CallKind } from "./extra.ts"
import { searchTool, typedTool } from "./typed-tools.ts"

export interface ToolRequest {
  readonly asked: {
    readonly tools?: readonly Tool[]
    readonly toolChoice?: ToolChoice
    readonly webSearch?: WebSearch
    readonly image?: ImageWish
  }
  /** How calls of them are answered. */
  readonly calls: ReadonlyMap<string, CallForm>
}

/** Run by the vendor, and not here. */
const HOSTED = /^(?:file_search|code_interpreter|computer|mcp|programmatic_tool_calling)/
const WEB_SEARCH = /^web_search/
/** What a choice may name by its type alone. */
const TYPED_CHOICE = /^(?:local_shell|shell|apply_patch|tool_search)$/

/** `found` stand among the items; they extend and replace what stands in `tools`. Adds to `dropped`. */
export function decodeTools(body: WireObject, found: readonly ToolList[], dropped: string[]): ToolRequest {
  const collector = new ToolCollector(dropped)
  collector.add(body["tools"], "tools")
  for (const list of found) collector.extend(list)
  const { tools, calls, webSearch, image } = collector
  for (const { name, path } of calls.has("tool_search") ? [] : collector.deferred) {
    if (!tools.some((tool) => tool.name === name)) dropped.push(path)
  }
  const toolChoice = decodeToolChoice(body["tool_choice"], collector)
  return {
    asked: {
      ...(tools.length === 0 ? {} : { tools }),
      ...(toolChoice === undefined ? {} : { toolChoice }),
      ...(webSearch === undefined ? {} : { webSearch }),
      ...(image === undefined ? {} : { image }),
    },
    calls,
  }
}

/** The one name upstream of a tool in a namespace; the same for its declaration, its calls and a choice. */
export function joinedName(name: string, namespace: unknown): string {
  return typeof namespace === "string" && namespace !== "" ? `${namespace}__${name}` : name
}

/** Names in a list of tools, for the model to read. */
export function toolNames(tools: unknown): readonly string[] {
  if (!Array.isArray(tools)) return []
  return tools.filter(isObject).flatMap((tool) => {
    if (tool["type"] === "namespace") return toolNames(tool["tools"]).map((name) => joinedName(name, tool["name"]))
    return typeof tool["name"] === "string" ? [tool["name"]] : []
  })
}

class ToolCollector {
  readonly tools: Tool[] = []
  readonly calls = new Map<string, CallForm>()
  webSearch: WebSearch | undefined
  image: ImageWish | undefined
  /** Left out until a search finds them, as the client wishes: no loss, but for a search that only its vendor could make. */
  readonly deferred: { readonly name: string; readonly path: string }[] = []
  private readonly dropped: string[]
  private isExtension = false
  private isFound = false

  constructor(dropped: string[]) {
    this.dropped = dropped
  }

  /** Tools that came among the items. */
  extend({ tools, path, isFound }: ToolList): void {
    this.isExtension = true
    this.isFound = isFound
    this.add(tools, path)
  }

  add(list: unknown, path: string, namespace?: string): void {
    if (isAbsent(list)) return
    if (!Array.isArray(list)) throw invalid(path, "must be a list of tools")
    for (const [index, wire] of list.entries()) {
      const at = `${path}[${index}]`
      if (!isObject(wire)) throw invalid(at, "must be an object with a type")
      this.tool(wire, at, namespace)
    }
  }

  private tool(wire: WireObject, path: string, namespace: string | undefined): void {
    const type = isAbsent(wire["type"]) ? "function" : String(wire["type"])
    if (type === "namespace") return this.add(wire["tools"], `${path}.tools`, readName(wire, path))
    if (wire["defer_loading"] === true && !this.isFound) {
      this.deferred.push({ name: joinedName(String(wire["name"]), namespace), path })
      return
    }
    switch (type) {
      case "function":
        return this.function(wire, path, namespace)
      case "custom": {
        const name = readName(wire, path)
        const tool = freeformTool(joinedName(name, namespace), wire, this.dropped)
        return this.declare(tool, "custom", name, namespace)
      }
      case "local_shell":
      case "shell":
      case "apply_patch": {
        const tool = typedTool(type)
        return tool === undefined ? undefined : this.declare(tool, type, type, undefined)
      }
      case "tool_search":
        if (wire["execution"] === "client") this.declare(searchTool(wire), type, type, undefined)
        else this.dropped.push(path)
        return
      case "image_generation":
        this.image = typeof wire["size"] === "string" ? (readImageSize(wire["size"]) ?? {}) : {}
        return
      default:
        if (WEB_SEARCH.test(type) && wire["external_web_access"] !== false) this.webSearch = readWebSearch(wire)
        else this.dropped.push(path)
    }
  }

  /** Chat's form with an inner object is understood too. */
  private function(wire: WireObject, path: string, namespace: string | undefined): void {
    const own = isObject(wire["function"]) ? wire["function"] : wire
    const name = readName(own, path)
    const { description } = own
    const tool = {
      name: joinedName(name, namespace),
      ...(typeof description === "string" && description !== "" ? { description } : {}),
      parameters: own["parameters"],
    }
    this.declare(tool, "function", name, namespace)
  }

  private declare(tool: Tool, kind: CallKind, name: string, namespace: string | undefined): void {
    const known = this.isExtension ? this.tools.findIndex((one) => one.name === tool.name) : -1
    if (known < 0) this.tools.push(tool)
    else this.tools[known] = tool
    if (kind === "function" && namespace === undefined) this.calls.delete(tool.name)
    else this.calls.set(tool.name, { kind, name, ...(namespace === undefined ? {} : { namespace }) })
  }

  /** A choice may leave out the namespace where only one tool has the name. */
  upstreamName({ name, namespace }: WireObject, path: string): string {
    if (typeof name !== "string" || name === "") throw invalid(path, "must name a tool")
    if (typeof namespace === "string" || this.tools.some((tool) => tool.name === name))
      return joinedName(name, namespace)
    const inner = [...this.calls].filter(([, form]) => form.name === name)
    return inner.length === 1 ? (inner[0]?.[0] ?? name) : name
  }
}

function readWebSearch({ filters }: WireObject): WebSearch {
  const domains = isObject(filters) ? filters["allowed_domains"] : undefined
  const named = Array.isArray(domains) ? domains.filter((domain) => typeof domain === "string") : []
  return named.length === 0 ? {} : { domains: named }
}

function decodeToolChoice(wire: unknown, tools: ToolCollector): ToolChoice | undefined {
  if (isAbsent(wire)) return undefined
  const type = isObject(wire) ? wire["type"] : wire
  switch (type) {
    case "none":
    case "auto":
    case "required":
      return { type }
    case "function":
    case "custom":
      return { type: "tool", name: tools.upstreamName(isObject(wire) ? namedOf(wire) : {}, "tool_choice.name") }
    case "allowed_tools":
      return decodeAllowed(isObject(wire) ? wire : {}, tools)
    default:
      return decodeTypedChoice(type)
  }
}

function decodeTypedChoice(type: unknown): ToolChoice | undefined {
  if (typeof type !== "string") throw invalid("tool_choice", "must be none, auto, required or an object with a type")
  if (TYPED_CHOICE.test(type)) return { type: "tool", name: type }
  if (HOSTED.test(type)) {
    const sentence = `tool_choice: ${type} is run by its vendor only and is not available through this gateway.`
    throw new GatewayError("unsupported_tool", sentence, { param: "tool_choice" })
  }
  // A search or an image comes of the model's own choice.
  if (WEB_SEARCH.test(type) || type === "image_generation") return undefined
  throw invalid("tool_choice", "must be none, auto, required, a named tool or allowed_tools")
}

function decodeAllowed(wire: WireObject, tools: ToolCollector): ToolChoice {
  const { mode, tools: list } = wire
  if (!Array.isArray(list)) throw invalid("tool_choice.tools", "must be a list of tools")
  const names = list.filter(isObject).flatMap((tool, index) => {
    const { type } = tool
    if (typeof type === "string" && TYPED_CHOICE.test(type)) return [type]
    const isNamed = type === "function" || type === "custom" || isAbsent(type)
    return isNamed ? [tools.upstreamName(namedOf(tool), `tool_choice.tools[${index}].name`)] : []
  })
  return { type: "allowed", mode: mode === "required" ? "required" : "auto", names }
}

function namedOf(wire: WireObject): WireObject {
  return [wire["function"], wire["custom"]].find(isObject) ?? wire
}

function readName(wire: WireObject, path: string): string {
  const { name } = wire
  if (typeof name !== "string" || name === "") throw invalid(`${path}.name`, "must name the tool")
  return name
}
