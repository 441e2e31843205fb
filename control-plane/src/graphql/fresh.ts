import { refuseEnding, requireFresh } from "../auth/fresh.ts"
import type { Principal } from "../auth/principal.ts"
import type { GraphqlContext } from "../context.ts"
import { RefusedError } from "../failure.ts"
import { refuseScope } from "./builder.ts"

/** Who asks. Throws where somebody has to be known. */
export function knownPrincipal(context: Pick<GraphqlContext, "principal">): Principal {
  if (context.principal === undefined) throw refuseScope(context)
  return context.principal
}

/** The same for what somebody changes of their own. Throws `RefusedError` (`read_only`) where sessions only look. */
export function changingPrincipal(context: Pick<GraphqlContext, "principal" | "services">): Principal {
  const known = knownPrincipal(context)
  if (known.origin === "SESSION" && context.services.config.readOnly) {
    throw new RefusedError("read_only", "This installation is shown only: nothing can be changed from the panel.")
  }
  return known
}

/**
 * Who asks for something that needs the password again: what lets somebody in, or shows a secret. Throws `RefusedError`
 * (`reauthentication_required`) for a session whose password was not given lately.
 */
export function freshPrincipal({ principal, services }: Pick<GraphqlContext, "principal" | "services">): Principal {
  const known = knownPrincipal({ principal })
  requireFresh(known, services.clock.now())
  return known
}

/** The same for what lets somebody in for good: no token that ends may do it, or its end would be none. */
export function lastingPrincipal(context: Pick<GraphqlContext, "principal" | "services">): Principal {
  const known = freshPrincipal(context)
  refuseEnding(known)
  return known
}
