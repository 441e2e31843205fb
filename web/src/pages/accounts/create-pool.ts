import { createSignal } from "solid-js"
import { poolChangedDocument, poolDocument, type PoolQuery } from "#generated/web/graphql.ts"
import { createLive, createLoaded } from "../../graphql/live.ts"
import { usePanel } from "../../panel.tsx"

export type Pool = PoolQuery["pool"]

/** Whether the pool is paused, and why; `onChange` is called when it pauses or goes on. */
export function createPool(onChange: () => void) {
  const { client } = usePanel()
  const [pool, setPool] = createSignal<Pool>()
  const { again } = createLoaded(async () => {
    const result = await client.query(poolDocument, {}).toPromise()
    if (result.data === undefined) throw result.error
    setPool(result.data.pool)
  })
  const changed = (now: Pool) => {
    setPool(now)
    onChange()
  }
  createLive(poolChangedDocument, {}, ({ poolChanged }) => changed(poolChanged), again)
  return { pool, changed }
}
