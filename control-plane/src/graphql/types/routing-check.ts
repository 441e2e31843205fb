import type { RoutingProblem } from "#shared/routing-check.ts"
import type { RoutingCheck as RoutingCheckShape } from "../../routing/routing.ts"
import { builder } from "../builder.ts"
import { Warning } from "./routing.ts"

const Problem = builder.objectRef<RoutingProblem>("RoutingProblem").implement({
  description: "A reason for which a routing would be refused.",
  fields: (t) => ({
    code: t.exposeString("code", { description: "For programs, as InvalidInput has it." }),
    message: t.exposeString("message", { description: "What is wrong, for a person." }),
    path: t.stringList({
      description: "From the routing's root, such as rules, 2, match, models.",
      resolve: ({ path }) => [...path],
    }),
  }),
})

export const RoutingCheck = builder.objectRef<RoutingCheckShape>("RoutingCheck").implement({
  description: "What would come of an update of the routing.",
  fields: (t) => ({
    problems: t.field({
      type: [Problem],
      description: "All that is wrong; empty: it would be taken.",
      resolve: ({ problems }) => [...problems],
    }),
    warnings: t.field({
      type: [Warning],
      description: "What of it would have no effect now.",
      resolve: ({ warnings }) => [...warnings],
    }),
  }),
})
