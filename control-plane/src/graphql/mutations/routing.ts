import type { RoutingState } from "../../routing/routing.ts"
import { builder, expectedFailures } from "../builder.ts"
import { Routing } from "../types/routing.ts"
import { routingUpdateOf, UpdateRoutingInput } from "../types/routing-input.ts"

const UpdateRoutingSuccess = builder.objectRef<RoutingState>("UpdateRoutingSuccess").implement({
  description: "What was given is in force.",
  fields: (t) => ({ routing: t.field({ type: Routing, description: "As it is now.", resolve: (state) => state }) }),
})

/** Replacing names, rules and fallbacks. */
export function addRoutingMutations(): void {
  builder.mutationFields((t) => ({
    updateRouting: t.field({
      type: UpdateRoutingSuccess,
      description:
        "All or nothing, checked as a whole; the answer comes when the connected data planes have what changed. Requests under way keep what they began with.",
      authScopes: { scope: "OPERATE" },
      errors: expectedFailures,
      args: { input: t.arg({ type: UpdateRoutingInput, required: true, description: "The lists that are replaced." }) },
      resolve: (_root, { input }, { services }) => services.routing.update(routingUpdateOf(input)),
    }),
  }))
}
