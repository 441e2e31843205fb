import type { GraphqlContext } from "../../context.ts"
import type { EventTopics, Listener, Topic } from "../../events.ts"
import { fitting } from "../../requests/filter.ts"
import { builder, refuseScope } from "../builder.ts"
import { loadEach } from "../subscriptions.ts"
import { Account } from "./account.ts"
import { AccountTestStep } from "./account-test.ts"
import { Alert } from "./alert.ts"
import { followOAuth } from "../../accounts/oauth/progress.ts"
import { Node } from "./node.ts"
import { OAuthProgress } from "./oauth.ts"
import { PoolState } from "./pool-state.ts"
import { Request } from "./request.ts"
import { RequestFilter } from "./request-filter.ts"
import { TrafficSample } from "./traffic-sample.ts"

function open<T extends Topic>(context: GraphqlContext, topic: T): Listener<EventTopics[T]> {
  if (context.principal === undefined) throw refuseScope(context)
  return context.services.subscriptions.open(context.principal, topic)
}

/** All that can be followed. */
export function addSubscription(): void {
  builder.subscriptionType({
    description: "All that can be followed.",
    fields: (t) => ({
      accountChanged: t.field({
        type: Account,
        description: "An account was added or changed, or begins or ends to cool.",
        authScopes: { scope: "READ" },
        subscribe: (_root, _args, context) => {
          const { account } = context.services.database.prisma
          return loadEach(open(context, "accountChanged"), (id) => account.findUnique({ where: { id } }))
        },
        resolve: (row) => row,
      }),
      accountRemoved: t.id({
        description: "Ids of accounts that were removed.",
        authScopes: { scope: "READ" },
        subscribe: (_root, _args, context) => open(context, "accountRemoved"),
        resolve: (id) => id,
      }),
      accountTestStep: t.field({
        type: AccountTestStep,
        description:
          "Each step of a test of one account, as soon as it is done. Models end in another order than the answer of testAccount, which has all of them, lists them in. Tests that another control plane runs are not told.",
        authScopes: { scope: "READ" },
        args: { accountId: t.arg.id({ required: true, description: "The account whose tests are followed." }) },
        subscribe: (_root, { accountId }, context) =>
          loadEach(open(context, "accountTestStep"), (told) =>
            Promise.resolve(told.accountId === accountId ? told.step : null),
          ),
        resolve: (step) => step,
      }),
      alertChanged: t.field({
        type: Alert,
        description: "An alert was raised, has changed or was resolved, or one of its messages was sent.",
        authScopes: { scope: "READ" },
        subscribe: (_root, _args, context) => {
          const { alert } = context.services.database.prisma
          return loadEach(open(context, "alertChanged"), (id) => alert.findUnique({ where: { id } }))
        },
        resolve: (row) => row,
      }),
      nodeChanged: t.field({
        type: Node,
        description: "A data plane linked, left, or told of another state of itself.",
        authScopes: { scope: "READ" },
        subscribe: (_root, _args, context) => {
          const { node } = context.services.database.prisma
          return loadEach(open(context, "nodeChanged"), (id) => node.findUnique({ where: { id } }))
        },
        resolve: (row) => row,
      }),
      oauthProgress: t.field({
        type: OAuthProgress,
        description: "How far a sign-in of this session or token came; ends when it is done or failed.",
        authScopes: { scope: "READ" },
        args: { state: t.arg.string({ required: true, description: "Of startOAuth." }) },
        subscribe: (_root, { state }, context) => {
          const { principal, services } = context
          if (principal === undefined) throw refuseScope(context)
          const { database, clock } = services
          const sources = [open(context, "oauthFlowChanged"), services.events.listen("accountChanged")]
          return followOAuth({ database, clock, principal, state, sources })
        },
        resolve: (progress) => progress,
      }),
      poolChanged: t.field({
        type: PoolState,
        description:
          "The pool has paused itself, or goes on. accountChanged does not tell it once more of each account.",
        authScopes: { scope: "READ" },
        subscribe: (_root, _args, context) => open(context, "poolChanged"),
        resolve: (_pool, _args, { services }) => services.pause.read(),
      }),
      requestFinished: t.field({
        type: Request,
        authScopes: { scope: "READ" },
        description: "Each request that ended and fits the filter, as soon as it is recorded.",
        args: { filter: t.arg({ type: RequestFilter, description: "Left out: every request." }) },
        subscribe: (_root, { filter }, context) => {
          const { database } = context.services
          // Before it is counted as open: a filter that cannot be is refused.
          const fits = fitting(filter ?? {}, database.kind)
          return loadEach(open(context, "requestFinished"), async (id) => {
            const row = await database.prisma.requestRecord.findUnique({ where: { id } })
            return row !== null && fits(row) ? row : null
          })
        },
        resolve: (row) => row,
      }),
      trafficSample: t.field({
        type: TrafficSample,
        description: "One a second. What was before is in recentTraffic.",
        authScopes: { scope: "READ" },
        subscribe: (_root, _args, context) => open(context, "trafficSample"),
        resolve: (sample) => sample,
      }),
    }),
  })
}
