/**
 * Turns to `contents`. The upstream's laws: turns alternate, each call of a model turn has its result in the next turn, results
 * stand first and in the order of the calls, a result without its call does not exist.
 */
import { GatewayError } from "../../canonical/error.ts"
import { ADDED, MISSING_RESULT, orphanResult } from "../../canonical/gateway-text.ts"
import type { MediaPart, Part, RemoteMediaPart, TextPart, ToolCallPart, ToolResultPart } from "../../canonical/part.ts"
import type { Turn } from "../../canonical/request.ts"
import { addPlaceholder } from "../../schema/placeholder.ts"
import { SIGNATURE_SENTINEL } from "../../signatures/sentinel.ts"
import { isReadUpstream, refuseModality, refuseRemoteModality } from "../modality.ts"
import type { ModelFamily } from "../model-family.ts"
import { isObject, type WireObject } from "../read-wire.ts"
import type { EncodedTools } from "./encode-tools.ts"
import type { GeminiContent, GeminiFunctionResponse, GeminiPart } from "./wire.ts"

/** Stands for the text of a signed thought that has none; Claude refuses an empty one. */
const NO_TEXT = "\u200B"

export interface ContentsTarget {
  readonly modelId: string
  readonly family: ModelFamily
  readonly tools: Pick<EncodedTools, "names" | "placeholders">
}

export interface MutableContent {
  readonly role: GeminiContent["role"]
  readonly parts: GeminiPart[]
}

/** `dropped` gets the canonical paths of what this target does not take, and marks of added text. */
export function encodeContents(turns: readonly Turn[], target: ContentsTarget, dropped: string[]): MutableContent[] {
  return new ContentsEncoder(target, dropped).encode(turns)
}

/** Claude refuses blank text parts ("text: Field required"), every family refuses empty ones. */
export function isSendable(text: string, family: ModelFamily): boolean {
  return family === "claude" ? text.trim() !== "" : text !== ""
}

interface Draft {
  readonly role: Turn["role"]
  readonly parts: Part[]
}

/** A call that was written and waits for its result. */
interface OpenCall {
  readonly call: ToolCallPart
  /** Undefined: neither the client nor the upstream gave one, and none is wanted. */
  readonly id: string | undefined
  readonly name: string
}

class ContentsEncoder {
  private readonly target: ContentsTarget
  private readonly dropped: string[]
  private readonly noted = new Set<string>()
  private readonly usedIds = new Set<string>()
  /** By a repeated id, the number of its next copy. */
  private readonly copies = new Map<string, number>()
  private contents: MutableContent[] = []

  constructor(target: ContentsTarget, dropped: string[]) {
    this.target = target
    this.dropped = dropped
  }

  encode(turns: readonly Turn[]): MutableContent[] {
    let open: readonly OpenCall[] = []
    for (const draft of this.drafts(turns)) {
      if (draft.role === "assistant") open = this.modelTurn(draft.parts)
      else {
        this.userTurn(draft.parts, open)
        open = []
      }
    }
    if (open.length > 0) this.userTurn([], open)
    return this.contents
  }

  /** What can be sent, with what then is adjacent merged. */
  private drafts(turns: readonly Turn[]): readonly Draft[] {
    const drafts: Draft[] = []
    for (const [index, turn] of turns.entries()) {
      const parts = turn.parts.filter((part, position) => {
        if (part.type === "text") return isSendable(part.text, this.target.family)
        const isKept = this.isCarried(part, turn.role)
        if (!isKept) this.dropped.push(`turns[${index}].parts[${position}]`)
        return isKept
      })
      if (parts.length === 0) continue
      const last = drafts.at(-1)
      if (last?.role === turn.role) for (const part of parts) last.parts.push(part)
      else drafts.push({ role: turn.role, parts })
    }
    return drafts
  }

  private isCarried(part: Exclude<Part, TextPart>, role: Turn["role"]): boolean {
    switch (part.type) {
      case "reasoning":
        return role === "assistant" && (this.isSigned(part.signature) || this.isOwn(part))
      case "tool-call":
        return role === "assistant"
      case "tool-result":
        return role === "user"
      case "media":
        return this.holdsMedia(role) && (!isDraft(part) || this.isOwn(part))
      case "remote-media":
        return this.holdsMedia(role)
      case "sealed-text":
        return false
    }
  }

  /** Turns of models that do not draw hold no pictures. */
  private holdsMedia(role: Turn["role"]): boolean {
    return role === "user" || (this.target.family !== "claude" && this.target.family !== "gpt-oss")
  }

  /** Only these two families sign, and want their thoughts back. */
  private isSigned(signature: string | undefined): signature is string {
    return signature !== undefined && (this.target.family === "claude" || this.target.family === "gemini")
  }

  /** A part that a client of this wire sent, for a model of Gemini's own: what only they know goes along. */
  private isOwn(part: Part): boolean {
    return this.target.family === "gemini" && "extra" in part && part.extra?.gemini !== undefined
  }

  private modelTurn(parts: readonly Part[]): readonly OpenCall[] {
    const open: OpenCall[] = []
    const written: GeminiPart[] = []
    for (const part of this.ordered(parts)) {
      if (part.type === "text") written.push({ text: part.text, ...this.visibleSignature(part) })
      else if (part.type === "reasoning") {
        const text = part.text === "" && this.target.family === "claude" ? NO_TEXT : part.text
        const { signature } = part
        written.push({ text, thought: true, ...(signature === undefined ? {} : { thoughtSignature: signature }) })
      } else if (part.type === "media") written.push({ ...this.inline(part), ...this.visibleSignature(part) })
      else if (part.type === "remote-media") written.push(this.remote(part))
      else if (part.type === "tool-call") {
        const id = this.upstreamId(part, open.length)
        const name = this.target.tools.names.toUpstream(part.name)
        const args = this.target.tools.placeholders.has(part.name) ? addPlaceholder(part.arguments) : part.arguments
        const functionCall = { ...(id === undefined ? {} : { id }), name, args }
        written.push({ functionCall, ...this.callSignature(part, open.length === 0) })
        open.push({ call: part, id, name })
      }
    }
    this.contents.push({ role: "model", parts: written })
    return open
  }

  /** Claude wants thoughts, then text, then calls; the others get the turn as it was. */
  private ordered(parts: readonly Part[]): readonly Part[] {
    if (this.target.family !== "claude") return parts
    const rank = (part: Part) => (part.type === "reasoning" ? 0 : part.type === "tool-call" ? 2 : 1)
    return parts.toSorted((a, b) => rank(a) - rank(b))
  }

  /** Only Gemini signs what is seen; it takes it unsigned too. */
  private visibleSignature({ signature }: TextPart | MediaPart): { thoughtSignature?: string } {
    return signature === undefined || this.target.family !== "gemini" ? {} : { thoughtSignature: signature }
  }

  /** Claude's calls carry none. Gemini 3 refuses a turn whose first call has none; those beside it may go without. */
  private callSignature(call: ToolCallPart, isFirst: boolean): { thoughtSignature?: string } {
    if (this.target.family !== "gemini") return {}
    if (call.signature !== undefined) return { thoughtSignature: call.signature }
    const isDemanded = isFirst && !/^gemini-[12]\b/i.test(this.target.modelId)
    return isDemanded ? { thoughtSignature: SIGNATURE_SENTINEL } : {}
  }

  /** Letters that every family takes, and no id twice: clients may count their ids anew in every turn. */
  private upstreamId(call: ToolCallPart, position: number): string | undefined {
    // What came from such an upstream goes back to it as it was, repeated ids and missing ones too.
    if (this.isOwn(call)) return call.upstreamId ?? (call.extra?.gemini?.["hasNoId"] === true ? undefined : call.id)
    const known = this.target.family === "claude" ? undefined : call.upstreamId
    const wished = known ?? (call.upstreamId ?? call.id).replaceAll(/[^a-zA-Z0-9_-]/g, "_")
    const base = wished === "" ? `call_${this.contents.length}_${position}` : wished
    let id = base
    if (this.usedIds.has(id)) {
      // Counted on from the last one: thousands of calls may have the same id.
      let copy = this.copies.get(base) ?? 2
      while (this.usedIds.has(`${base}_${copy}`)) copy += 1
      id = `${base}_${copy}`
      this.copies.set(base, copy + 1)
    }
    this.usedIds.add(id)
    return id
  }

  private userTurn(parts: readonly Part[], open: readonly OpenCall[]): void {
    const orphans = new Set(parts.filter((part) => part.type === "tool-result"))
    const waiting = resultsByCall(orphans)
    const images: GeminiPart[] = []
    const responses = open.map((openCall): GeminiPart => {
      const result = waiting.get(openCall.call.id)?.pop()
      if (result !== undefined) {
        orphans.delete(result)
        images.push(...this.media(result.content))
      }
      return { functionResponse: this.functionResponse(openCall, result) }
    })
    const others = parts.flatMap((part) => this.userParts(part, orphans))
    this.contents.push({ role: "user", parts: [...responses, ...images, ...others] })
  }

  private functionResponse({ id, name }: OpenCall, result: ToolResultPart | undefined): GeminiFunctionResponse {
    const named = { ...(id === undefined ? {} : { id }), name }
    if (result === undefined) {
      this.note(ADDED.missingResult)
      return { ...named, response: { error: MISSING_RESULT } }
    }
    const own = this.isOwn(result) ? result.extra?.gemini?.["response"] : undefined
    if (isObject(own)) return { ...named, response: own }
    const text = textOf(result)
    return { ...named, response: result.isError ? { error: text } : { output: text } }
  }

  /** Of results only those that belong to no call, as text at their place. */
  private userParts(part: Part, orphans: ReadonlySet<ToolResultPart>): readonly GeminiPart[] {
    switch (part.type) {
      case "text":
        return [{ text: part.text }]
      case "media":
      case "remote-media":
        return this.media([part])
      case "tool-result": {
        if (!orphans.has(part)) return []
        this.note(ADDED.orphanResult)
        const lines = [orphanResult(part.callId, part.name), textOf(part)].filter((line) => line !== "")
        return [{ text: lines.join("\n") }, ...this.media(part.content)]
      }
      default:
        return []
    }
  }

  private media(parts: readonly Part[]): readonly GeminiPart[] {
    return parts.flatMap((part): readonly GeminiPart[] => {
      if (part.type === "media") return [this.inline(part)]
      return part.type === "remote-media" ? [this.remote(part)] : []
    })
  }

  private inline(part: MediaPart): GeminiPart {
    const { mediaType, data } = part
    refuseModality(this.target.modelId, mediaType)
    const thought = this.isOwn(part) && isDraft(part) ? { thought: true as const } : {} // one value
    return { inlineData: { mimeType: mediaType, data }, ...thought, ...this.videoMetadata(part) }
  }

  private videoMetadata(part: MediaPart | RemoteMediaPart): { videoMetadata?: WireObject } {
    const own = this.isOwn(part) ? part.extra?.gemini?.["videoMetadata"] : undefined
    return isObject(own) ? { videoMetadata: own } : {}
  }

  /** Only what the upstream reads itself; all else was fetched before. */
  private remote(part: RemoteMediaPart): GeminiPart {
    const { url, mediaType, accepts, param } = part
    refuseRemoteModality(this.target.modelId, part)
    if (isReadUpstream(part, this.target.modelId)) {
      const fileData = { ...(mediaType === undefined ? {} : { mimeType: mediaType }), fileUri: url }
      return { fileData, ...this.videoMetadata(part) }
    }
    const message = `${param}: the ${accepts} at ${new URL(url).host} was not fetched; send its data.`
    throw new GatewayError("invalid_request", message, { param })
  }

  private note(mark: string): void {
    if (this.noted.has(mark)) return
    this.noted.add(mark)
    this.dropped.push(mark)
  }
}

/** Under each call's id its results, the first one last. */
function resultsByCall(results: ReadonlySet<ToolResultPart>): ReadonlyMap<string, ToolResultPart[]> {
  const byCall = new Map<string, ToolResultPart[]>()
  for (const result of [...results].toReversed()) {
    const others = byCall.get(result.callId)
    if (others === undefined) byCall.set(result.callId, [result])
    else others.push(result)
  }
  return byCall
}

/** A picture that a model drew while it thought. */
function isDraft({ extra }: MediaPart): boolean {
  return extra?.gemini?.["isDraft"] === true
}

function textOf(result: ToolResultPart): string {
  return result.content.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n")
}
