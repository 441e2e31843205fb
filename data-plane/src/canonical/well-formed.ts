/**
 * The laws of a stream of parts, checked: the first part is `response-start` (or an `error`), blocks are numbered from 0 without
 * gaps, each is opened once and closed once by its own kind, one at a time; a call's pieces join to one JSON object; `response-end`
 * comes with no block open; an `error` may come at any time; after either nothing follows, and one of them must come. Used by tests
 * and by whoever doubts a decoder.
 */
import { never } from "#shared/never.ts"
import type { StreamPart } from "./stream-part.ts"
import { parseArguments } from "./tool-arguments.ts"

export interface WellFormedChecker {
  /** Throws an `Error` that names the broken law and the part's position. */
  part(part: StreamPart): void
  /** The stream is over: throws when it has no end. */
  end(): void
}

type BlockKind = "text" | "reasoning" | "tool-input"

export function createWellFormedChecker(): WellFormedChecker {
  return new Checker()
}

/** Throws an `Error` when `parts` is not a whole, well-formed stream. */
export function assertWellFormed(parts: Iterable<StreamPart>): void {
  const checker = createWellFormedChecker()
  for (const part of parts) checker.part(part)
  checker.end()
}

class Checker implements WellFormedChecker {
  private position = -1
  private started = false
  private ended = false
  private nextBlock = 0
  private open: BlockKind | undefined
  private json = ""
  private isGrounded = false

  part(part: StreamPart): void {
    this.position += 1
    if (this.ended) this.broken(part, "comes after the end")
    if (!this.started && part.type !== "response-start" && part.type !== "error")
      this.broken(part, "comes before response-start")
    switch (part.type) {
      case "response-start":
        if (this.started) this.broken(part, "comes twice")
        this.started = true
        return
      case "text-start":
        return this.openBlock(part, "text", part.block)
      case "reasoning-start":
        return this.openBlock(part, "reasoning", part.block)
      case "tool-input-start":
        return this.openBlock(part, "tool-input", part.block)
      case "text-delta":
        return this.insideBlock(part, "text", part.block)
      case "reasoning-delta":
        return this.insideBlock(part, "reasoning", part.block)
      case "tool-input-delta":
        this.json += part.json
        return this.insideBlock(part, "tool-input", part.block)
      case "text-end":
        return this.closeBlock(part, "text", part.block)
      case "reasoning-end":
        return this.closeBlock(part, "reasoning", part.block)
      case "tool-input-end":
        this.closeBlock(part, "tool-input", part.block)
        return this.checkArguments(part)
      case "media":
        return this.wholeBlock(part, part.block)
      case "grounding":
        if (this.open !== undefined) this.broken(part, "comes with a block open")
        if (this.isGrounded) this.broken(part, "comes twice")
        this.isGrounded = true
        return
      case "usage":
        return
      case "response-end":
        if (this.open !== undefined) this.broken(part, "comes with a block open")
        this.ended = true
        return
      case "error":
        this.ended = true
        return
      default:
        never(part)
    }
  }

  end(): void {
    if (!this.ended) throw new Error(`the stream stops after ${this.position + 1} parts without response-end or error`)
  }

  private openBlock(part: StreamPart, kind: BlockKind, block: number): void {
    if (this.open !== undefined) this.broken(part, "opens a block while another is open")
    if (block !== this.nextBlock) this.broken(part, `should open block ${this.nextBlock}`)
    this.open = kind
    this.json = ""
  }

  private wholeBlock(part: StreamPart, block: number): void {
    if (this.open !== undefined) this.broken(part, "opens a block while another is open")
    if (block !== this.nextBlock) this.broken(part, `should be block ${this.nextBlock}`)
    this.nextBlock += 1
  }

  private insideBlock(part: StreamPart, kind: BlockKind, block: number): void {
    if (this.open !== kind)
      this.broken(part, this.open === undefined ? "has no open block" : `is inside a ${this.open} block`)
    if (block !== this.nextBlock) this.broken(part, `belongs to block ${this.nextBlock}`)
  }

  private closeBlock(part: StreamPart, kind: BlockKind, block: number): void {
    this.insideBlock(part, kind, block)
    this.open = undefined
    this.nextBlock += 1
  }

  private checkArguments(part: StreamPart): void {
    if (parseArguments(this.json) === undefined) this.broken(part, "closes a call whose arguments are no JSON object")
  }

  private broken(part: StreamPart, law: string): never {
    throw new Error(`part ${this.position} (${part.type}) ${law}`)
  }
}
