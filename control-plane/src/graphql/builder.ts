/**
 * The schema is built here: one file per type under `types/`, listed in `schema.ts`. Laws: a resolver calls one use case; every
 * root field says which scope it needs; an expected failure is a member of the result union.
 */
import SchemaBuilder from "@pothos/core"
import ErrorsPlugin from "@pothos/plugin-errors"
import PrismaPlugin from "@pothos/plugin-prisma"
import ScopeAuthPlugin from "@pothos/plugin-scope-auth"
import type PrismaTypes from "#generated/pothos-types.ts"
import { getDatamodel } from "#generated/pothos-types.ts"
import type { AdminScope } from "#generated/sqlite/enums.ts"
import { includesScope } from "../auth/principal.ts"
import type { GraphqlContext } from "../context.ts"
import { InvalidInputError, RefusedError } from "../failure.ts"
import { auditPlugin } from "./audit-plugin.ts"

export interface BuilderTypes {
  PrismaTypes: PrismaTypes
  Context: GraphqlContext
  DefaultFieldNullability: false
  AuthScopes: {
    /** Open to everybody, signed in or not. */
    public: boolean
    /** For who holds at least this. */
    scope: AdminScope
  }
  Scalars: {
    ID: { Input: string; Output: string }
    DateTime: { Input: Date; Output: Date }
    BigInt: { Input: bigint; Output: bigint }
  }
}

const capitalise = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** What somebody hears who may not: nobody known, or known but without the scope. */
export function refuseScope(context: Pick<GraphqlContext, "principal">): RefusedError {
  return context.principal === undefined
    ? new RefusedError("unauthenticated", "Sign in, or send an admin token that has not ended.")
    : new RefusedError("forbidden", `This needs a wider scope than ${context.principal.scope}.`)
}

export const builder = new SchemaBuilder<BuilderTypes>({
  plugins: [ErrorsPlugin, auditPlugin, ScopeAuthPlugin, PrismaPlugin],
  defaultFieldNullability: false,
  errors: {
    defaultTypes: [],
    directResult: true,
    defaultUnionOptions: {
      name: ({ fieldName }) => `${capitalise(fieldName)}Result`,
      description: "The success, or why nothing was done: `... on Failure { code message path }` takes both failures.",
    },
  },
  scopeAuth: {
    authorizeOnSubscribe: true,
    authScopes: ({ principal }) => ({
      public: true,
      scope: (needed) => principal !== undefined && includesScope(principal.scope, needed),
    }),
    unauthorizedError: (_parent, context) => refuseScope(context),
  },
  prisma: {
    client: ({ services }) => services.database.prisma,
    dmmf: getDatamodel(),
    onUnusedQuery: null,
  },
})

/** The `errors` option of every mutation: its result is a union with these failures. */
export const expectedFailures = { types: [InvalidInputError, RefusedError] }
