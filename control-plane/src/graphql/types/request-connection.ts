import type { RequestRecordModel } from "#generated/sqlite/models.ts"
import { builder } from "../builder.ts"
import type { Connection } from "../connection.ts"
import { PageInfo } from "./page-info.ts"
import { Request } from "./request.ts"

const RequestEdge = builder.objectRef<Connection<RequestRecordModel>["edges"][number]>("RequestEdge").implement({
  fields: (t) => ({ cursor: t.exposeString("cursor"), node: t.expose("node", { type: Request }) }),
})

export const RequestConnection = builder.objectRef<Connection<RequestRecordModel>>("RequestConnection").implement({
  fields: (t) => ({
    edges: t.field({ type: [RequestEdge], resolve: ({ edges }) => [...edges] }),
    pageInfo: t.expose("pageInfo", { type: PageInfo }),
  }),
})
