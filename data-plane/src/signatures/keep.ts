import type { StreamPart } from "../canonical/stream-part.ts"
import { readArguments } from "../canonical/tool-arguments.ts"
import type { KnownCall, KnownTurn, SignedThought, TurnPlace } from "./look-up.ts"
import type { SignatureStore } from "./store.ts"
import { mediaDigest, turnDigest } from "./turn-digest.ts"

export interface KeepOptions extends TurnPlace {
  readonly store: Pick<SignatureStore, "keepCall" | "keepThought" | "keepMedia" | "keepTurn">
}

/**
 * Reads the signatures off one answer's parts and keeps them when it has really ended: a signature may come before or after the
 * call it belongs to, and an answer that broke off is tried again.
 */
export function keepSignatures(options: KeepOptions): (part: StreamPart) => void {
  const keeper = new Keeper(options)
  return (part) => keeper.part(part)
}

interface Call {
  readonly id: string
  readonly name: string
  readonly upstreamId?: string
  json: string
  signature?: string
}

class Keeper {
  readonly #options: KeepOptions
  readonly #calls: Call[] = []
  readonly #thoughts: SignedThought[] = []
  /** Signatures by digest: pictures are too large to be held. */
  readonly #media = new Map<string, string>()
  readonly #texts: string[] = []
  #textSignature: string | undefined
  #pieces: string[] = []

  constructor(options: KeepOptions) {
    this.#options = options
  }

  part(part: StreamPart): void {
    switch (part.type) {
      case "reasoning-start":
        this.#pieces = []
        return
      case "reasoning-delta":
        this.#pieces.push(part.text)
        return
      case "reasoning-end":
        if (part.signature !== undefined)
          this.#thoughts.push({ text: this.#pieces.join(""), signature: part.signature })
        this.#pieces = []
        return
      case "text-delta":
        this.#texts.push(part.text)
        return
      case "text-end":
        // Of the last text or of none: that is where it is put back.
        this.#textSignature = part.signature
        return
      case "media":
        if (part.signature !== undefined) this.#media.set(mediaDigest(part.data), part.signature)
        return
      case "tool-input-start": {
        const { id, name, upstreamId } = part
        this.#calls.push({ id, name, json: "", ...(upstreamId === undefined ? {} : { upstreamId }) })
        return
      }
      case "tool-input-delta": {
        const call = this.#calls.at(-1)
        if (call !== undefined) call.json += part.json
        return
      }
      case "tool-input-end": {
        const call = this.#calls.at(-1)
        if (call !== undefined && part.signature !== undefined) call.signature = part.signature
        return
      }
      case "response-end":
        return this.#keep()
      default:
    }
  }

  #keep(): void {
    const { store, lineage, family } = this.#options
    for (const { text, signature } of this.#thoughts) store.keepThought(lineage, family, text, signature)
    for (const [digest, signature] of this.#media) store.keepMedia(lineage, family, digest, signature)
    for (const [position, call] of this.#calls.entries()) {
      const isFirst = position === 0 && family !== "other"
      // Only Claude wants its thoughts back before a call. With the first call they are found: clients return all calls of a turn.
      const thoughts = isFirst && family === "claude" && this.#thoughts.length > 0 ? { thoughts: this.#thoughts } : {}
      const known: KnownCall = { ...signedCall(call), ...thoughts }
      if (isFirst || Object.keys(known).length > 0) store.keepCall(lineage, family, call.id, { ...known, position })
    }
    this.#keepTurn()
  }

  /** For clients that give calls other ids, and for signatures on text, which no other map has. */
  #keepTurn(): void {
    const thoughts = this.#thoughts
    const calls = this.#calls.map(signedCall)
    const textSignature = this.#textSignature
    const isSigned =
      thoughts.length > 0 || textSignature !== undefined || calls.some(({ signature }) => signature !== undefined)
    if (!isSigned) return
    const said = this.#calls.map(({ name, json }) => ({ name, arguments: readArguments(json) }))
    const digest = turnDigest(this.#texts, said)
    if (digest === undefined) return
    const turn: KnownTurn = { thoughts, calls, ...(textSignature === undefined ? {} : { textSignature }) }
    this.#options.store.keepTurn(this.#options, digest, turn)
  }
}

function signedCall({ signature, upstreamId }: Call): Pick<KnownCall, "signature" | "upstreamId"> {
  return {
    ...(signature === undefined ? {} : { signature }),
    ...(upstreamId === undefined ? {} : { upstreamId }),
  }
}
