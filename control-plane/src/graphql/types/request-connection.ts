import { builder } from "../builder.ts"
import type { RequestPage } from "../../requests/page.ts"
import { PageInfo } from "./page-info.ts"
import { Request } from "./request.ts"

const RequestEdge = builder.objectRef<RequestPage["edges"][number]>("RequestEdge").implement({
  fields: (t) => ({ cursor: t.exposeString("cursor"), node: t.expose("node", { type: Request }) }),
})

export const RequestConnection = builder.objectRef<RequestPage>("RequestConnection").implement({
  fields: (t) => ({
    edges: t.field({ type: [RequestEdge], resolve: ({ edges }) => [...edges] }),
    pageInfo: t.expose("pageInfo", { type: PageInfo }),
    searchedUntil: t.expose("searchedUntil", {
      type: "DateTime",
      nullable: true,
      description:
        "How far back was looked where what fits is so rare that the page is not full; its endCursor goes on from there. Null: the page is full, or nothing was left to look at.",
    }),
  }),
})
