/** The list of what the schema is made of, and the proof that no root field was left without a scope. */
import { isObjectType, lexicographicSortSchema, printSchema, type GraphQLSchema } from "graphql"
import { builder } from "./builder.ts"
import { addAccountMutations } from "./mutations/accounts.ts"
import { addAccountBulkMutations } from "./mutations/account-bulk.ts"
import { addAccountTestMutations } from "./mutations/account-test.ts"
import { addAccountTransferMutations } from "./mutations/account-transfer.ts"
import { addAdministratorMutations } from "./mutations/administrators.ts"
import { addAdminTokenMutations } from "./mutations/admin-tokens.ts"
import { addAlertMutations } from "./mutations/alerts.ts"
import { addApiKeyMutations } from "./mutations/api-keys.ts"
import { addCaptureMutations } from "./mutations/captures.ts"
import { addConversationMutations } from "./mutations/conversations.ts"
import { addNodeMutations } from "./mutations/nodes.ts"
import { addOAuthMutations } from "./mutations/oauth.ts"
import { addPoolMutations } from "./mutations/pool.ts"
import { addRoutingMutations } from "./mutations/routing.ts"
import { addSettingsMutations } from "./mutations/settings.ts"
import { addSessionMutations } from "./mutations/session.ts"
import { addAlertQueries } from "./types/alert-query.ts"
import { addAuditQueries } from "./types/audit-query.ts"
import { addCaptureQueries } from "./types/capture.ts"
import { addFailures } from "./types/failure.ts"
import { addQuery } from "./types/query.ts"
import { addRoutingQueries } from "./types/routing-query.ts"
import { addScalars } from "./types/scalars.ts"
import { addSubscription } from "./types/subscription.ts"

addScalars()
addFailures()
addQuery()
addAuditQueries()
addAlertQueries()
addRoutingQueries()
addCaptureQueries()
builder.mutationType({ description: "All that can be done. Each is written to the audit, whatever comes of it." })
addSessionMutations()
addAccountMutations()
addAccountBulkMutations()
addAccountTestMutations()
addAccountTransferMutations()
addAlertMutations()
addApiKeyMutations()
addAdminTokenMutations()
addAdministratorMutations()
addCaptureMutations()
addConversationMutations()
addNodeMutations()
addOAuthMutations()
addPoolMutations()
addRoutingMutations()
addSettingsMutations()
addSubscription()

/** Throws for a root field that does not say who may use it: what nobody decided on is open to nobody. */
function refuseUndeclaredScopes(schema: GraphQLSchema): void {
  for (const root of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]) {
    if (!isObjectType(root)) throw new Error("a root type is missing")
    for (const [name, { extensions }] of Object.entries(root.getFields())) {
      const options = extensions.pothosOptions
      if (typeof options !== "object" || options === null || !("authScopes" in options)) {
        throw new Error(`${root.name}.${name} does not say which scope it needs`)
      }
    }
  }
}

export function createSchema(): GraphQLSchema {
  const schema = builder.toSchema({ sortSchema: true })
  refuseUndeclaredScopes(schema)
  return schema
}

/** The schema as `control-plane/schema.graphql` holds it. */
export function printedSchema(): string {
  return `${printSchema(lexicographicSortSchema(createSchema()))}\n`
}
