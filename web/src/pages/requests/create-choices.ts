import { createEffect, createSignal, onCleanup } from "solid-js"
import {
  requestFilterAccountsDocument,
  requestFilterChoicesDocument,
  type RequestFilterChoicesQuery,
} from "#generated/web/graphql.ts"
import type { Suggestion } from "../../components/suggestions.ts"
import { createUrlState } from "../../lib/create-url-state.ts"
import { usePanel } from "../../panel.tsx"

/** A pause in typing after which accounts are looked for. */
const typedMs = 250

/** What can be filtered by, by name: read when it is wanted, which is when a name has to be shown or the filters are opened. */
export function createChoices() {
  const { client } = usePanel()
  const [read, setRead] = createSignal<RequestFilterChoicesQuery>()
  const [found, setFound] = createSignal<readonly Suggestion[]>([])
  let isAsked = false
  const want = () => {
    if (isAsked) return
    isAsked = true
    void client
      .query(requestFilterChoicesDocument, {})
      .toPromise()
      // Without them the filters are narrowed by id, as they stand in the address.
      .then(({ data }) => (data === undefined ? (isAsked = false) : setRead(data)))
  }
  const address = createUrlState<"key" | "account" | "node">()
  createEffect(() => {
    if (address.get("key") !== undefined || address.get("account") !== undefined || address.get("node") !== undefined)
      want()
  })
  const firstAccounts = (): readonly Suggestion[] =>
    read()?.accounts.edges.map(({ node }) => ({ value: node.id, label: node.label })) ?? []
  const lists: Record<"model" | "key" | "account" | "node", () => readonly Suggestion[]> = {
    model: () => read()?.models.map(({ id }) => ({ value: id })) ?? [],
    key: () => read()?.apiKeys.edges.map(({ node }) => ({ value: node.id, label: node.name })) ?? [],
    account: () => {
      const first = firstAccounts()
      return [...first, ...found().filter(({ value }) => !first.some((one) => one.value === value))]
    },
    node: () => read()?.nodes.map(({ id, name }) => ({ value: id, label: name })) ?? [],
  }
  const look = async (search: string) => {
    const { data } = await client.query(requestFilterAccountsDocument, { search }).toPromise()
    if (data !== undefined) setFound(data.accounts.edges.map(({ node }) => ({ value: node.id, label: node.label })))
  }
  let timer: ReturnType<typeof setTimeout> | undefined
  onCleanup(() => clearTimeout(timer))
  /** Looks for accounts beyond the first ones. */
  const searchAccounts = (search: string) => {
    clearTimeout(timer)
    if (search.trim() === "" || firstAccounts().length < 100) return
    timer = setTimeout(() => void look(search.trim()), typedMs)
  }
  const nameOf = (name: string, id: string): string => {
    const list = Object.hasOwn(lists, name) ? lists[name as keyof typeof lists]() : [] // it is one of the record's own
    return list.find(({ value }) => value === id)?.label ?? id
  }
  return { want, ...lists, searchAccounts, nameOf }
}

export type Choices = ReturnType<typeof createChoices>
