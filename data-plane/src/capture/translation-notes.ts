/** Why the body of a capture's last attempt differs from the client's: asked once its exchange has ended, of what was captured. */
import type { CapturedExchange, TranslationNote } from "#shared/capture.ts"
import type { CapturedBytes } from "#shared/capture-wire.ts"
import type { FallbackRecord } from "#shared/link-protocol.ts"
import type { Logger } from "#shared/log.ts"
import { GatewayError } from "../canonical/error.ts"
import type { CallAddress, RequestHeaders } from "../dialects/dialect.ts"
import { parseBody } from "../server/parse-body.ts"
import { isForm } from "../server/parse-form.ts"
import type { Plan } from "../server/plan.ts"
import { signingFamily } from "../signatures/family.ts"
import type { SignatureLookUp } from "../signatures/look-up.ts"
import { diffTranslation, notCompared } from "../translation/translation-diff.ts"

/** What was in force for the exchange. */
export interface NotesAsk {
  readonly headers: RequestHeaders
  readonly address: CallAddress
  /** Of the last attempt; undefined: it did not come as far. */
  readonly plan: Pick<Plan, "target" | "route" | "compiled" | "model"> | undefined
  readonly fallbacks: readonly FallbackRecord[]
  readonly signatures: Pick<SignatureLookUp, "hasSeen">
  readonly lineage: string
  readonly log: Pick<Logger, "error">
}

/** None where nothing was sent upstream. */
export function translationNotes(captured: CapturedExchange<CapturedBytes>, ask: NotesAsk): readonly TranslationNote[] {
  const sent = captured.attempts.at(-1)?.body
  if (sent === undefined || ask.plan === undefined) return []
  const given = captured.request.body
  if (given.truncated || sent.truncated) return [notCompared("a body was captured in part only")]
  const type = captured.request.headers["content-type"]
  if (isForm(type)) return [notCompared("the client sent a form")]
  try {
    return compared(captured, sent, { ...ask, plan: ask.plan })
  } catch (error) {
    // The exchange itself is over and well.
    ask.log.error("capture.not-compared", { exchangeId: captured.exchangeId, error })
    return [notCompared("something went wrong here; the log has it")]
  }
}

function compared(
  captured: CapturedExchange<CapturedBytes>,
  sent: CapturedBytes,
  {
    plan,
    headers,
    address,
    fallbacks,
    signatures,
    lineage,
  }: NotesAsk & { readonly plan: NonNullable<NotesAsk["plan"]> },
): readonly TranslationNote[] {
  const { attributionBlock } = plan.compiled.snapshot.settings
  const family = signingFamily(plan.model)
  return diffTranslation({
    dialect: captured.dialect,
    client: clientBody(captured.request.body),
    headers,
    address,
    upstream: JSON.parse(Buffer.concat(sent.chunks).toString()),
    target: plan.target,
    route: plan.route,
    fallbacks,
    ...(attributionBlock === undefined ? {} : { attributionBlock }),
    isKept: (signature) => signatures.hasSeen(lineage, family, signature),
  })
}

/** Undefined: no JSON. */
function clientBody({ chunks }: CapturedBytes): unknown {
  try {
    return parseBody(Buffer.concat(chunks))
  } catch (error) {
    if (error instanceof GatewayError) return undefined
    throw error
  }
}
