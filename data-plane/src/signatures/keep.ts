import type { StreamPart } from "../canonical/stream-part.ts"
import type { SigningFamily } from "./family.ts"
import type { KnownCall } from "./look-up.ts"
import type { SignatureStore } from "./store.ts"

export interface KeepOptions {
  readonly store: Pick<SignatureStore, "keepCall" | "keepThought">
  readonly lineage: string
  readonly family: SigningFamily
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
  readonly upstreamId?: string
  signature?: string
}

interface Thought {
  readonly text: string
  readonly signature: string
}

class Keeper {
  readonly #options: KeepOptions
  readonly #calls: Call[] = []
  readonly #thoughts: Thought[] = []
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
      case "tool-input-start": {
        const { id, upstreamId } = part
        this.#calls.push(upstreamId === undefined ? { id } : { id, upstreamId })
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
    // Only Claude wants a thought back before a call; the first one begins the turn.
    const thought = family === "claude" ? this.#thoughts[0] : undefined
    for (const { id, upstreamId, signature } of this.#calls) {
      const known: KnownCall = {
        ...(signature === undefined ? {} : { signature }),
        ...(thought === undefined ? {} : { thought }),
        ...(upstreamId === undefined ? {} : { upstreamId }),
      }
      if (Object.keys(known).length > 0) store.keepCall(lineage, family, id, known)
    }
  }
}
