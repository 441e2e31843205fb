/**
 * How the simulator counts, so that a test can count too: a token is four UTF-16 units, rounded up once per total.
 * Prompt = system text + tools as JSON + every part of every turn; an image or document counts 258 tokens.
 * Thoughts are not in the candidates' count (upstream-protocol 10).
 */
import { digest } from "./random.ts"
import type { GenerationRequest, Part } from "./request.ts"

/** Tokens of a number of characters. */
export function tokens(characters: number): number {
  return Math.ceil(characters / 4)
}

/** Tokens counted for inline data of any size. */
export const mediaTokens = 258

/** Characters of one part: text, or a call's or result's name and JSON. */
export function charactersOf(part: Part): number {
  let count = part.text?.length ?? 0
  if (part.call) count += part.call.name.length + JSON.stringify(part.call.args).length
  if (part.response) count += part.response.name.length + (JSON.stringify(part.response.response) ?? "").length
  if (part.inline || part.file !== undefined) count += mediaTokens * 4
  return count
}

/** Characters of the pieces a prompt is cached by: first system text and tools, then each turn. */
function pieceSizes(request: GenerationRequest): number[] {
  const known = sizes.get(request)
  if (known) return known
  const first = sum(request.system ?? []) + request.toolsJson.length
  const counted = [first, ...request.turns.map(({ parts }) => sum(parts))]
  sizes.set(request, counted)
  return counted
}

// Rules, plan and cache all ask about the same request.
const sizes = new WeakMap<GenerationRequest, number[]>()

/** Tokens of the whole prompt. */
export function promptTokens(request: GenerationRequest): number {
  return tokens(pieceSizes(request).reduce((total, size) => total + size, 0))
}

/** `usageMetadata`; zeros are left out as proto JSON does, but for the candidates' count. */
export function usageMetadata(counts: {
  prompt: number
  cached: number
  candidates: number
  thoughts: number
}): object {
  return {
    promptTokenCount: counts.prompt,
    candidatesTokenCount: counts.candidates,
    ...(counts.thoughts > 0 ? { thoughtsTokenCount: counts.thoughts } : {}),
    totalTokenCount: counts.prompt + counts.candidates + counts.thoughts,
    ...(counts.cached > 0 ? { cachedContentTokenCount: counts.cached } : {}),
  }
}

const cachedSessions = 10_000

/** Remembers the prompt of each session, so that a repeated prefix counts as cached. */
export class PromptCache {
  readonly #known = new Map<string, readonly string[]>()

  /** Cached tokens of this request, and remembers it. Without a session id nothing is cached. */
  hit(account: string, request: GenerationRequest): number {
    if (request.sessionId === undefined) return 0
    const name = `${account}\u0000${request.model}\u0000${request.sessionId}`
    const pieces = [
      digest(JSON.stringify(request.system ?? []), request.toolsJson),
      ...request.turns.map((turn) => digest(JSON.stringify(turn))),
    ].map((hash) => hash.toString("base64"))
    const before = this.#known.get(name) ?? []
    let same = 0
    while (same < pieces.length && pieces[same] === before[same]) same += 1
    const characters = pieceSizes(request)
      .slice(0, same)
      .reduce((total, size) => total + size, 0)
    this.#known.delete(name)
    this.#known.set(name, pieces)
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= cachedSessions) break
      this.#known.delete(oldest)
    }
    return same >= 2 ? tokens(characters) : 0
  }

  /** Forgets every session. */
  clear(): void {
    this.#known.clear()
  }
}

function sum(parts: readonly Part[]): number {
  return parts.reduce((total, part) => total + charactersOf(part), 0)
}
