/** Which model a request is for, and whether its key may use it. */
import type { ClientDialectName } from "#shared/client-dialect.ts"
import { mayTake, usableLead } from "#shared/key-models.ts"
import type { ModelRoute, Route } from "#shared/route.ts"
import type { CompiledSnapshot } from "#shared/snapshot-compile.ts"
import type { SnapshotApiKey } from "#shared/snapshot.ts"
import { GatewayError } from "../canonical/error.ts"
import type { ChatRequest } from "../canonical/request.ts"
import { modelDenied } from "./authorise.ts"
import { modelNotFound } from "./models.ts"
import { traitsOf } from "./traits.ts"

export function findRoute(
  { router }: CompiledSnapshot,
  request: ChatRequest,
  key: SnapshotApiKey,
  dialect: ClientDialectName,
): Route {
  return router.route({ asked: request.model, key, dialect, traits: () => traitsOf(request, dialect) })
}

/** Throws `model_not_found` where nobody offers the model, and `permission_denied` where a rule or the key refuses it. */
export function takeRoute(compiled: CompiledSnapshot, route: Route, asked: string, key: SnapshotApiKey): ModelRoute {
  switch (route.type) {
    case "refused":
      throw new GatewayError("permission_denied", `This gateway refuses the request: ${route.message}`)
    case "not-found":
      throw modelNotFound(asked, route.nearest, key)
    case "model": {
      const led = usableLead(key, route)
      if (!mayTake(key, asked, compiled.resolve(asked), led.model)) throw modelDenied(asked)
      return led
    }
  }
}
