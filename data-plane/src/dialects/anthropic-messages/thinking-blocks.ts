/**
 * Where thoughts and signatures stand in an answer of this wire. A thought's own signature ends its block. A call's signature goes
 * onto the thinking block right before the call, or onto an empty one made for it: blocks are what clients give back unaltered.
 */
import type { Part } from "../../canonical/part.ts"
import type { StreamPart } from "../../canonical/stream-part.ts"
import type { AnswerContext, SealTarget } from "../dialect.ts"
import { signedCalls, type SignedPartListener } from "../signed-calls.ts"
import { thoughtBlocks, type ThoughtBlocks } from "./reasoning.ts"
import type { ThinkingBlock } from "./wire.ts"

/** Signatures that are given on are sealed. Without thinking in the request no thought passes. */
export function placeThoughts(emit: SignedPartListener, context: AnswerContext): (part: StreamPart) => void {
  const placer = new ThoughtPlacer(emit, context)
  return signedCalls((part, signature) => placer.part(part, signature))
}

/** The same for a whole answer: its parts, thoughts as blocks, and calls with their sealed signatures. */
export function placedParts(
  parts: readonly Part[],
  context: AnswerContext,
): readonly (ThinkingBlock | Exclude<Part, { type: "reasoning" }>)[] {
  const blocks = thoughtBlocks(context.request)
  const placed: (ThinkingBlock | Exclude<Part, { type: "reasoning" }>)[] = []
  for (const [index, part] of parts.entries()) {
    const before = parts[index - 1]
    const next = parts[index + 1]
    if (part.type === "reasoning") {
      const block = thinkingBlock(part, next, blocks, context)
      if (block !== undefined) placed.push(block)
    } else if (part.type === "tool-call" && part.signature !== undefined) {
      const signature = sealed(context, part.signature, { kind: "call", callId: part.id })
      const isPlaced = before?.type === "reasoning" && before.signature === undefined
      if (blocks !== "none" && !isPlaced) placed.push({ type: "thinking", thinking: "", signature })
      placed.push({ ...part, signature })
    } else placed.push(part)
  }
  return placed
}

function thinkingBlock(
  { text, signature: own }: Extract<Part, { type: "reasoning" }>,
  next: Part | undefined,
  blocks: ThoughtBlocks,
  context: AnswerContext,
): ThinkingBlock | undefined {
  if (blocks === "none") return undefined
  const isHidden = blocks === "omitted"
  let signature = ""
  if (own !== undefined) signature = sealed(context, own, { kind: "thought", text, isHidden })
  else if (next?.type === "tool-call" && next.signature !== undefined)
    signature = sealed(context, next.signature, { kind: "call", callId: next.id })
  if (isHidden && signature === "") return undefined
  return { type: "thinking", thinking: isHidden ? "" : text, signature }
}

function sealed(context: AnswerContext, signature: string, target: SealTarget): string {
  return context.seal?.(signature, target) ?? signature
}

class ThoughtPlacer {
  readonly #emit: SignedPartListener
  readonly #context: AnswerContext
  readonly #blocks: ThoughtBlocks
  #pieces: string[] = []
  /** The end of an unsigned thought, until it is known whether a call's signature goes onto it. */
  #heldEnd: Extract<StreamPart, { type: "reasoning-end" }> | undefined

  constructor(emit: SignedPartListener, context: AnswerContext) {
    this.#emit = emit
    this.#context = context
    this.#blocks = thoughtBlocks(context.request)
  }

  part(part: StreamPart, signature?: string): void {
    switch (part.type) {
      case "reasoning-start":
        this.#releaseEnd()
        this.#pieces = []
        if (this.#blocks === "text") this.#emit(part)
        return
      case "reasoning-delta":
        if (this.#blocks === "omitted") this.#pieces.push(part.text)
        else if (this.#blocks === "text") {
          this.#pieces.push(part.text)
          this.#emit(part)
        }
        return
      case "reasoning-end":
        if (this.#blocks === "none") return
        if (part.signature === undefined) this.#heldEnd = part
        else this.#endThought(part.block, part.signature)
        return
      case "tool-input-start":
        return this.#call(part, signature)
      case "usage":
      case "error":
        return this.#emit(part)
      default:
        this.#releaseEnd()
        this.#emit(part)
    }
  }

  #endThought(block: number, signature: string): void {
    const isHidden = this.#blocks === "omitted"
    if (isHidden) this.#emit({ type: "reasoning-start", block })
    const target = { kind: "thought", text: this.#pieces.join(""), isHidden } as const
    this.#emit({ type: "reasoning-end", block, signature: sealed(this.#context, signature, target) })
  }

  #call(part: Extract<StreamPart, { type: "tool-input-start" }>, own: string | undefined): void {
    if (own === undefined) {
      this.#releaseEnd()
      return this.#emit(part)
    }
    const signature = sealed(this.#context, own, { kind: "call", callId: part.id })
    const { block } = part
    if (this.#blocks !== "none") {
      if (this.#heldEnd === undefined || this.#blocks === "omitted") this.#emit({ type: "reasoning-start", block })
      this.#emit({ type: "reasoning-end", block, signature })
    }
    this.#heldEnd = undefined
    this.#emit(part, signature)
  }

  #releaseEnd(): void {
    // A thought that is neither shown nor signed is no block at all.
    if (this.#heldEnd !== undefined && this.#blocks === "text") this.#emit(this.#heldEnd)
    this.#heldEnd = undefined
  }
}
