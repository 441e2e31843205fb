/** What a key may be used for: in which dialects; for which models, `#shared/key-models.ts` knows. Where and when it may be used at all: `authenticate.ts`. */
import type { ClientDialectName } from "#shared/client-dialect.ts"
import type { SnapshotApiKey } from "#shared/snapshot.ts"
import { GatewayError } from "../canonical/error.ts"

/** Throws `permission_denied`. */
export function authoriseDialect({ dialects }: SnapshotApiKey, dialect: ClientDialectName): void {
  if (dialects === undefined || dialects.includes(dialect)) return
  const own = dialects.join(", ")
  throw new GatewayError("permission_denied", `This API key may not be used for ${dialect}, only for ${own}.`)
}

export function modelDenied(asked: string): GatewayError {
  const name = JSON.stringify(asked.slice(0, 200))
  const message = `This API key may not use the model ${name}. GET /v1/models lists those that it may.`
  return new GatewayError("permission_denied", message, { param: "model" })
}
