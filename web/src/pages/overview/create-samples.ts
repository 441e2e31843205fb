import { createSignal } from "solid-js"
import { recentTrafficDocument, trafficSampleDocument, type TrafficSampleSubscription } from "#generated/web/graphql.ts"
import { createLive, createLoaded } from "../../graphql/live.ts"
import { usePanel } from "../../panel.tsx"
import { joinSamples } from "./series.ts"

export type Sample = TrafficSampleSubscription["trafficSample"]

/** How many samples (one a second) the page keeps, a quarter of an hour; older ones are let go, so that an open tab does not grow. */
const sampleCount = 900

/** The newest samples, oldest first; those of the last minute and a half are there at once, also after the stream broke. */
export function createSamples() {
  const { client } = usePanel()
  const [samples, setSamples] = createSignal<readonly Sample[]>([])
  const add = (more: readonly Sample[]) => setSamples((kept) => joinSamples(kept, more).slice(-sampleCount))
  createLoaded(async () => {
    const result = await client.query(recentTrafficDocument, {}).toPromise()
    if (result.data === undefined) throw result.error
    add(result.data.recentTraffic)
  })
  createLive(trafficSampleDocument, {}, ({ trafficSample }) => add([trafficSample]))
  return samples
}
