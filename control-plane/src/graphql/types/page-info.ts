import { builder } from "../builder.ts"
import { DEFAULT_PAGE, MAX_PAGE, type PageInfoShape } from "../connection.ts"

/** What every connection and its edges say of themselves. */
export const CONNECTION = {
  edges: "The entries of this page, in order.",
  pageInfo: "Where this page begins and ends.",
  cursor: "For the argument `after`: what follows on this entry. It counts in the order and the filter it was read in.",
  node: "The entry itself.",
}

/** The arguments of every connection. */
export const pageArguments = builder.args((t) => ({
  first: t.int({ description: `Entries of a page: 0 to ${MAX_PAGE}, ${DEFAULT_PAGE} where it is left out.` }),
  after: t.string({ description: "A cursor: the page begins behind its entry. Left out: at the beginning." }),
}))

export const PageInfo = builder.objectRef<PageInfoShape>("PageInfo").implement({
  description: "Where a page begins and ends, and whether there is more.",
  fields: (t) => ({
    endCursor: t.exposeString("endCursor", {
      nullable: true,
      description: "Of the page's last entry, for the argument `after` of the next page; null: the page is empty.",
    }),
    hasNextPage: t.exposeBoolean("hasNextPage", { description: "There are more behind this page." }),
    hasPreviousPage: t.exposeBoolean("hasPreviousPage", {
      description: "This page began behind a cursor, and is not empty.",
    }),
    startCursor: t.exposeString("startCursor", {
      nullable: true,
      description: "Of the page's first entry; null: the page is empty.",
    }),
  }),
})
