/** What one document may ask of us. The figures are those of the threat model; each is met by a test on both of its sides. */
import { EnvelopArmorPlugin } from "@escape.tech/graphql-armor"
import { createGraphQLError, type Plugin } from "graphql-yoga"
import { NoSchemaIntrospectionCustomRule } from "graphql"
import type { GraphqlContext } from "../context.ts"

export const MAX_BODY_BYTES = 100_000
export const MAX_DEPTH = 8
export const MAX_TOKENS = 1_000
export const MAX_ALIASES = 15
/** The rule multiplies by a literal `first`: a page of 100 accounts with every field costs about 8,400. */
export const MAX_COST = 10_000
export const EXECUTION_MS = 5_000

/** Depth, tokens, aliases, cost; and no hints about names that do not exist. */
export function useDocumentLimits(): Plugin<GraphqlContext, GraphqlContext> {
  return EnvelopArmorPlugin({
    maxDepth: { n: MAX_DEPTH },
    maxTokens: { n: MAX_TOKENS },
    maxAliases: { n: MAX_ALIASES },
    costLimit: { maxCost: MAX_COST },
    blockFieldSuggestion: { mask: "…" },
  })
}

/** The schema is told to admin tokens, and in development to everybody. */
export function useGuardedIntrospection(): Plugin<GraphqlContext, GraphqlContext> {
  return {
    onValidate: ({ addValidationRule, context }) => {
      if (context.principal?.origin === "TOKEN" || !context.services.config.production) return
      addValidationRule(NoSchemaIntrospectionCustomRule)
    },
  }
}

/** Ends a query or mutation that takes too long with an error; what it began goes on, its answer is dropped. */
export function useExecutionLimit(): Plugin<GraphqlContext, GraphqlContext> {
  return {
    onExecute: ({ executeFn, setExecuteFn }) => {
      setExecuteFn(async (args) => {
        let timer: NodeJS.Timeout | undefined
        const limit = new Promise((resolve) => {
          const error = createGraphQLError(`This took longer than ${EXECUTION_MS / 1_000} s.`, {
            extensions: { code: "TIMEOUT" },
          })
          timer = setTimeout(() => resolve({ errors: [error] }), EXECUTION_MS)
        })
        try {
          return await Promise.race([executeFn(args), limit])
        } finally {
          clearTimeout(timer)
        }
      })
    },
  }
}
