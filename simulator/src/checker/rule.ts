/** What a rule is. The checker is written from the protocol document and knows nothing of the gateway's translator. */
import type { SimulatedAccount } from "../accounts.ts"
import type { CatalogueModel } from "../catalogue.ts"
import type { Refusal } from "../refusals.ts"
import type { GenerationRequest } from "../request.ts"
import type { Signatures } from "../signatures.ts"

/** What a rule for the generation methods sees. */
export interface CheckContext {
  readonly method: "generateContent" | "streamGenerateContent"
  readonly headers: Readonly<Record<string, string>>
  readonly account: SimulatedAccount
  /** The parsed body as it came. */
  readonly body: unknown
  readonly request: GenerationRequest
  /** Undefined when nobody has such a model. */
  readonly model: CatalogueModel | undefined
  readonly signatures: Signatures
  readonly newerModelsVersion: string
  readonly supportedVersion: string
}

/** One thing the upstream refuses. A rule that is off lets the request pass to the next. */
export interface Rule {
  readonly id: string
  /** Section of the protocol document it was read from. */
  readonly source: string
  /** One sentence for the documentation's table. */
  readonly about: string
  /** The refusal, or undefined when the request is in order. Must not throw on any body. */
  readonly check: (context: CheckContext) => Refusal | undefined
}
