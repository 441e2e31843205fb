/** Tools that come and go in the middle of a conversation. Only the end counts: what is declared is what there is now. */
import type { Findings } from "../content-blocks.ts"
import { invalid, isAbsent, isObject, type WireObject } from "../read-wire.ts"

/** A `tool_addition` names a tool of the request or defines one; a `tool_removal` names one. What they say of MCP servers is recorded. */
export function decodeToolChange(block: WireObject, path: string, findings: Findings): void {
  const { tool } = block
  const { type, name, definition } = isObject(tool) ? tool : {}
  if (type === "tool_definition" && isObject(definition) && block["type"] === "tool_addition") {
    findings.definedTools.push({ wire: definition, path: `${path}.tool.definition` })
    if (typeof definition["name"] === "string") add(definition["name"], findings)
  } else if (type === "tool_reference" && typeof name === "string" && name !== "") {
    if (block["type"] === "tool_addition") add(name, findings)
    else remove(name, findings)
  } else findings.dropped.push(path)
}

/** The changes of the turns that a summary stands for. */
export function decodeToolChanges(list: unknown, path: string, findings: Findings): void {
  if (isAbsent(list)) return
  if (!Array.isArray(list)) throw invalid(path, "must be a list of blocks")
  for (const [index, block] of list.entries()) {
    if (isObject(block)) decodeToolChange(block, `${path}[${index}]`, findings)
  }
}

/** What the vendor's own search among deferred tools found. A search that failed is recorded. */
export function decodeToolSearch({ content }: WireObject, path: string, findings: Findings): void {
  const found = isObject(content) ? content["tool_references"] : undefined
  if (!Array.isArray(found)) return void findings.dropped.push(path)
  for (const { tool_name: name } of found.filter(isObject)) if (typeof name === "string") add(name, findings)
}

function add(name: string, { loadedTools, removedTools }: Findings): void {
  loadedTools.add(name)
  removedTools.delete(name)
}

function remove(name: string, { loadedTools, removedTools }: Findings): void {
  loadedTools.delete(name)
  removedTools.add(name)
}
