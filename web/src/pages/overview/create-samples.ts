import { createSignal } from "solid-js"
import { trafficSampleDocument, type TrafficSampleSubscription } from "#generated/web/graphql.ts"
import { createLive } from "../../graphql/live.ts"

export type Sample = TrafficSampleSubscription["trafficSample"]

/** How many samples (one a second) the page keeps, a quarter of an hour; older ones are let go, so that an open tab does not grow. */
const sampleCount = 900

/** The newest samples, oldest first. */
export function createSamples() {
  const [samples, setSamples] = createSignal<readonly Sample[]>([])
  createLive(trafficSampleDocument, {}, ({ trafficSample }) =>
    setSamples((kept) => [...kept, trafficSample].slice(-sampleCount)),
  )
  return samples
}
