import { createMemo, createSignal } from "solid-js"
import { createStore, reconcile } from "solid-js/store"
import { modelsDocument, type ModelsQuery } from "#generated/web/graphql.ts"
import { createRefresh } from "../../../graphql/create-refresh.ts"
import { createLoaded } from "../../../graphql/live.ts"
import { usePanel } from "../../../panel.tsx"
import { readEveryMs } from "../read-every.ts"
import { leftByBucket, type QuotaLeft } from "./left-by-bucket.ts"

export type Model = ModelsQuery["models"][number]
type Forecast = ModelsQuery["quotaForecast"][number]

/** The models that accounts offer, or offered lately, and what is left of the quotas that they use up. */
export function createModels() {
  const { client } = usePanel()
  const [store, setStore] = createStore<{ models: Model[] }>({ models: [] })
  const [forecasts, setForecasts] = createSignal<readonly Forecast[]>([])
  const { state, again } = createLoaded(async () => {
    const result = await client.query(modelsDocument, {}).toPromise()
    if (result.data === undefined) throw result.error
    setStore("models", reconcile([...result.data.models], { key: "id" }))
    setForecasts(result.data.quotaForecast)
  })
  createRefresh(again, readEveryMs)
  const left = createMemo(() => leftByBucket(forecasts()))
  return {
    state,
    again,
    models: () => store.models,
    /** Undefined: nobody knows. */
    quotaLeft: (model: Model): QuotaLeft<Forecast> | undefined => left().get(model.quotaBucket),
  }
}
