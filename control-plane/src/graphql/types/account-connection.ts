import type { AccountModel } from "#generated/sqlite/models.ts"
import { builder } from "../builder.ts"
import type { Connection } from "../connection.ts"
import { Account } from "./account.ts"
import { CONNECTION, PageInfo } from "./page-info.ts"

interface AccountConnectionShape extends Connection<AccountModel> {
  readonly countAll: () => Promise<number>
}

const AccountEdge = builder.objectRef<Connection<AccountModel>["edges"][number]>("AccountEdge").implement({
  description: "An account and its place in the order.",
  fields: (t) => ({
    cursor: t.exposeString("cursor", { description: CONNECTION.cursor }),
    node: t.expose("node", { type: Account, description: CONNECTION.node }),
  }),
})

export const AccountConnection = builder.objectRef<AccountConnectionShape>("AccountConnection").implement({
  description: "A page of accounts.",
  fields: (t) => ({
    edges: t.field({ type: [AccountEdge], description: CONNECTION.edges, resolve: ({ edges }) => [...edges] }),
    pageInfo: t.expose("pageInfo", { type: PageInfo, description: CONNECTION.pageInfo }),
    totalCount: t.int({
      description: "All accounts that fit the filter, on whatever page.",
      resolve: ({ countAll }) => countAll(),
    }),
  }),
})
