/**
 * Everything about signatures that one exchange needs, bound to its key lineage and to the family of its model: what the request
 * brought back is restored, what the answer carries is kept and sealed.
 */
import type { ChatRequest } from "../canonical/request.ts"
import type { StreamPart } from "../canonical/stream-part.ts"
import type { SealSignature } from "../dialects/dialect.ts"
import { openCarrier, sealCarrier, type CarrierKey } from "./carrier.ts"
import { signingFamily } from "./family.ts"
import { keepSignatures } from "./keep.ts"
import { restoreSignatures, stripSignatures, type Restored } from "./restore.ts"
import type { SignatureStore } from "./store.ts"

export interface ExchangeSignatures {
  restore(request: ChatRequest): Restored
  /** What may still pass after the upstream refused a signature; undefined when there is nothing to take out. */
  repaired(request: ChatRequest): Restored | undefined
  readonly seal: SealSignature
  /** An observer for one attempt's parts. */
  keep(): (part: StreamPart) => void
}

export interface SignatureScope {
  readonly store: SignatureStore
  readonly key: CarrierKey
  readonly lineage: string
  /** Tells this conversation from others of the lineage. */
  readonly session: string
  /** The upstream's id. */
  readonly model: string
}

export function signaturesFor({ store, key, lineage, session, model }: SignatureScope): ExchangeSignatures {
  const family = signingFamily(model)
  return {
    restore: (request) =>
      restoreSignatures(request, {
        family,
        lineage,
        session,
        lookUp: store,
        openCarrier: (value) => openCarrier([key], lineage, value),
      }),
    repaired: (request) => stripSignatures(request, family),
    seal: (signature, target) => sealCarrier(key, lineage, family, signature, target),
    keep: () => keepSignatures({ store, lineage, family, session }),
  }
}
