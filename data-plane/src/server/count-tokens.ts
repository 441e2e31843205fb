/** A count of tokens: an estimate made here and at once. No account, no upstream call, no quota, no record. */
import type { CompiledSnapshot } from "#shared/snapshot-compile.ts"
import { GatewayError } from "../canonical/error.ts"
import type { CallAddress } from "../dialects/dialect.ts"
import type { ClientDialectName } from "#shared/client-dialect.ts"
import { clientDialects } from "../dialects/index.ts"
import type { Authenticate } from "./authenticate.ts"
import { authoriseDialect } from "./authorise.ts"
import type { Incoming } from "./incoming.ts"
import { parseBody } from "./parse-body.ts"
import { readBody } from "./read-body.ts"
import type { Responder } from "./responder.ts"

export interface TokenCount {
  readonly incoming: Incoming
  readonly responder: Responder
  readonly dialect: ClientDialectName
  readonly address: CallAddress
  readonly compiled: CompiledSnapshot | undefined
  readonly now: number
  readonly authenticate: Authenticate
}

/** The answer's body. The key is checked before a byte of the request's is read. */
export async function countTokens(count: TokenCount): Promise<unknown> {
  const { incoming, responder, dialect, address, compiled, now, authenticate } = count
  authoriseDialect(authenticate(incoming, compiled, now), dialect)
  const abort = new AbortController()
  responder.onGone(() => abort.abort(new GatewayError("client_cancelled", "The client closed the connection.")))
  const body = await readBody(incoming, abort.signal)
  const side = clientDialects[dialect]
  if (side.countTokens === undefined) throw new Error("a route counts tokens in a dialect that does not")
  return side.countTokens(parseBody(body), incoming.headers, address)
}
