/** Plays the faults that change a stream: its events, and the style of its bytes. Pure: a list in, a list out. */
import type { FrameStyle, StreamStep } from "./events.ts"
import { plainStyle } from "./events.ts"
import { isObject, listOf, objectOf, stringOf } from "./json.ts"
import type { JsonObject } from "./json.ts"
import type { Fault } from "./prompt-language.ts"
import { noCapacity } from "./refusals.ts"
import type { ByteStyle } from "./wire.ts"

/** A stream ready to be played. */
export interface StreamPlan {
  readonly steps: readonly StreamStep[]
  /** The event stands without the `response` envelope. */
  readonly bare: boolean
}

/** Changes the plan of a stream as the faults ask, one after the other. */
export function applyEventFaults(events: readonly JsonObject[], faults: readonly Fault[]): StreamPlan {
  let steps: StreamStep[] = events.map((event) => ({ kind: "event", event }))
  for (const fault of faults) {
    const change = Object.hasOwn(changes, fault.kind) ? changes[fault.kind] : undefined
    if (change) steps = change(steps, fault)
  }
  return { steps, bare: faults.some(({ kind }) => kind === "bare-response") }
}

/** The frame style the faults ask for. */
export function frameStyleOf(faults: readonly Fault[]): FrameStyle {
  const has = (kind: string): boolean => faults.some((fault) => fault.kind === kind)
  return {
    newline: has("crlf") ? "\r\n" : has("cr") ? "\r" : plainStyle.newline,
    space: !has("no-space"),
    multiline: has("multi-line-data"),
    comments: has("comments"),
    unterminated: has("unterminated"),
  }
}

/** The byte style the faults ask for: `cut` has `bytes` (1), `slow-drip` has `bytes` (16) and `ms` (20). */
export function byteStyleOf(faults: readonly Fault[]): ByteStyle {
  const drip = faults.find(({ kind }) => kind === "slow-drip")
  const cut = faults.find(({ kind }) => kind === "cut")
  if (drip) return { cut: count(drip, "bytes", 16), drip: count(drip, "ms", 20) }
  return cut ? { cut: count(cut, "bytes", 1) } : {}
}

type Change = (steps: StreamStep[], fault: Fault) => StreamStep[]

const changes: Readonly<Record<string, Change>> = {
  "reset-after-headers": (_, fault) => [{ kind: "raw", bytes: "" }, reset(fault)],
  "reset-mid-stream": (steps, fault) => [...first(steps, fault), reset(fault)],
  "hang-after-headers": () => [{ kind: "hang" }],
  "hang-mid-stream": (steps, fault) => [...first(steps, fault), { kind: "hang" }],
  stall: (steps, fault) => insert(steps, fault, { kind: "wait", milliseconds: count(fault, "ms", 1000) }),
  goaway: (steps) => steps,
  "huge-event": (steps, fault) => insert(steps, fault, huge(steps, count(fault, "bytes", 4 * 1024 * 1024))),
  "error-in-200": (steps, fault) => [...first(steps, fault), errorStep(fault)],
  "non-json-event": (steps, fault) => insert(steps, fault, { kind: "raw", bytes: "data: {not json\n\n" }),
  "empty-answer": (steps) => [lastWith(steps, { role: "model", parts: [] })],
  "no-events": () => [],
  "thought-only": (steps) => [...thoughts(steps), lastWith(steps, { role: "model", parts: [] })],
  "signature-only": (steps) => [
    lastWith(steps, { role: "model", parts: [{ text: "", thoughtSignature: "c2lnbmF0dXJl".repeat(6) }] }),
  ],
  truncated: (steps) => (steps.length > 1 ? steps.slice(0, -1) : steps.map(withoutFinish)),
  "cut-mid-event": (steps, fault) => {
    const next = steps[count(fault, "after", 1)] ?? steps.at(-1)
    const text = next?.kind === "event" ? `data: ${JSON.stringify({ response: next.event })}` : "data: {"
    return [...first(steps, fault), { kind: "raw", bytes: text.slice(0, Math.ceil(text.length / 2)) }]
  },
  finish: (steps, fault) => finish(steps, fault),
  "prompt-block": (steps, fault) => [promptBlock(steps, stringOf(fault["reason"]) ?? "SAFETY")],
  "usage-after-finish": (steps) => usageAfter(steps),
  "done-marker": (steps) => [...steps, { kind: "raw", bytes: "data: [DONE]\n\n" }],
}

function count(fault: Fault, option: string, fallback: number): number {
  const value = fault[option]
  return typeof value === "number" && value >= 0 ? Math.floor(value) : fallback
}

function first(steps: readonly StreamStep[], fault: Fault): StreamStep[] {
  return steps.slice(0, count(fault, "after", 1))
}

function insert(steps: readonly StreamStep[], fault: Fault, step: StreamStep): StreamStep[] {
  const position = Math.min(count(fault, "after", 0), steps.length)
  return [...steps.slice(0, position), step, ...steps.slice(position)]
}

function reset(fault: Fault): StreamStep {
  return { kind: "reset", connection: fault["connection"] === true }
}

function errorStep(fault: Fault): StreamStep {
  const body = objectOf(noCapacity(stringOf(fault["model"]) ?? "simulated").body)
  if (fault["where"] === "response") return { kind: "event", event: body }
  return { kind: "raw", bytes: `data: ${JSON.stringify(body)}\n\n` }
}

function lastEvent(steps: readonly StreamStep[]): JsonObject {
  const step = steps.findLast(({ kind }) => kind === "event")
  return step?.kind === "event" ? step.event : {}
}

function candidateOf(event: JsonObject): JsonObject {
  return objectOf(listOf(event["candidates"])[0])
}

function lastWith(steps: readonly StreamStep[], content: object): StreamStep {
  const event = lastEvent(steps)
  return { kind: "event", event: { ...event, candidates: [{ ...candidateOf(event), content }] } }
}

function thoughts(steps: readonly StreamStep[]): StreamStep[] {
  const found = steps.filter((step) => {
    if (step.kind !== "event") return false
    const parts = listOf(objectOf(candidateOf(step.event)["content"])["parts"])
    return parts.every((part) => isObject(part) && part["thought"] === true)
  })
  if (found.length > 0) return found.map(withoutFinish)
  return [withoutFinish(lastWith(steps, { role: "model", parts: [{ thought: true, text: "Only a thought." }] }))]
}

function withoutFinish(step: StreamStep): StreamStep {
  if (step.kind !== "event") return step
  const { finishReason: _finish, ...candidate } = candidateOf(step.event)
  const { usageMetadata: _usage, ...event } = step.event
  return { kind: "event", event: { ...event, candidates: [candidate] } }
}

/** Options: `reason`, `after` (events of content kept, default all but the last), `message`. */
function finish(steps: readonly StreamStep[], fault: Fault): StreamStep[] {
  const reason = stringOf(fault["reason"]) ?? "OTHER"
  const message = fault["message"] ?? (reason === "MALFORMED_FUNCTION_CALL" ? "Malformed function call: " : undefined)
  const event = lastEvent(steps)
  const candidate = { content: {}, ...(message === undefined ? {} : { finishMessage: message }), finishReason: reason }
  const kept = steps.slice(0, count(fault, "after", steps.length - 1)).map(withoutFinish)
  return [...kept, { kind: "event", event: { ...event, candidates: [candidate] } }]
}

function promptBlock(steps: readonly StreamStep[], reason: string): StreamStep {
  const { candidates: _candidates, ...event } = lastEvent(steps)
  return { kind: "event", event: { ...event, promptFeedback: { blockReason: reason } } }
}

function usageAfter(steps: readonly StreamStep[]): StreamStep[] {
  const { usageMetadata, modelVersion, responseId } = lastEvent(steps)
  const without = steps.map((step): StreamStep => {
    if (step.kind !== "event") return step
    const { usageMetadata: _usage, ...event } = step.event
    return { kind: "event", event }
  })
  return [...without, { kind: "event", event: { candidates: [], usageMetadata, modelVersion, responseId } }]
}

function huge(steps: readonly StreamStep[], bytes: number): StreamStep {
  const content = { role: "model", parts: [{ text: "x".repeat(bytes) }] }
  return withoutFinish(lastWith(steps, content))
}
