/** What of an error a client may see: its own mistakes and expected failures in full, anything else as an id that the log has. */
import { createGraphQLError } from "graphql-yoga"
import { GraphQLError } from "graphql"
import type { Logger } from "#shared/log.ts"
import { InvalidInputError, RefusedError } from "../failure.ts"
import { newId } from "../new-id.ts"

/** The error that was thrown, out of the ones that carry it. */
function original(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError !== undefined ? original(error.originalError) : error
}

export function createMaskError(log: Logger): (error: unknown) => Error {
  return (error) => {
    const cause = original(error)
    const where = error instanceof GraphQLError ? { nodes: error.nodes, path: error.path } : {}
    if (cause instanceof InvalidInputError || cause instanceof RefusedError) {
      return createGraphQLError(cause.message, {
        ...where,
        extensions: { code: cause.code.toUpperCase(), inputPath: cause.path },
      })
    }
    // Syntax, validation, variables, limits: nobody threw them inside a resolver, and they tell the client about its own document. The
    // outermost names the variable.
    if (cause instanceof GraphQLError) return error instanceof GraphQLError ? error : cause
    const id = newId("err")
    log.error("graphql.unexpected", {
      id,
      path: where.path?.join("."),
      reason: cause instanceof Error ? `${cause.name}: ${cause.message.slice(0, 500)}` : "not an Error",
      stack: cause instanceof Error ? cause.stack?.split("\n").slice(1, 8).join("\n") : undefined,
    })
    return createGraphQLError(`Something went wrong on our side; the log has it under ${id}.`, {
      ...where,
      extensions: { code: "INTERNAL", id },
    })
  }
}
