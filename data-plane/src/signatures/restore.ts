import type { Part, ReasoningPart, ToolCallPart } from "../canonical/part.ts"
import type { ChatRequest, Turn } from "../canonical/request.ts"
import { isCarrier, type Carried } from "./carrier.ts"
import type { SigningFamily } from "./family.ts"
import type { SignatureLookUp } from "./look-up.ts"

export interface RestoreOptions {
  /** Of the model that is asked now. */
  readonly family: SigningFamily
  readonly lineage: string
  readonly lookUp: SignatureLookUp
  /** Opens a carrier of this lineage; undefined for everything else. */
  readonly openCarrier: (value: string) => Carried | undefined
}

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
      else if (part.type === "tool-call" && part.signature !== undefined) {
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

/** One assistant turn. */
class TurnRestorer {
  readonly #options: RestoreOptions
  readonly #turn: Turn
  readonly #path: string
  readonly #dropped: string[]
  /** Signatures that travelled on a thought block and belong to a call. */
  readonly #forCalls = new Map<string, string>()

  constructor(options: RestoreOptions, turn: Turn, path: string, dropped: string[]) {
    this.#options = options
    this.#turn = turn
    this.#path = path
    this.#dropped = dropped
  }

  parts(isInLoop: boolean): Part[] {
    const thoughts = new Map<Part, ReasoningPart | undefined>()
    for (const part of this.#turn.parts) if (part.type === "reasoning") thoughts.set(part, this.#thought(part))
    const parts: Part[] = []
    for (const [position, part] of this.#turn.parts.entries()) {
      if (part.type === "tool-call") parts.push(this.#call(part))
      else if (part.type !== "reasoning") parts.push(part)
      else {
        const thought = thoughts.get(part)
        if (thought !== undefined) parts.push(thought)
        // An empty block is a carrier and no loss.
        else if (part.text !== "") this.#dropped.push(`${this.#path}.parts[${position}]`)
      }
    }
    const hasThought = parts.some((part) => part.type === "reasoning")
    const kept = isInLoop && !hasThought ? this.#keptThought() : undefined
    return kept === undefined ? parts : [kept, ...parts]
  }

  /** Client's carrier, then the map by text. Undefined: the block is left out. */
  #thought(part: ReasoningPart): ReasoningPart | undefined {
    const { family, lineage, lookUp, openCarrier } = this.#options
    if (family === "other") return undefined
    const { text, signature = "" } = part
    if (isCarrier(signature)) {
      const carried = openCarrier(signature)
      if (carried?.kind === "call" && carried.family === family) this.#forCalls.set(carried.callId, carried.signature)
      if (carried?.kind === "thought" && carried.family === family && carried.isOver(text))
        return { type: "reasoning", text: carried.text ?? text, signature: carried.signature }
    } else if (signature !== "" && family !== "claude" && lookUp.hasSeen(lineage, family, signature)) {
      // Claude's holds for one text only, which the map by text knows.
      return part
    }
    const known = text === "" ? undefined : lookUp.thought(lineage, family, text)
    return known === undefined ? undefined : { type: "reasoning", text, signature: known }
  }

  /** Client's carrier, then the map by id; without either a Gemini call is left for the encoder's sentinel. */
  #call(part: ToolCallPart): ToolCallPart {
    const { family, lineage, lookUp } = this.#options
    const known = lookUp.call(lineage, family, part.id)
    const upstreamId = part.upstreamId ?? known?.upstreamId
    const named = upstreamId === undefined ? part : { ...part, upstreamId }
    if (family === "claude" || family === "other") return withSignature(named, undefined)
    return withSignature(named, this.#returned(part) ?? this.#forCalls.get(part.id) ?? known?.signature)
  }

  #returned({ signature, id }: ToolCallPart): string | undefined {
    const { family, lineage, lookUp, openCarrier } = this.#options
    if (signature === undefined || signature === "") return undefined
    if (!isCarrier(signature)) return lookUp.hasSeen(lineage, family, signature) ? signature : undefined
    const carried = openCarrier(signature)
    return carried?.kind === "call" && carried.family === family && carried.callId === id
      ? carried.signature
      : undefined
  }

  /** The thought that came before one of this turn's calls, for clients that return none. */
  #keptThought(): ReasoningPart | undefined {
    const { family, lineage, lookUp } = this.#options
    if (family !== "claude") return undefined
    for (const part of this.#turn.parts) {
      if (part.type !== "tool-call") continue
      const thought = lookUp.call(lineage, family, part.id)?.thought
      if (thought !== undefined) return { type: "reasoning", ...thought }
    }
    return undefined
  }
}

function withSignature(part: ToolCallPart, signature: string | undefined): ToolCallPart {
  const { signature: _old, ...rest } = part
  return signature === undefined ? rest : { ...rest, signature }
}
