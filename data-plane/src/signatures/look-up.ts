import type { SigningFamily } from "./family.ts"

export interface SignedThought {
  readonly text: string
  readonly signature: string
}

/** What is known of one tool call of an earlier answer. */
export interface KnownCall {
  /** The signature on the call itself. */
  readonly signature?: string
  /** The signed thoughts of its turn, in their order; with the first call of it only. */
  readonly thoughts?: readonly SignedThought[]
  /** The upstream's own id, where the client was given another. */
  readonly upstreamId?: string
  /** Among the calls of its answer, from 0: the upstream signs the first one only. */
  readonly position?: number
}

/** What is known of a whole earlier answer. */
export interface KnownTurn {
  /** In their order. */
  readonly thoughts: readonly SignedThought[]
  /** In their order, all of them. */
  readonly calls: readonly Pick<KnownCall, "signature" | "upstreamId">[]
  /** On the last visible text. */
  readonly textSignature?: string
}

/** Where an answer stands: whose, which family's, and in which conversation. */
export interface TurnPlace {
  readonly lineage: string
  readonly family: SigningFamily
  readonly session: string
}

/** Questions to the store, always within one key lineage. */
export interface SignatureLookUp {
  /** By the id that the client knows. */
  call(lineage: string, family: SigningFamily, callId: string): KnownCall | undefined
  /** The signature over exactly this thought. */
  thought(lineage: string, family: SigningFamily, text: string): string | undefined
  /** The signature on exactly this picture, by the digest of its data (`mediaDigest`). */
  media(lineage: string, family: SigningFamily, digest: string): string | undefined
  /** Whether an answer under this lineage and family carried this signature. */
  hasSeen(lineage: string, family: SigningFamily, signature: string): boolean
  /** By what the answer said (`turn-digest.ts`). */
  turn(place: TurnPlace, digest: string): KnownTurn | undefined
}
