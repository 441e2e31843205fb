import type { ApiKeyModel } from "#generated/sqlite/models.ts"
import { builder } from "../builder.ts"
import type { Connection } from "../connection.ts"
import { ApiKey } from "./api-key.ts"
import { PageInfo } from "./page-info.ts"

interface ApiKeyConnectionShape extends Connection<ApiKeyModel> {
  readonly countAll: () => Promise<number>
}

const ApiKeyEdge = builder.objectRef<Connection<ApiKeyModel>["edges"][number]>("ApiKeyEdge").implement({
  fields: (t) => ({ cursor: t.exposeString("cursor"), node: t.expose("node", { type: ApiKey }) }),
})

export const ApiKeyConnection = builder.objectRef<ApiKeyConnectionShape>("ApiKeyConnection").implement({
  fields: (t) => ({
    edges: t.field({ type: [ApiKeyEdge], resolve: ({ edges }) => [...edges] }),
    pageInfo: t.expose("pageInfo", { type: PageInfo }),
    totalCount: t.int({ resolve: ({ countAll }) => countAll() }),
  }),
})
