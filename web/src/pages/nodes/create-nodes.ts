import { createStore, reconcile } from "solid-js/store"
import { nodeChangedDocument, type NodeRowFragment, nodesDocument } from "#generated/web/graphql.ts"
import { createLive, createLoaded } from "../../graphql/live.ts"
import { usePanel } from "../../panel.tsx"

export type Node = NodeRowFragment

/** The data planes, by name. */
export function createNodes() {
  const { client } = usePanel()
  const [store, setStore] = createStore<{ nodes: Node[] }>({ nodes: [] })
  const show = (nodes: readonly Node[]) =>
    setStore(
      "nodes",
      reconcile(
        [...nodes].toSorted((one, other) => one.name.localeCompare(other.name)),
        { key: "id" },
      ),
    )
  const { state, again } = createLoaded(async () => {
    const result = await client.query(nodesDocument, {}).toPromise()
    if (result.data === undefined) throw result.error
    show(result.data.nodes)
  })
  createLive(
    nodeChangedDocument,
    {},
    ({ nodeChanged }) => show([...store.nodes.filter(({ id }) => id !== nodeChanged.id), nodeChanged]),
    again,
  )
  const remove = (id: string) => {
    show(store.nodes.filter((node) => node.id !== id))
    again()
  }
  return { state, again, nodes: () => store.nodes, remove }
}
