import { createSignal } from "solid-js"
import { createStore, reconcile } from "solid-js/store"
import { apiKeysDocument, type KeyRowFragment } from "#generated/web/graphql.ts"
import { createLoaded } from "../../graphql/live.ts"
import { pageSize, readAll } from "../../graphql/read-all.ts"
import { usePanel } from "../../panel.tsx"

export type ApiKey = KeyRowFragment

/** The API keys and the gateway's address; read on mount, after each change made here, and after a broken stream. */
export function createKeys() {
  const { client } = usePanel()
  const [store, setStore] = createStore<{ keys: ApiKey[] }>({ keys: [] })
  const [gatewayUrl, setGatewayUrl] = createSignal("")
  const { state, again } = createLoaded(async () => {
    const keys = await readAll(async (after) => {
      const result = await client.query(apiKeysDocument, { first: pageSize, after }).toPromise()
      if (result.data === undefined) throw result.error
      setGatewayUrl(result.data.gatewayUrl)
      return result.data.apiKeys
    })
    setStore("keys", reconcile(keys, { key: "id" }))
  })
  const add = (key: ApiKey) => setStore("keys", (keys) => [...keys, key])
  /** One that was changed keeps its place. */
  const change = (key: ApiKey) => setStore("keys", (one) => one.id === key.id, reconcile(key))
  const remove = (id: string) => setStore("keys", (keys) => keys.filter((key) => key.id !== id))
  return { state, again, keys: () => store.keys, gatewayUrl, add, change, remove }
}
