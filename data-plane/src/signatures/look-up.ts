import type { SigningFamily } from "./family.ts"

/** What is known of one tool call of an earlier answer. */
export interface KnownCall {
  /** The signature on the call itself. */
  readonly signature?: string
  /** The signed thought that came before it in its turn. */
  readonly thought?: { readonly text: string; readonly signature: string }
  /** The upstream's own id, where the client was given another. */
  readonly upstreamId?: string
}

/** Questions to the store, always within one key lineage. */
export interface SignatureLookUp {
  /** By the id that the client knows. */
  call(lineage: string, family: SigningFamily, callId: string): KnownCall | undefined
  /** The signature over exactly this thought. */
  thought(lineage: string, family: SigningFamily, text: string): string | undefined
  /** Whether an answer under this lineage and family carried this signature. */
  hasSeen(lineage: string, family: SigningFamily, signature: string): boolean
}
