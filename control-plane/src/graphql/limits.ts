/** What one document may ask of us. The figures are those of the threat model; each is met by a test on both of its sides. */
import { EnvelopArmorPlugin } from "@escape.tech/graphql-armor"
import { createGraphQLError, type Plugin } from "graphql-yoga"
import { NoSchemaIntrospectionCustomRule, type ExecutionArgs } from "graphql"
import type { GraphqlContext } from "../context.ts"
import { rootFieldsOf } from "./root-fields.ts"

export const MAX_BODY_BYTES = 100_000
/** Of who may import accounts, and for that alone. */
export const MAX_IMPORT_BYTES = 8_000_000
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

/** The schema is told to admin tokens, and under `GRAPHQL_DEVELOPMENT` to everybody. */
export function useGuardedIntrospection(): Plugin<GraphqlContext, GraphqlContext> {
  return {
    onValidate: ({ addValidationRule, context }) => {
      if (context.principal?.origin === "TOKEN" || context.services.config.graphqlDevelopment) return
      addValidationRule(NoSchemaIntrospectionCustomRule)
    },
  }
}

/** For the `extensions` of a root field that asks others, or writes a lot: how long it may take. */
export function takesUpTo(ms: number): { readonly executionMs: number } {
  return { executionMs: ms }
}

function limitOf(args: ExecutionArgs): number {
  const limits = rootFieldsOf(args.schema, args.document, args.operationName).map(({ extensions }) =>
    typeof extensions.executionMs === "number" ? extensions.executionMs : EXECUTION_MS,
  )
  return Math.max(EXECUTION_MS, ...limits)
}

/** Refuses all but an import: a body of this size has no other use. */
export function useImportsOnly(): Plugin<GraphqlContext, GraphqlContext> {
  return {
    onExecute: ({ args, setResultAndStopExecution }) => {
      const fields = rootFieldsOf(args.schema, args.document, args.operationName)
      if (fields.length > 0 && fields.every(({ name }) => name === "importAccounts")) return
      const error = createGraphQLError(`A body has at most ${MAX_BODY_BYTES} bytes; only importAccounts takes more.`, {
        extensions: { code: "BODY_TOO_LARGE", http: { status: 413 } },
      })
      setResultAndStopExecution({ errors: [error] })
    },
  }
}

/** Ends a query or mutation that takes too long with an error; what it began goes on, its answer is dropped. */
export function useExecutionLimit(): Plugin<GraphqlContext, GraphqlContext> {
  return {
    onExecute: ({ executeFn, setExecuteFn }) => {
      setExecuteFn(async (args) => {
        let timer: NodeJS.Timeout | undefined
        const limitMs = limitOf(args)
        const limit = new Promise((resolve) => {
          const error = createGraphQLError(`This took longer than ${limitMs / 1_000} s.`, {
            extensions: { code: "TIMEOUT" },
          })
          timer = setTimeout(() => resolve({ errors: [error] }), limitMs)
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
