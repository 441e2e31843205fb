import type { MediaPart, Part, ReasoningPart, TextPart, ToolCallPart } from "../canonical/part.ts"
import type { Turn } from "../canonical/request.ts"
import { isCarrier, type Carried } from "./carrier.ts"
import type { KnownCall, KnownTurn, SignatureLookUp, SignedThought, TurnPlace } from "./look-up.ts"
import { SIGNATURE_SENTINEL } from "./sentinel.ts"
import { mediaDigest, turnDigest } from "./turn-digest.ts"

/** `family` is that of the model that is asked now. */
export interface RestoreOptions extends TurnPlace {
  readonly lookUp: SignatureLookUp
  /** Opens a carrier of this lineage; undefined for everything else. */
  readonly openCarrier: (value: string) => Carried | undefined
}

/**
 * One assistant turn with the signatures that belong to it and no other. Each is looked for where it is surest: in what the client
 * returned, then by the call's id or the thought's text, then by what the whole turn said in this conversation.
 */
export class TurnRestorer {
  readonly #options: RestoreOptions
  readonly #turn: Turn
  readonly #path: string
  readonly #dropped: string[]
  /** Signatures that travelled on a thought block and belong to a call. */
  readonly #forCalls = new Map<string, string>()
  /** Of calls that are known by their id. */
  readonly #positions = new Map<Part, number>()
  readonly #calls: readonly ToolCallPart[]
  /** The text whose signature is looked for; beside calls it is not worth the reading of the turn. */
  readonly #signedText: Part | undefined
  #said: { readonly known: KnownTurn | undefined } | undefined

  constructor(options: RestoreOptions, turn: Turn, path: string, dropped: string[]) {
    this.#options = options
    this.#turn = turn
    this.#path = path
    this.#dropped = dropped
    this.#calls = turn.parts.filter((part) => part.type === "tool-call")
    this.#signedText = this.#calls.length > 0 ? undefined : turn.parts.findLast((part) => part.type === "text")
  }

  /** `isInLoop`: the turn belongs to the tool loop under way, where Claude wants a thought to begin it. */
  parts(isInLoop: boolean): Part[] {
    const thoughts = new Map<Part, ReasoningPart | undefined>()
    for (const part of this.#turn.parts) if (part.type === "reasoning") thoughts.set(part, this.#thought(part))
    const parts: Part[] = []
    for (const [position, part] of this.#turn.parts.entries()) {
      if (part.type === "tool-call") parts.push(this.#call(part))
      else if (part.type === "text") parts.push(this.#text(part))
      else if (part.type === "media") parts.push(this.#media(part))
      else if (part.type !== "reasoning") parts.push(part)
      else {
        const thought = thoughts.get(part)
        if (thought !== undefined) parts.push(thought)
        // An empty block is a carrier and no loss.
        else if (part.text !== "") this.#dropped.push(`${this.#path}.parts[${position}]`)
      }
    }
    const hasThought = parts.some((part) => part.type === "reasoning")
    const kept = isInLoop && !hasThought ? this.#keptThoughts() : []
    return [...kept, ...this.#signedCallFirst(parts)]
  }

  get #isGemini(): boolean {
    return this.#options.family === "gemini-3" || this.#options.family === "gemini-2.5"
  }

  /** Undefined: the block is left out. */
  #thought(part: ReasoningPart): ReasoningPart | undefined {
    const { family, lineage, lookUp, openCarrier } = this.#options
    if (family === "other") return undefined
    const { text, signature = "" } = part
    if (isCarrier(signature)) {
      const carried = openCarrier(signature)
      if (carried?.kind === "call" && carried.family === family) this.#forCalls.set(carried.callId, carried.signature)
      if (carried?.kind === "thought" && carried.family === family && carried.isOver(text))
        return { ...part, text: carried.text ?? text, signature: carried.signature }
    } else if (signature !== "" && family !== "claude" && lookUp.hasSeen(lineage, family, signature)) {
      // Claude's holds for one text only, which the map by text knows.
      return part
    }
    const known = text === "" ? undefined : lookUp.thought(lineage, family, text)
    if (known !== undefined) return { ...part, signature: known }
    // On its own wire Gemini takes a thought back without a signature.
    const { extra } = part
    const isOwn = this.#isGemini && text !== "" && extra?.gemini !== undefined
    return isOwn ? { type: "reasoning", text, extra } : undefined
  }

  /** A Gemini call without any is left for the encoder's sentinel. */
  #call(part: ToolCallPart): ToolCallPart {
    const { family, lineage, lookUp } = this.#options
    const byId = lookUp.call(lineage, family, part.id)
    if (byId?.position !== undefined) this.#positions.set(part, byId.position)
    if (!this.#isGemini) return called(part, byId, undefined)
    const returned = this.#returned(part) ?? this.#forCalls.get(part.id)
    if (returned !== undefined || byId !== undefined) return called(part, byId, returned ?? byId?.signature)
    const bySaying = this.#known()?.calls[this.#calls.indexOf(part)]
    const sentinel = part.signature === SIGNATURE_SENTINEL ? part.signature : undefined
    return called(part, bySaying, bySaying?.signature ?? sentinel)
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

  /** Only Gemini signs what is visible. It does not ask for it, but answers better with it. */
  #text(part: TextPart): TextPart {
    if (this.#isOwn(part)) return part
    const known = this.#isGemini && part === this.#signedText ? this.#known()?.textSignature : undefined
    return withSignature(part, known)
  }

  #media(part: MediaPart): MediaPart {
    if (this.#isOwn(part)) return part
    const { family, lineage, lookUp } = this.#options
    return withSignature(part, this.#isGemini ? lookUp.media(lineage, family, mediaDigest(part.data)) : undefined)
  }

  #isOwn({ signature }: TextPart | MediaPart): boolean {
    const { family, lineage, lookUp } = this.#options
    return this.#isGemini && signature !== undefined && lookUp.hasSeen(lineage, family, signature)
  }

  /** The thoughts that stood before this turn's calls, for clients that return none. */
  #keptThoughts(): readonly ReasoningPart[] {
    const { family, lineage, lookUp } = this.#options
    if (family !== "claude") return []
    for (const { id } of this.#calls) {
      const thoughts = lookUp.call(lineage, family, id)?.thoughts
      if (thoughts !== undefined) return thoughts.map(asPart)
    }
    return (this.#known()?.thoughts ?? []).map(asPart)
  }

  /** Of calls made side by side the upstream signs the first and wants it first, whatever order a client keeps them in. */
  #signedCallFirst(parts: Part[]): Part[] {
    const calls = parts.filter((part) => part.type === "tool-call")
    const place = (call: ToolCallPart): number | undefined =>
      this.#positions.get(this.#calls[calls.indexOf(call)] ?? call)
    const [first] = calls
    if (first === undefined || first.signature !== undefined || !place(first)) return parts
    const signed = calls.find((call) => call.signature !== undefined && place(call) === 0)
    if (signed === undefined) return parts
    return parts.flatMap((part) => (part === signed ? [] : part === first ? [signed, first] : [part]))
  }

  /** Read once, and only where everything else failed. */
  #known(): KnownTurn | undefined {
    if (this.#said === undefined) {
      const texts = this.#turn.parts.flatMap((part) => (part.type === "text" ? [part.text] : []))
      const digest = turnDigest(texts, this.#calls)
      this.#said = { known: digest === undefined ? undefined : this.#options.lookUp.turn(this.#options, digest) }
    }
    return this.#said.known
  }
}

function asPart(thought: SignedThought): ReasoningPart {
  return { type: "reasoning", ...thought }
}

function called(part: ToolCallPart, known: KnownCall | undefined, signature: string | undefined): ToolCallPart {
  const upstreamId = part.upstreamId ?? known?.upstreamId
  const named = upstreamId === undefined ? part : { ...part, upstreamId }
  return withSignature(named, signature)
}

export function withSignature<Signed extends ToolCallPart | TextPart | MediaPart>(
  part: Signed,
  signature: string | undefined,
): Signed {
  const { signature: _old, ...rest } = part
  return (signature === undefined ? rest : { ...rest, signature }) as Signed // the same but for an optional field
}
