import type { ApiKeyModel } from "#generated/sqlite/models.ts"
import { builder } from "../builder.ts"
import type { Connection } from "../connection.ts"
import { ApiKey } from "./api-key.ts"
import { CONNECTION, PageInfo } from "./page-info.ts"

interface ApiKeyConnectionShape extends Connection<ApiKeyModel> {
  readonly countAll: () => Promise<number>
}

const ApiKeyEdge = builder.objectRef<Connection<ApiKeyModel>["edges"][number]>("ApiKeyEdge").implement({
  description: "A key and its place in the order.",
  fields: (t) => ({
    cursor: t.exposeString("cursor", { description: CONNECTION.cursor }),
    node: t.expose("node", { type: ApiKey, description: CONNECTION.node }),
  }),
})

export const ApiKeyConnection = builder.objectRef<ApiKeyConnectionShape>("ApiKeyConnection").implement({
  description: "A page of keys.",
  fields: (t) => ({
    edges: t.field({ type: [ApiKeyEdge], description: CONNECTION.edges, resolve: ({ edges }) => [...edges] }),
    pageInfo: t.expose("pageInfo", { type: PageInfo, description: CONNECTION.pageInfo }),
    totalCount: t.int({ description: "All keys, on whatever page.", resolve: ({ countAll }) => countAll() }),
  }),
})
