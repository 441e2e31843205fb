/** The part of a Relay connection that reading it to its end needs. */
interface Connection<Item> {
  readonly edges: readonly { readonly node: Item }[]
  readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean }
}

/** How many items one page asks for. */
export const pageSize = 100

/** Reads a connection page after page; what `readPage` throws ends it. */
export async function readAll<Item>(readPage: (after: string | null) => Promise<Connection<Item>>): Promise<Item[]> {
  const items: Item[] = []
  let after: string | null = null
  for (;;) {
    // eslint-disable-next-line no-await-in-loop -- each page needs the cursor of the one before
    const page: Connection<Item> = await readPage(after)
    items.push(...page.edges.map((edge) => edge.node))
    after = page.pageInfo.endCursor
    if (!page.pageInfo.hasNextPage || after === null) return items
  }
}
