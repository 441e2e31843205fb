import { createSignal } from "solid-js"
import { overviewDocument, type OverviewQuery } from "#generated/web/graphql.ts"
import { createRefresh } from "../../graphql/create-refresh.ts"
import { createLoaded } from "../../graphql/live.ts"
import { usePanel } from "../../panel.tsx"

export type Overview = OverviewQuery

const hourMs = 3_600_000

// Sums of an hour and forecasts move slowly; what moves fast comes by itself.
export const readEveryMs = 15_000

/** The last hour in sums, what is left, and what wants a hand; read anew four times a minute while it is looked at. */
export function createOverview() {
  const { client } = usePanel()
  const [overview, setOverview] = createSignal<Overview>()
  const { state, again } = createLoaded(async () => {
    const since = new Date(Date.now() - hourMs).toISOString()
    const result = await client.query(overviewDocument, { since }).toPromise()
    if (result.data === undefined) throw result.error
    setOverview(result.data)
  })
  createRefresh(again, readEveryMs)
  return { state, again, overview }
}
