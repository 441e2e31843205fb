/** The parts of routing put together. */
import type { CompiledSnapshot } from "#shared/snapshot-compile.ts"
import type { Logger } from "#shared/log.ts"
import type { Publisher } from "../snapshot/publisher.ts"
import { createPublishedWorld } from "./published-world.ts"
import { createRouting, type RoutingOptions, type RoutingUse } from "./routing.ts"
import { createSightings, type Sightings } from "./sightings.ts"

export interface RoutingServices {
  readonly routing: RoutingUse
  /** The newest snapshot as data planes compile it. */
  readonly publishedWorld: () => CompiledSnapshot
}

export interface RoutingParts {
  readonly services: RoutingServices
  readonly sightings: Sightings
}

export function createRoutingParts(
  options: Omit<RoutingOptions, "world"> & { readonly log: Logger; readonly publisher: Publisher },
): RoutingParts {
  const { publisher } = options
  const publishedWorld = createPublishedWorld(publisher)
  const sightings = createSightings(options)
  // Whatever changes what accounts offer is published.
  publisher.onPublish(() => sightings.job.wake())
  return { services: { routing: createRouting({ ...options, world: publishedWorld }), publishedWorld }, sightings }
}
