/**
 * One event of an upstream of this wire as the client may see it. Nearly every event is passed as it is; only what was made fit for
 * the upstream on the way there is turned back: names and arguments of calls, and thoughts that the client wants none of.
 */
import { toArguments } from "../../canonical/tool-arguments.ts"
import { restoreArguments } from "../../schema/restore.ts"
import type { DeclaredTools, RelayContext, RelayedEvent } from "../dialect.ts"
import { isObject, type WireObject } from "../read-wire.ts"
import { reasoningShown } from "./encode-response.ts"
import { isFailure } from "./finish-reason.ts"

/** The event itself when nothing of it changes; undefined when nothing of it is left. */
export type EventRestorer = (event: WireObject) => WireObject | undefined

export function eventRestorer(context: RelayContext): EventRestorer {
  const { declaredTools } = context
  const isThoughtShown = reasoningShown(context.request)
  const mayChange = (part: unknown): boolean =>
    isObject(part) && (part["functionCall"] !== undefined || (part["thought"] === true && !isThoughtShown))
  return (event) => {
    const candidate = firstCandidate(event)
    const parts = partsOf(candidate)
    // Nearly every event leaves here.
    if (candidate === undefined || parts === undefined || !parts.some(mayChange)) return event
    const own = parts.map((part) => (isObject(part) ? restorePart(part, declaredTools, isThoughtShown) : part))
    if (own.every((part, index) => part === parts[index])) return event
    const kept = own.filter((part) => part !== undefined)
    if (kept.length === 0 && candidate["finishReason"] === undefined) return undefined
    const content = { ...(isObject(candidate["content"]) ? candidate["content"] : {}), parts: kept }
    return { ...event, candidates: [{ ...candidate, content }] }
  }
}

export function firstCandidate(event: WireObject): WireObject | undefined {
  const { candidates } = event
  const first: unknown = Array.isArray(candidates) ? candidates[0] : undefined
  return isObject(first) ? first : undefined
}

export function partsOf(candidate: WireObject | undefined): readonly unknown[] | undefined {
  const content = candidate?.["content"]
  const parts = isObject(content) ? content["parts"] : undefined
  return Array.isArray(parts) ? parts : undefined
}

/** Says why the answer ends, by itself or as a prompt that was blocked. */
export function isLast(event: WireObject): boolean {
  if (typeof firstCandidate(event)?.["finishReason"] === "string") return true
  const { promptFeedback } = event
  return isObject(promptFeedback) && typeof promptFeedback["blockReason"] === "string"
}

/** `MALFORMED_FUNCTION_CALL` and the like are words of this wire, and clients know what to do about them. */
export function isOwnEnd({ event }: RelayedEvent): boolean {
  return isObject(event) && isFailure(firstCandidate(event)?.["finishReason"])
}

function restorePart(part: WireObject, tools: DeclaredTools, isThoughtShown: boolean): WireObject | undefined {
  if (part["thought"] === true && !isThoughtShown) return undefined
  const { functionCall: call } = part
  if (!isObject(call)) return part
  const tool = typeof call["name"] === "string" ? tools.get(call["name"]) : undefined
  if (tool === undefined) return part
  const args = toArguments(call["args"])
  const own = restoreArguments(args, tool.parameters)
  const isSame =
    tool.name === call["name"] && call["args"] !== undefined && JSON.stringify(own) === JSON.stringify(args)
  return isSame ? part : { ...part, functionCall: { ...call, name: tool.name, args: own } }
}
