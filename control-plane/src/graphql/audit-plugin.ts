/**
 * Every field of Mutation is an attempt that the audit hears of, without its resolver doing anything for it. It stands outside of the
 * scopes, so that who may not is told too, and inside of the result unions, where a failure is still an error.
 */
import SchemaBuilder, { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from "@pothos/core"
import type { GraphQLFieldResolver } from "graphql"
import { actorOf } from "../audit/actor.ts"
import { objectOfId } from "../audit/object.ts"
import type { GraphqlContext } from "../context.ts"
import { refusingWhenFull } from "../database/full.ts"
import { field } from "../json.ts"

declare global {
  // The way in which Pothos is told of a plugin.
  namespace PothosSchemaTypes {
    interface Plugins<Types extends SchemaTypes> {
      audit: AuditPlugin<Types>
    }
  }
}

/** The arguments by which a mutation names a row. */
const NAMING = ["id", "accountId"] as const

export class AuditPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override wrapResolve(
    resolve: GraphQLFieldResolver<unknown, Types["Context"], object>,
    { name, parentType }: PothosOutputFieldConfig<Types>,
  ): GraphQLFieldResolver<unknown, Types["Context"], object> {
    if (parentType !== "Mutation") return resolve
    return (root, args, context, info) => {
      const { services, principal, address, requestId } = context as unknown as GraphqlContext // of the one builder there is
      const object = NAMING.map((argument) => objectOfId(field(args, argument))).find((one) => one !== undefined)
      return services.audit.attempt({ actor: actorOf(principal), action: name, address, requestId, object }, () =>
        refusingWhenFull(async () => resolve(root, args, context, info)),
      )
    }
  }
}

/** Its name in the builder's list. */
export const auditPlugin = "audit"

SchemaBuilder.registerPlugin(auditPlugin, AuditPlugin)
