import { createStore, reconcile } from "solid-js/store"
import { administratorsDocument, type AdministratorRowFragment } from "#generated/web/graphql.ts"
import type { AdminTokenRowFragment } from "#generated/web/graphql.ts"
import { createLoaded } from "../../graphql/live.ts"
import { usePanel } from "../../panel.tsx"

export type Administrator = AdministratorRowFragment
export type AdminToken = AdminTokenRowFragment

export const roles = ["VIEWER", "OPERATOR", "OWNER"] as const
export const scopes = ["READ", "OPERATE", "ADMIN"] as const

/** Who may enter, and with which tokens programs do; for owners alone. */
export function createAdministrators() {
  const { client } = usePanel()
  const [store, setStore] = createStore<{ people: Administrator[]; tokens: AdminToken[] }>({ people: [], tokens: [] })
  const { state, again } = createLoaded(async () => {
    const result = await client.query(administratorsDocument, {}).toPromise()
    if (result.data === undefined) throw result.error
    setStore("people", reconcile([...result.data.administrators], { key: "id" }))
    setStore("tokens", reconcile([...result.data.adminTokens], { key: "id" }))
  })
  return { state, again, people: () => store.people, tokens: () => store.tokens }
}
