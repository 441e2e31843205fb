import { queryFromInfo } from "@pothos/plugin-prisma"
import { TERMS_NOTICES } from "../../accounts/terms.ts"
import { isLoopback } from "../../auth/admin.ts"
import { includesScope } from "../../auth/principal.ts"
import type { GraphqlContext } from "../../context.ts"
import { builder, refuseScope } from "../builder.ts"
import { knownPrincipal } from "../fresh.ts"
import { readAccounts } from "../account-pages.ts"
import { readRequests } from "../../requests/page.ts"
import { readApiKeys } from "../pages.ts"
import { Account } from "./account.ts"
import { AccountConnection } from "./account-connection.ts"
import { Administrator } from "./administrator.ts"
import { AdminToken } from "./admin-token.ts"
import { ApiKeyConnection } from "./api-key-connection.ts"
import { ApiKeyFilter } from "./api-key-filter.ts"
import { AccountFilter, AccountOrder } from "./account-filter.ts"
import { AccountKind } from "./enums.ts"
import { Node } from "./node.ts"
import { OAuthClient } from "./oauth.ts"
import { PoolState as PoolStateType } from "./pool-state.ts"
import { quotaArguments } from "./quota-enums.ts"
import { QuotaForecast } from "./quota-forecast.ts"
import { QuotaPoolPoint } from "./quota-point.ts"
import { Request } from "./request.ts"
import { RequestConnection } from "./request-connection.ts"
import { RequestFilter } from "./request-filter.ts"
import { Session } from "./session.ts"
import { Settings } from "./settings.ts"
import { TrafficSample } from "./traffic-sample.ts"
import { TimeRange, UsageDimension, UsagePoint } from "./usage.ts"
import { Viewer } from "./viewer.ts"
import { pageArguments } from "./page-info.ts"

/**
 * The gateway as the browser that asks should write it: a listener on all or on loopback is reached by the panel's own host name.
 * Where the local data plane said where it listens, that counts; it alone knows a port that the system chose.
 */
async function gatewayUrl({ services, hostname }: GraphqlContext): Promise<string> {
  const { host, port, tls } = services.config.gateway
  const configured = `${tls ? "https" : "http"}://${host.includes(":") ? `[${host}]` : host}:${port}`
  const local = await services.database.prisma.node.findFirst({ where: { origin: "ENVIRONMENT" } })
  const told = local === null ? undefined : services.nodes.live(local.id)?.load.url
  const url = told ?? configured
  const end = /(?::\d+)?\/?$/.exec(url)?.[0] ?? ""
  const name = url.slice(url.indexOf("://") + 3, url.length - end.length)
  const isEverywhere = name === "0.0.0.0" || name === "[::]"
  if (!isEverywhere && !isLoopback(name)) return url
  const shown = hostname !== "" ? hostname : isEverywhere ? "localhost" : name
  return `${url.slice(0, url.indexOf("://") + 3)}${shown}${end}`
}

/** All that can be asked. */
export function addQuery(): void {
  builder.queryType({
    description: "All that can be asked.",
    fields: (t) => ({
      account: t.prismaField({
        type: Account,
        nullable: true,
        description: "One account; null: there is none with this id.",
        authScopes: { scope: "READ" },
        args: { id: t.arg.id({ required: true, description: "The account's." }) },
        resolve: (query, _root, { id }, { services }) =>
          services.database.prisma.account.findUnique({ ...query, where: { id } }),
      }),
      accounts: t.field({
        type: AccountConnection,
        description: "Accounts in the order that is asked for.",
        authScopes: { scope: "READ" },
        args: {
          ...pageArguments,
          filter: t.arg({ type: AccountFilter, description: "Left out: every account." }),
          order: t.arg({ type: AccountOrder, description: "OLDEST where it is left out." }),
        },
        resolve: (_root, page, context, info) =>
          readAccounts(context.services, page, queryFromInfo({ context, info, path: ["edges", "node"] })),
      }),
      administrators: t.field({
        type: [Administrator],
        description: "Who may sign in, the oldest first.",
        authScopes: { scope: "ADMIN" },
        resolve: async (_root, _args, { services }) => [...(await services.auth.administrators.list())],
      }),
      adminTokens: t.field({
        type: [AdminToken],
        description: "The oldest first; those that have ended too, until they are removed.",
        authScopes: { scope: "ADMIN" },
        resolve: async (_root, _args, { services }) => [...(await services.auth.adminTokens.list())],
      }),
      apiKeys: t.field({
        type: ApiKeyConnection,
        description: "Keys, the oldest first.",
        authScopes: { scope: "READ" },
        args: {
          ...pageArguments,
          filter: t.arg({ type: ApiKeyFilter, description: "Left out: every key." }),
        },
        resolve: (_root, page, context, info) =>
          readApiKeys(context.services.database, page, queryFromInfo({ context, info, path: ["edges", "node"] })),
      }),
      nodes: t.prismaField({
        type: [Node],
        description: "Data planes, the oldest first.",
        authScopes: { scope: "READ" },
        resolve: (query, _root, _args, { services }) =>
          services.database.prisma.node.findMany({ ...query, orderBy: { createdAt: "asc" }, take: 1_000 }),
      }),
      gatewayUrl: t.string({
        description: "Where API clients reach the data plane, as the operator's browser should write it.",
        authScopes: { scope: "READ" },
        resolve: (_root, _args, context) => gatewayUrl(context),
      }),
      oauthClient: t.field({
        type: OAuthClient,
        description: "The OAuth client for new sign-ins, as far as it is told.",
        authScopes: { scope: "READ" },
        resolve: (_root, _args, { services }) => services.oauthClients.read(),
      }),
      pool: t.field({
        type: PoolStateType,
        description: "Of the pool as a whole.",
        authScopes: { scope: "READ" },
        resolve: (_root, _args, { services }) => services.pause.read(),
      }),
      recentTraffic: t.field({
        type: [TrafficSample],
        description: "The samples of the last minute and a half, oldest first; trafficSample goes on from there.",
        authScopes: { scope: "READ" },
        resolve: (_root, _args, { services }) => [...services.traffic.recent()],
      }),
      quotaForecast: t.field({
        type: [QuotaForecast],
        description: "When the pool's quotas are used up, one a bucket and window that limits.",
        authScopes: { scope: "READ" },
        resolve: async (_root, _args, { services }) => [...(await services.quotaForecasts.ofPool())],
      }),
      quotaHistory: t.field({
        type: [QuotaPoolPoint],
        description: "What was left of one quota over the pool before, oldest first.",
        authScopes: { scope: "READ" },
        args: {
          ...quotaArguments,
          since: t.arg({ type: "DateTime", description: "A day before until where it is left out." }),
          until: t.arg({ type: "DateTime", description: "Now where it is left out." }),
          points: t.arg.int({
            description: "At most so many, spread over the time: 2 to 1000, 200 where it is left out.",
          }),
        },
        resolve: async (_root, range, { services }) => [...(await services.quotaHistory.ofPool(range))],
      }),
      request: t.prismaField({
        type: Request,
        nullable: true,
        description: "The record of one request; null: there is none with this id, or it is no longer kept.",
        authScopes: { scope: "READ" },
        args: { id: t.arg.id({ required: true, description: "As the client gets it in x-request-id." }) },
        resolve: (query, _root, { id }, { services }) =>
          services.database.prisma.requestRecord.findUnique({ ...query, where: { id } }),
      }),
      sessions: t.field({
        type: [Session],
        description: "Where you are signed in, the one seen last first.",
        authScopes: { scope: "READ" },
        args: { all: t.arg.boolean({ defaultValue: false, description: "Of everybody; needs the scope ADMIN." }) },
        resolve: async (_root, { all }, context) => {
          const { scope, administratorId } = knownPrincipal(context)
          if (all === true && !includesScope(scope, "ADMIN")) throw refuseScope(context)
          if (all !== true && administratorId === undefined) return []
          return [...(await context.services.auth.sessions.list(all === true ? undefined : administratorId))]
        },
      }),
      settings: t.field({
        type: Settings,
        description: "What is in force, and where it comes from.",
        authScopes: { scope: "READ" },
        resolve: (_root, _args, { services }) => services.settings.read(),
      }),
      requests: t.field({
        type: RequestConnection,
        description: "Newest first.",
        authScopes: { scope: "READ" },
        args: { ...pageArguments, filter: t.arg({ type: RequestFilter, description: "Left out: every request." }) },
        resolve: (_root, page, context, info) =>
          readRequests(context.services.database, page, queryFromInfo({ context, info, path: ["edges", "node"] })),
      }),
      termsNotice: t.string({
        description: "The terms notice that addAccount asks to acknowledge.",
        authScopes: { scope: "READ" },
        args: { kind: t.arg({ type: AccountKind, required: true, description: "The kind of account to be added." }) },
        resolve: (_root, { kind }) => TERMS_NOTICES[kind],
      }),
      usage: t.field({
        type: [UsagePoint],
        description: "What was used, in order of time, out of sums that are kept longer than the requests themselves.",
        authScopes: { scope: "READ" },
        args: {
          range: t.arg({ type: TimeRange, required: true, description: "Which time, and in which steps." }),
          groupBy: t.arg({
            type: [UsageDimension],
            description: "A point for each combination that there was; left out: all together.",
          }),
        },
        resolve: (_root, { range, groupBy }, { services }) => services.usage.read(range, groupBy ?? []),
      }),
      viewer: t.field({
        type: Viewer,
        nullable: true,
        description: "Who asks; null: nobody who is signed in.",
        authScopes: { public: true },
        resolve: (_root, _args, { principal }) => principal,
      }),
    }),
  })
}
