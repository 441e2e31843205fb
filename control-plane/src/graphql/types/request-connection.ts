import { builder } from "../builder.ts"
import type { RequestPage } from "../../requests/page.ts"
import { CONNECTION, PageInfo } from "./page-info.ts"
import { Request } from "./request.ts"

const RequestEdge = builder.objectRef<RequestPage["edges"][number]>("RequestEdge").implement({
  description: "A request and its place in the order.",
  fields: (t) => ({
    cursor: t.exposeString("cursor", { description: CONNECTION.cursor }),
    node: t.expose("node", { type: Request, description: CONNECTION.node }),
  }),
})

export const RequestConnection = builder.objectRef<RequestPage>("RequestConnection").implement({
  description: "A page of requests. There is no total: usage counts.",
  fields: (t) => ({
    edges: t.field({ type: [RequestEdge], description: CONNECTION.edges, resolve: ({ edges }) => [...edges] }),
    pageInfo: t.expose("pageInfo", { type: PageInfo, description: CONNECTION.pageInfo }),
    searchedUntil: t.expose("searchedUntil", {
      type: "DateTime",
      nullable: true,
      description:
        "How far back was looked where what fits is so rare that the page is not full; its endCursor goes on from there. Null: the page is full, or nothing was left to look at.",
    }),
  }),
})
