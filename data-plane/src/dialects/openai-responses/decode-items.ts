/** The items of `input` to turns. Items are flat here: thoughts, calls, results and messages follow each other, and runs of one side make its turn. */
import { ADDED, toolAvailable } from "../../canonical/gateway-text.ts"
import type { Part, TextPart, ToolCallPart, ToolResultPart } from "../../canonical/part.ts"
import { readArguments, toArguments } from "../../canonical/tool-arguments.ts"
import { TurnList } from "../../canonical/turn-list.ts"
import type { Findings } from "../content-blocks.ts"
import { freeformCall } from "../freeform-tools.ts"
import { readData } from "../read-media.ts"
import { idOf, invalid, isAbsent, isObject, type WireObject } from "../read-wire.ts"
import { decodeContent, isContentWire, isMediaWire, isResultContent } from "./decode-content.ts"
import { joinedName, toolNames } from "./decode-tools.ts"
import { decodeThought } from "./reasoning.ts"

export interface DecodedInput {
  readonly turns: TurnList
  /** Lists of tools that stand among the items, with their paths. */
  readonly toolLists: readonly ToolList[]
  /** The client wants a summary in place of an answer. */
  readonly hasTrigger: boolean
  /** Texts of the user's messages, in order. */
  readonly userTexts: readonly string[]
  /** Some item refers to one that would have to be stored here. */
  readonly hasReference: boolean
}

export interface ToolList {
  readonly tools: unknown
  readonly path: string
  /** A search has found them: none is deferred any more. */
  readonly isFound: boolean
}

export function decodeInput(input: unknown, instructions: string | undefined, findings: Findings): DecodedInput {
  const decoder = new ItemDecoder(findings)
  if (instructions !== undefined) decoder.turns.addSystem([instructions])
  if (typeof input === "string") decoder.user([{ type: "text", text: input }])
  else if (Array.isArray(input)) {
    for (const [index, item] of input.entries()) decoder.item(item, `input[${index}]`)
  } else throw invalid("input", "must be a text or a list of items")
  return decoder
}

class ItemDecoder implements DecodedInput {
  readonly turns = new TurnList()
  readonly toolLists: ToolList[] = []
  readonly userTexts: string[] = []
  hasTrigger = false
  hasReference = false
  private readonly findings: Findings
  /** Some results name the call's item, not the call. */
  private readonly callIds = new Map<string, string>()

  constructor(findings: Findings) {
    this.findings = findings
  }

  user(parts: readonly Part[]): void {
    const text = parts.map((part) => (part.type === "text" ? part.text : "")).join("\n")
    if (text.trim() !== "") this.userTexts.push(text)
    this.turns.addTurn("user", parts)
  }

  item(item: unknown, path: string): void {
    if (!isObject(item)) throw invalid(path, "must be an object with a type")
    const { type, role } = item
    if (type === "message" || (isAbsent(type) && !isAbsent(role))) return this.message(item, path)
    if (isAbsent(type) && typeof item["id"] === "string") return this.reference(path)
    switch (type) {
      case "reasoning":
        return this.turns.addTurn("assistant", [decodeThought(item)])
      case "function_call":
        return this.call(item, path, readFunctionArguments(item["arguments"]))
      case "custom_tool_call":
        return this.call(item, path, freeformCall("", "", item["input"]).arguments)
      case "function_call_output":
      case "custom_tool_call_output":
        return this.result(item, `${path}.output`)
      case "tool_search_call":
        return this.typedCall(item, "tool_search", toArguments(item["arguments"]))
      case "tool_search_output":
        return this.foundTools(item, path)
      case "additional_tools":
        this.toolLists.push({ tools: item["tools"], path: `${path}.tools`, isFound: false })
        return
      case "local_shell_call":
        return this.typedCall(item, "local_shell", toArguments(item["action"]))
      case "shell_call":
        return this.typedCall(item, "shell", toArguments(item["action"]))
      case "apply_patch_call":
        return this.typedCall(item, "apply_patch", { operation: item["operation"] })
      case "computer_call":
        return this.typedCall(item, "computer", toArguments(item["action"] ?? { actions: item["actions"] }))
      case "local_shell_call_output":
      case "shell_call_output":
      case "apply_patch_call_output":
      case "computer_call_output":
        return this.result(item, `${path}.output`)
      case "image_generation_call":
        return this.image(item, path)
      case "compaction":
      case "compaction_summary":
      case "context_compaction":
        return this.summary(item, path)
      case "compaction_trigger":
        this.hasTrigger = true
        return
      case "item_reference":
        return this.reference(path)
      case "web_search_call":
        // The text that came of it follows as a message.
        return
      default:
        this.findings.dropped.push(path)
    }
  }

  private message(item: WireObject, path: string): void {
    const { role, content } = item
    switch (role) {
      case "system":
      case "developer":
        return this.system(content, `${path}.content`)
      case "user":
        return this.user(decodeContent(content, `${path}.content`))
      case "assistant":
        return this.turns.addTurn("assistant", decodeContent(content, `${path}.content`))
      default:
        throw invalid(`${path}.role`, "must be system, developer, user or assistant")
    }
  }

  /** Only texts can be instructions. */
  private system(content: unknown, path: string): void {
    const parts = decodeContent(content, path)
    for (const [index, wire] of (Array.isArray(content) ? content : []).entries()) {
      // A document of text is text.
      const isText = isMediaWire(wire) && decodeContent([wire], path).every((part) => part.type === "text")
      if (isMediaWire(wire) && !isText) this.findings.dropped.push(`${path}[${index}]`)
    }
    this.turns.addSystem(parts.flatMap((part) => (part.type === "text" ? [part.text] : [])))
  }

  private call(item: WireObject, path: string, args: ToolCallPart["arguments"]): void {
    const { name, namespace } = item
    if (typeof name !== "string" || name === "") throw invalid(`${path}.name`, "must name the tool")
    this.addCall(item, joinedName(name, namespace), args)
  }

  /** A search that the vendor ran itself has no call's id: it left nothing to answer. */
  private typedCall(item: WireObject, name: string, args: ToolCallPart["arguments"]): void {
    if (name !== "tool_search" || typeof item["call_id"] === "string") this.addCall(item, name, args)
  }

  private addCall({ id, call_id: callId }: WireObject, name: string, args: ToolCallPart["arguments"]): void {
    const known = idOf(callId) || idOf(id)
    if (typeof id === "string") this.callIds.set(id, known)
    this.turns.addTurn("assistant", [{ type: "tool-call", id: known, name, arguments: args }])
  }

  private result(item: WireObject, path: string): void {
    const { output, status } = item
    this.addResult(item, this.output(output, path), status === "failed")
  }

  /** A text, a list of content, or something of a tool's own form, which the model reads as JSON. */
  private output(output: unknown, path: string): ToolResultPart["content"] {
    if (isAbsent(output)) return []
    if (typeof output === "string") return output === "" ? [] : [{ type: "text", text: output }]
    const list: readonly unknown[] = Array.isArray(output) ? output : [output]
    if (list.length > 0 && !list.some(isContentWire)) return [{ type: "text", text: JSON.stringify(output) }]
    for (const [index, wire] of list.entries()) {
      if (isObject(wire) && !isContentWire(wire)) this.findings.dropped.push(`${path}[${index}]`)
    }
    return decodeContent(list, path).filter(isResultContent)
  }

  private addResult(
    { id, call_id: callId, name, namespace }: WireObject,
    content: ToolResultPart["content"],
    isError: boolean,
  ): void {
    const known = idOf(callId) || this.callIds.get(idOf(id)) || idOf(id)
    const named = typeof name === "string" && name !== "" ? { name: joinedName(name, namespace) } : {}
    this.turns.addTurn("user", [{ type: "tool-result", callId: known, ...named, content, isError }])
  }

  /** Their names are the result that the model sees; their definitions are declared. */
  private foundTools(item: WireObject, path: string): void {
    const { tools } = item
    this.toolLists.push({ tools, path: `${path}.tools`, isFound: true })
    if (typeof item["call_id"] !== "string") return
    const names = toolNames(tools)
    if (names.length > 0) this.findings.dropped.push(ADDED.toolAvailable)
    const content = names.map((name): TextPart => ({ type: "text", text: toolAvailable(name) }))
    this.addResult(item, content, false)
  }

  private image(item: WireObject, path: string): void {
    const { result } = item
    if (typeof result !== "string" || result === "") return
    this.turns.addTurn("assistant", [readData(result, { path: `${path}.result`, accepts: "image" })])
  }

  private summary(item: WireObject, path: string): void {
    const carrier = item["encrypted_content"]
    if (typeof carrier !== "string" || carrier === "") return
    this.turns.addTurn("user", [{ type: "sealed-text", carrier, param: path }])
  }

  private reference(path: string): void {
    this.hasReference = true
    this.findings.dropped.push(path)
  }
}

function readFunctionArguments(args: unknown): ToolCallPart["arguments"] {
  return typeof args === "string" ? readArguments(args) : toArguments(args)
}
