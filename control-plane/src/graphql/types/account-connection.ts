import type { AccountModel } from "#generated/sqlite/models.ts"
import { builder } from "../builder.ts"
import type { Connection } from "../connection.ts"
import { Account } from "./account.ts"
import { PageInfo } from "./page-info.ts"

interface AccountConnectionShape extends Connection<AccountModel> {
  readonly countAll: () => Promise<number>
}

const AccountEdge = builder.objectRef<Connection<AccountModel>["edges"][number]>("AccountEdge").implement({
  fields: (t) => ({ cursor: t.exposeString("cursor"), node: t.expose("node", { type: Account }) }),
})

export const AccountConnection = builder.objectRef<AccountConnectionShape>("AccountConnection").implement({
  fields: (t) => ({
    edges: t.field({ type: [AccountEdge], resolve: ({ edges }) => [...edges] }),
    pageInfo: t.expose("pageInfo", { type: PageInfo }),
    totalCount: t.int({ resolve: ({ countAll }) => countAll() }),
  }),
})
