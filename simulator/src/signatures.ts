/**
 * Thought signatures: minted from the seed, bound to a family and, for Claude, to the text of the thought; independent of
 * account and model. Claude's are double base64 (`R…`), Gemini's single (`E…`). Source: upstream-protocol 7.1.
 */
import { createHmac } from "node:crypto"
import { digest } from "./random.ts"

/** The families that sign. */
export type SigningFamily = "claude" | "gemini"

const sentinels = new Set(["skip_thought_signature_validator", "context_engineering_is_the_way_to_go"])

/** Whether the value is one of the vendor's documented bypasses (upstream-protocol 7.3). */
export function isSentinel(signature: string): boolean {
  return sentinels.has(signature)
}

/** Mints and verifies the signatures of one seed. */
export class Signatures {
  readonly #seed: string

  constructor(seed: string) {
    this.#seed = seed
  }

  /** Claude's signature over a thought; `occasion` makes two signatures over one text differ, `padding` makes it longer. */
  claude(thought: string, occasion: string, padding = 0): string {
    const single = this.#mint("claude", occasion, padding, visible(thought))
    return Buffer.from(single.toString("base64")).toString("base64")
  }

  /** Gemini's signature for a turn. */
  gemini(occasion: string, padding = 0): string {
    return this.#mint("gemini", occasion, padding, "").toString("base64")
  }

  /** Whether Claude minted this for exactly this thought. */
  isClaude(signature: string, thought: string): boolean {
    const single = Buffer.from(Buffer.from(signature, "base64").toString("latin1"), "base64")
    const twice = Buffer.from(single.toString("base64")).toString("base64")
    return twice === signature && this.#verify("claude", single, visible(thought))
  }

  /** Whether Gemini minted this. */
  isGemini(signature: string): boolean {
    const bytes = Buffer.from(signature, "base64")
    return bytes.toString("base64") === signature && this.#verify("gemini", bytes, "")
  }

  #verify(family: SigningFamily, bytes: Buffer, text: string): boolean {
    const start = head(family)
    if (bytes.length < start.length + 48 || !bytes.subarray(0, start.length).equals(start)) return false
    const proof = bytes.subarray(start.length, start.length + 32)
    return proof.equals(this.#proof(family, bytes.subarray(start.length + 32), text))
  }

  #mint(family: SigningFamily, occasion: string, padding: number, text: string): Buffer {
    const nonce = digest(this.#seed, family, occasion).subarray(0, 16)
    const behind = Buffer.concat([nonce, Buffer.alloc(padding, nonce)])
    return Buffer.concat([head(family), this.#proof(family, behind, text), behind])
  }

  #proof(family: SigningFamily, behind: Buffer, text: string): Buffer {
    return createHmac("sha256", `${this.#seed}:${family}`).update(behind).update(text).digest()
  }
}

/** 0x12 makes the base64 begin with E, whatever follows; the letter must not tell the family. */
function head(family: SigningFamily): Buffer {
  return Buffer.from([0x12, 0x40, family === "claude" ? 0x63 : 0x67])
}

/** A signed empty thought comes back as U+200B, because empty text is refused (upstream-protocol 7.2). */
function visible(thought: string): string {
  return thought === "\u200B" ? "" : thought
}
