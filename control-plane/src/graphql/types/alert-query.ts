import type { AlertModel } from "#generated/sqlite/models.ts"
import { isGiven } from "../../input-checks.ts"
import { builder } from "../builder.ts"
import { readConnection } from "../connection.ts"
import { Alert, AlertConnection, AlertKind, AlertRule, Webhook } from "./alert.ts"
import { pageArguments } from "./page-info.ts"

const AlertFilter = builder.inputType("AlertFilter", {
  description: "What is left out or null leaves nothing out; an empty list fits none.",
  fields: (t) => ({
    firing: t.boolean({ description: "True: those that go on; false: those that are over." }),
    kinds: t.field({ type: [AlertKind], description: "Of one of these kinds." }),
  }),
})

/** Alerts, the newest first, and what raises and sends them. */
export function addAlertQueries(): void {
  builder.queryFields((t) => ({
    alerts: t.field({
      type: AlertConnection,
      description: "Newest first. Those that are over are kept for 90 days.",
      authScopes: { scope: "READ" },
      args: { ...pageArguments, filter: t.arg({ type: AlertFilter, description: "Left out: every alert." }) },
      resolve: (_root, { first, after, filter }, { services }) =>
        readConnection(
          { first, after },
          ({ since, id }: AlertModel) => ({ at: since, id }),
          (position, take) =>
            services.database.prisma.alert.findMany({
              where: {
                ...(filter?.kinds ? { kind: { in: [...filter.kinds] } } : {}),
                ...(isGiven(filter?.firing) ? { until: filter.firing ? null : { not: null } } : {}),
                ...(position === undefined
                  ? {}
                  : { OR: [{ since: { lt: position.at } }, { since: position.at, id: { lt: position.id } }] }),
              },
              orderBy: [{ since: "desc" }, { id: "desc" }],
              take,
            }),
        ),
    }),
    alert: t.field({
      type: Alert,
      nullable: true,
      description: "One alert; null: there is none with this id, or it was over for 90 days.",
      authScopes: { scope: "READ" },
      args: { id: t.arg.id({ required: true, description: "The alert's." }) },
      resolve: (_root, { id }, { services }) => services.database.prisma.alert.findUnique({ where: { id } }),
    }),
    alertRules: t.field({
      type: [AlertRule],
      description: "The built-in ones first.",
      authScopes: { scope: "READ" },
      resolve: (_root, _args, { services }) => services.alerts.rules.read(),
    }),
    webhooks: t.field({
      type: [Webhook],
      description: "Where alerts can be sent, the oldest first.",
      authScopes: { scope: "READ" },
      resolve: (_root, _args, { services }) => services.alerts.webhooks.read(),
    }),
  }))
}
