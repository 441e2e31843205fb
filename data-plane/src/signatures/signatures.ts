/**
 * Everything about signatures that one exchange needs, bound to its key lineage and to the family of its model: what the request
 * brought back is restored, what the answer carries is kept and sealed.
 */
import type { ChatRequest } from "../canonical/request.ts"
import type { StreamPart } from "../canonical/stream-part.ts"
import type { SealSignature } from "../dialects/dialect.ts"
import { openCarrier, sealCarrier, sealText, type CarrierKey } from "./carrier.ts"
import { signingFamily } from "./family.ts"
import { keepSignatures } from "./keep.ts"
import { openTexts } from "./open-texts.ts"
import { restoreSignatures, stripSignatures, type Restored } from "./restore.ts"
import type { SignatureStore } from "./store.ts"

export interface ExchangeSignatures {
  restore(request: ChatRequest): Restored
  /** What may still pass after the upstream refused a signature; undefined when there is nothing to take out. */
  repaired(request: ChatRequest): Restored | undefined
  readonly seal: SealSignature
  readonly sealText: (text: string) => string
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
  const open = (value: string) => openCarrier([key], lineage, value)
  return {
    restore(request) {
      const opened = openTexts(request, open)
      const options = { family, lineage, session, lookUp: store, openCarrier: open }
      const restored = restoreSignatures(opened.request, options)
      return { request: restored.request, dropped: [...opened.dropped, ...restored.dropped] }
    },
    repaired: (request) => stripSignatures(request, family),
    seal: (signature, target) => sealCarrier(key, lineage, family, signature, target),
    sealText: (text) => sealText(key, lineage, text),
    keep: () => keepSignatures({ store, lineage, family, session }),
  }
}
