import { createSignal, onCleanup, onMount } from "solid-js"
import { createStore, reconcile } from "solid-js/store"
import { apiKeysDocument, type KeyRowFragment } from "#generated/web/graphql.ts"
import { createLoaded } from "../../graphql/live.ts"
import { pageSize, readAll } from "../../graphql/read-all.ts"
import { usePanel } from "../../panel.tsx"

export type ApiKey = KeyRowFragment

/** The API keys and the gateway's address; read anew after a change, a broken stream, or a look elsewhere. */
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
  // Whoever comes back has used a key elsewhere: it is not shown as it was before.
  onMount(() => window.addEventListener("focus", again))
  onCleanup(() => window.removeEventListener("focus", again))
  // Shown at once; a reading that began before it does not know of it, so another follows.
  const add = (key: ApiKey) => {
    setStore("keys", (keys) => [...keys, key])
    again()
  }
  /** One that was changed keeps its place. */
  const change = (key: ApiKey) => {
    setStore("keys", (one) => one.id === key.id, reconcile(key))
    again()
  }
  const remove = (id: string) => {
    setStore("keys", (keys) => keys.filter((key) => key.id !== id))
    again()
  }
  return { state, again, keys: () => store.keys, gatewayUrl, add, change, remove }
}
