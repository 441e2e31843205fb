import { knownModels } from "../../routing/models.ts"
import { checkRange } from "../../input-checks.ts"
import { builder } from "../builder.ts"
import { Dialect } from "./enums.ts"
import { Model } from "./model.ts"
import { RouteExplanation } from "./route-explanation.ts"
import { RoutingCheck } from "./routing-check.ts"
import { routingUpdateOf, UpdateRoutingInput } from "./routing-input.ts"
import { RequestTraitType, Routing } from "./routing.ts"

const NEW_WITHIN_DAYS = 7

/** Models, and where requests go. */
export function addRoutingQueries(): void {
  builder.queryFields((t) => ({
    models: t.field({
      type: [Model],
      description: "What accounts offer, as last read, and what has gone from their lists.",
      authScopes: { scope: "READ" },
      args: { newWithinDays: t.arg.int({ defaultValue: NEW_WITHIN_DAYS, description: "From 1 to 365." }) },
      resolve: async (_root, { newWithinDays }, { services }) => {
        const days = checkRange(newWithinDays, "newWithinDays", 1, 365, ["newWithinDays"]) ?? NEW_WITHIN_DAYS
        const rows = await services.database.prisma.modelSighting.findMany()
        return knownModels(rows, services.publishedWorld(), days, services.clock.now())
      },
    }),
    routing: t.field({
      type: Routing,
      description: "Names, rules and fallbacks of the operator.",
      authScopes: { scope: "READ" },
      resolve: (_root, _args, { services }) => services.routing.read(),
    }),
    checkRouting: t.field({
      type: RoutingCheck,
      description: "What would come of updateRouting with this input, whatever its revision. Nothing is changed.",
      authScopes: { scope: "READ" },
      args: { input: t.arg({ type: UpdateRoutingInput, required: true, description: "As updateRouting takes it." }) },
      resolve: (_root, { input }, { services }) => services.routing.check(routingUpdateOf(input)),
    }),
    explainRoute: t.field({
      type: RouteExplanation,
      description: "How a request would be routed, as the data planes have it now. Nothing is sent.",
      authScopes: { scope: "READ" },
      args: {
        model: t.arg.string({ required: true, description: "As a client would write it." }),
        apiKeyId: t.arg.id({ description: "Null: a key without tags that may use everything." }),
        dialect: t.arg({
          type: Dialect,
          defaultValue: "openai-chat",
          description: "The API that it would come through.",
        }),
        traits: t.arg({
          type: [RequestTraitType],
          description: "What the request is like beside what its name asks; null: nothing of it.",
        }),
      },
      resolve: (_root, { model, apiKeyId, dialect, traits }, { services }) =>
        services.routing.explain({
          model,
          apiKeyId: apiKeyId ?? undefined,
          dialect: dialect ?? "openai-chat",
          traits: traits ?? [],
        }),
    }),
  }))
}
