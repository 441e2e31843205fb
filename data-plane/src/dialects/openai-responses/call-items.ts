/** A call of the model as an item of this wire, in the form in which the client declared the tool. */
import { never } from "#shared/never.ts"
import { readArguments } from "../../canonical/tool-arguments.ts"
import { freeformInput } from "../freeform-tools.ts"
import { isObject, type WireObject } from "../read-wire.ts"
import type { CallForm, CallKind } from "./extra.ts"
import type { OutputItem } from "./wire.ts"

export interface CallItem {
  /** As it is announced. */
  readonly begun: OutputItem
  readonly whole: OutputItem
  /** Events between the two: type and body, without the item's address. */
  readonly events: readonly (readonly [type: string, body: object])[]
}

export interface Call {
  /** What the item's id ends with. */
  readonly suffix: string
  readonly callId: string
  /** The arguments. */
  readonly json: string
}

const ID_PREFIXES: Readonly<Record<CallKind, string>> = {
  function: "fc",
  custom: "ctc",
  tool_search: "tsc",
  local_shell: "lsh",
  shell: "sh",
  apply_patch: "apc",
}

export function callItem(form: CallForm, { suffix, callId, json }: Call): CallItem {
  const { kind, name } = form
  const base = { id: `${ID_PREFIXES[kind]}_${suffix}`, call_id: callId }
  const namespace = form.namespace === undefined ? {} : { namespace: form.namespace }
  switch (kind) {
    case "function":
      return functionItem({ ...base, type: "function_call", ...namespace, name }, name, json)
    case "custom":
      return customItem({ ...base, type: "custom_tool_call", ...namespace, name }, freeformInput(json))
    case "tool_search":
      return wholeItem({ ...base, type: "tool_search_call", execution: "client", arguments: readArguments(json) })
    case "local_shell":
      return wholeItem({ ...base, type: "local_shell_call", action: execAction(readArguments(json)) })
    case "shell":
      return wholeItem({ ...base, type: "shell_call", action: shellAction(readArguments(json)), environment: null })
    case "apply_patch":
      return wholeItem({ ...base, type: "apply_patch_call", operation: patchOperation(readArguments(json)) })
    default:
      return never(kind)
  }
}

function functionItem(item: OutputItem, name: string, json: string): CallItem {
  return {
    begun: { ...item, arguments: "", status: "in_progress" },
    whole: { ...item, arguments: json, status: "completed" },
    events: [
      ["response.function_call_arguments.delta", { delta: json }],
      ["response.function_call_arguments.done", { name, arguments: json }],
    ],
  }
}

function customItem(item: OutputItem, input: string): CallItem {
  return {
    begun: { ...item, input: "", status: "in_progress" },
    whole: { ...item, input, status: "completed" },
    events: [
      ["response.custom_tool_call_input.delta", { delta: input }],
      ["response.custom_tool_call_input.done", { input }],
    ],
  }
}

/** For kinds whose parts cannot be announced without being there. */
function wholeItem(item: OutputItem): CallItem {
  return { begun: { ...item, status: "in_progress" }, whole: { ...item, status: "completed" }, events: [] }
}

function execAction(args: WireObject): object {
  const { timeout_ms: timeoutMs, working_directory: directory } = args
  return {
    type: "exec",
    command: textsOf(args["command"]),
    env: {},
    ...(typeof timeoutMs === "number" ? { timeout_ms: timeoutMs } : {}),
    ...(typeof directory === "string" && directory !== "" ? { working_directory: directory } : {}),
  }
}

function shellAction(args: WireObject): object {
  return {
    commands: textsOf(args["commands"]),
    timeout_ms: numberOrNull(args["timeout_ms"]),
    max_output_length: numberOrNull(args["max_output_length"]),
  }
}

/** A wrong form becomes an operation that no client can carry out: the model is told of it by the client's answer. */
function patchOperation(args: WireObject): object {
  const operation = isObject(args["operation"]) ? args["operation"] : args
  const { type, path, diff } = operation
  const where = { path: typeof path === "string" ? path : "" }
  if (type === "delete_file") return { type, ...where }
  return {
    type: type === "create_file" ? type : "update_file",
    ...where,
    diff: typeof diff === "string" ? diff : "",
  }
}

function textsOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.map(String)
  return typeof value === "string" ? [value] : []
}

function numberOrNull(value: unknown): number | null {
  return typeof value === "number" ? value : null
}
