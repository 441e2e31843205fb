/** Tools: which are declared, under which names and with which schemas, and what became of the others. */
import type { ChatRequest, Tool } from "../canonical/request.ts"
import { isImageModel, modelFamily } from "../dialects/model-family.ts"
import { isAbsent, isObject, type WireObject } from "../dialects/read-wire.ts"
import type { ToolNames } from "../dialects/tool-names.ts"
import { normaliseToolSchema, type NormalisedSchema } from "../schema/normalise.ts"
import type { ClientLeaf } from "./client-fields.ts"
import { fieldOf, type Ledger, type NoteAt } from "./ledger.ts"
import { pointerOf } from "./pointers.ts"
import { schemaPointer } from "./schema-pointer.ts"

export interface ToolFacts {
  readonly request: ChatRequest
  readonly modelId: string
  readonly names: ToolNames
  readonly isThinking: boolean
}

const ROOT = "/request/tools/0"
const SCHEMA_FIELDS = ["parameters", "input_schema", "parametersJsonSchema", "parameters_json_schema"] as const

export function explainTools(ledger: Ledger, inner: WireObject, facts: ToolFacts): void {
  const { request, modelId } = facts
  const [first] = Array.isArray(inner["tools"]) ? inner["tools"].filter(isObject) : []
  const declared: unknown = first?.["functionDeclarations"]
  const declarations = Array.isArray(declared) ? declared.filter(isObject) : []
  const byName = new Map(declarations.map((wire, index) => [wire["name"], { wire, index }]))
  const places = toolPlaces(ledger, request.tools ?? [])
  for (const [index, tool] of (request.tools ?? []).entries()) {
    const found = byName.get(facts.names.toUpstream(tool.name))
    const isLast = request.tools?.findLastIndex(({ name }) => name === tool.name) === index
    if (found !== undefined && isLast) {
      explainTool(ledger, tool, found.wire, {
        ...facts,
        place: places[index],
        upstream: `${ROOT}/functionDeclarations/${found.index}`,
      })
    } else notDeclared(ledger, tool, places[index], { isLast, isImage: isImageModel(modelId), request })
  }
  explainSearch(ledger, first, facts)
  for (const leaf of ledger.asking("tools")) others(ledger, leaf)
}

/** Where the client's name of each tool stands. */
function toolPlaces(ledger: Ledger, tools: readonly Tool[]): readonly (ClientLeaf | undefined)[] {
  const names = ledger.asking("tools").filter(({ pointer }) => pointer.endsWith("/name"))
  const waiting = new Map<unknown, ClientLeaf[]>()
  for (const leaf of names) waiting.set(leaf.value, [...(waiting.get(leaf.value) ?? []), leaf])
  return tools.map(({ name }) => {
    const inGroup = name.slice(name.indexOf("__") + 2)
    return waiting.get(name)?.shift() ?? (name.includes("__") ? waiting.get(inGroup)?.shift() : undefined)
  })
}

interface Placed extends ToolFacts {
  readonly place: ClientLeaf | undefined
  readonly upstream: string
}

function explainTool(ledger: Ledger, tool: Tool, wire: WireObject, { place, upstream, ...facts }: Placed): void {
  const sent = facts.names.toUpstream(tool.name)
  const parent = place === undefined ? undefined : place.pointer.slice(0, -"/name".length)
  tellName(ledger, tool.name, sent, { client: place?.pointer, upstream: pointerOf(upstream, "name") })
  const said = ledger.client.at(`${parent}/description`)
  if (wire["description"] === tool.description) {
    const own = pointerOf(upstream, "description")
    if (said?.value === tool.description) ledger.carried(said?.pointer, own)
    else ledger.note("tool-made", { tool: tool.name }, { client: said?.pointer, upstream: own })
  }
  const field = SCHEMA_FIELDS.find((name) => parent !== undefined && ledger.opaque.has(pointerOf(parent, name)))
  const schema = field === undefined || parent === undefined ? undefined : pointerOf(parent, field)
  explainSchema(ledger, tool, wire, { schema, upstream: pointerOf(upstream, "parameters"), ...facts })
  const element = elementOf(place?.pointer)
  if (element === undefined) return
  for (const leaf of ledger.client.under(element)) writtenAnew(ledger, leaf)
}

/** `name` is the tool's as answers have it, which of a group's tool is not what its own place says. */
export function tellName(ledger: Ledger, name: string, sent: string, at: NoteAt & { readonly upstream: string }): void {
  const said = at.client === undefined ? undefined : ledger.client.at(at.client)?.value
  if (sent !== name) ledger.note("tool-renamed", { from: name, to: sent }, at)
  else if (said === undefined || said === name) ledger.carried(at.client, at.upstream)
  else ledger.note("tool-grouped", { tool: said, to: sent }, at)
}

function writtenAnew(ledger: Ledger, { pointer, row, rule }: ClientLeaf): void {
  if (rule === undefined || ledger.wishOf({ pointer, row, rule, value: undefined }) !== "tools") return
  ledger.note("field-written-anew", { field: fieldOf(pointer), why: rule.note }, { client: pointer, rule: row })
}

function explainSchema(
  ledger: Ledger,
  { name, parameters }: Tool,
  wire: WireObject,
  {
    schema,
    upstream,
    modelId,
    isThinking,
  }: ToolFacts & { readonly schema: string | undefined; readonly upstream: string },
): void {
  const family = modelFamily(modelId)
  const normalised = normaliseToolSchema(parameters, { family, placeholderRequired: family === "claude" && isThinking })
  if (JSON.stringify(normalised.schema) !== JSON.stringify(wire["parameters"])) return
  if (schema === undefined && !isAbsent(parameters)) ledger.note("tool-made", { tool: name }, { upstream })
  else ledger.carried(schema, upstream)
  tellChanges(normalised, schema, (path, change, client) =>
    ledger.tell("schema-changed", { tool: name, path, change }, { client, upstream }),
  )
}

/** Each change at its place in the client's schema. */
export function tellChanges(
  { changes }: NormalisedSchema,
  schema: string | undefined,
  tell: (path: string, change: string, client: string | undefined) => void,
): void {
  for (const { path, change } of changes) {
    tell(path === "" ? "the root" : path, change, schema === undefined ? undefined : `${schema}${schemaPointer(path)}`)
  }
}

function notDeclared(
  ledger: Ledger,
  { name }: Tool,
  place: ClientLeaf | undefined,
  { isLast, isImage, request }: { readonly isLast: boolean; readonly isImage: boolean; readonly request: ChatRequest },
): void {
  const { toolChoice } = request
  const at = { client: elementOf(place?.pointer) }
  if (!isLast) ledger.note("tool-repeated", { tool: name }, at)
  else if (isImage) ledger.note("image-model", { field: "tools" }, at)
  else if (toolChoice?.type === "allowed" && !toolChoice.names.includes(name))
    ledger.note("tool-not-allowed", { tool: name }, at)
}

function explainSearch(ledger: Ledger, sent: WireObject | undefined, { request, modelId }: ToolFacts): void {
  const { webSearch, toolChoice } = request
  const leaf = ledger.asking("tools").find(({ row, pointer }) => isSearchRow(row) || isSearchTool(ledger, pointer))
  const client = leaf === undefined ? undefined : (elementOf(leaf.pointer) ?? leaf.pointer)
  const search = sent?.["googleSearch"]
  if (JSON.stringify(sent?.["urlContext"]) === "{}") ledger.upstream.settle(`${ROOT}/urlContext`)
  if (webSearch === undefined) return
  if (isObject(search)) {
    const { domains = [] } = webSearch
    const wanted = domains.length === 0 ? {} : { includedDomains: domains }
    if (JSON.stringify(search) !== JSON.stringify(wanted)) return
    return ledger.note("search", {}, { client, upstream: `${ROOT}/googleSearch` })
  }
  const family = modelFamily(modelId)
  const why =
    toolChoice?.type === "none"
      ? "no tool is to be called"
      : isImageModel(modelId)
        ? "image models do not search"
        : family === "claude" || family === "gpt-oss"
          ? "only Google's models can"
          : "functions stand beside it"
  ledger.note("search-lost", { why }, { client })
}

function isSearchRow(row: string): boolean {
  return row.startsWith("web_search_options") || /\.googleSearch/.test(row)
}

function isSearchTool(ledger: Ledger, pointer: string): boolean {
  const element = elementOf(pointer)
  const [, list = "", index = ""] = element?.split("/") ?? []
  const tools = ledger.body[list]
  const wire: unknown = Array.isArray(tools) ? tools[Number(index)] : undefined
  return isObject(wire) && String(wire["type"]).startsWith("web_search")
}

/** What the client's tools hold beside those that are declared. */
function others(ledger: Ledger, { pointer, row }: ClientLeaf): void {
  const element = elementOf(pointer)
  if (element === undefined || !ledger.client.isOpen(pointer)) return
  const name = ledger.client.under(element).find((leaf) => leaf.pointer.endsWith("/name"))
  const why = "it is of a kind that is not carried, is deferred and was not loaded, or was taken away"
  ledger.note("tool-not-declared", { tool: name?.value ?? fieldOf(element), why }, { client: element, rule: row })
}

const ELEMENT = /^.*\/(?:tools|functions|function_?[dD]eclarations)\/\d+(?=\/|$)/

/** The element of a list of tools that holds this place. */
function elementOf(pointer: string | undefined): string | undefined {
  return pointer === undefined ? undefined : ELEMENT.exec(pointer)?.[0]
}
