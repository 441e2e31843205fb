import type { Part, ToolCallPart } from "../canonical/part.ts"
import type { ChatRequest, Turn } from "../canonical/request.ts"
import type { SigningFamily } from "./family.ts"
import { TurnRestorer, withSignature, type RestoreOptions } from "./restore-turn.ts"

export interface Restored {
  /** Every signature in it is one that this family made; what could not be matched is gone. */
  readonly request: ChatRequest
  /** Paths of thoughts that were left out, and `reasoning` where thinking is off for want of a signed thought. */
  readonly dropped: readonly string[]
}

/** A request as a client sent it, with its carriers, made into one that the asked family takes. Pure but for the store's clock. */
export function restoreSignatures(request: ChatRequest, options: RestoreOptions): Restored {
  const dropped: string[] = []
  const loop = openLoop(request.turns)
  const turns: Turn[] = []
  let isUnsigned = false
  for (const [index, turn] of request.turns.entries()) {
    if (turn.role !== "assistant") {
      turns.push(turn)
      continue
    }
    const isInLoop = index > loop && turn.parts.some(isCall)
    const parts = new TurnRestorer(options, turn, `turns[${index}]`, dropped).parts(isInLoop)
    if (parts.length > 0) turns.push({ role: turn.role, parts })
    if (isInLoop && !parts.some((part) => part.type === "reasoning")) isUnsigned = true
  }
  const wants = request.reasoning !== undefined && request.reasoning.kind !== "off"
  if (options.family !== "claude" || !isUnsigned || !wants) return { request: { ...request, turns }, dropped }
  return { request: { ...request, turns, reasoning: thinkingOff(request) }, dropped: [...dropped, "reasoning"] }
}

/** For the one repaired attempt after an upstream refused a signature. Undefined: there is nothing to take out. */
export function stripSignatures(request: ChatRequest, family: SigningFamily): Restored | undefined {
  const dropped: string[] = []
  const turns: Turn[] = []
  for (const [index, turn] of request.turns.entries()) {
    const parts: Part[] = []
    for (const [position, part] of turn.parts.entries()) {
      const path = `turns[${index}].parts[${position}]`
      if (part.type === "reasoning") dropped.push(path)
      else if (
        (part.type === "tool-call" || part.type === "text" || part.type === "media") &&
        part.signature !== undefined
      ) {
        dropped.push(`${path}.signature`)
        parts.push(withSignature(part, undefined))
      } else parts.push(part)
    }
    if (parts.length > 0) turns.push({ role: turn.role, parts })
  }
  const wants = request.reasoning !== undefined && request.reasoning.kind !== "off"
  const turnsOff = family === "claude" && wants
  if (dropped.length === 0 && !turnsOff) return undefined
  if (!turnsOff) return { request: { ...request, turns }, dropped }
  return { request: { ...request, turns, reasoning: thinkingOff(request) }, dropped: [...dropped, "reasoning"] }
}

function thinkingOff(request: ChatRequest): NonNullable<ChatRequest["reasoning"]> {
  return { kind: "off", show: request.reasoning?.show === true }
}

/** Index of the last turn in which the user says something; what follows is the tool loop under way. */
function openLoop(turns: readonly Turn[]): number {
  return turns.findLastIndex(({ role, parts }) => role === "user" && !parts.some((part) => part.type === "tool-result"))
}

function isCall(part: Part): part is ToolCallPart {
  return part.type === "tool-call"
}
