/** What captures bodies of requests and sends them again, put together. */
import type { Ground } from "../ground.ts"
import type { Commands } from "../link/commands.ts"
import type { Streams } from "../link/streams.ts"
import { createCaptures, type Captures } from "./captures.ts"
import { createReplays, type Replays } from "./replays.ts"

export interface CaptureParts {
  readonly captures: Captures
  readonly replays: Replays
}

export function createCaptureParts(
  ground: Ground,
  { commands, streams }: { readonly commands: Commands; readonly streams: Streams },
): CaptureParts {
  const replays = createReplays({ ...ground, commands, connectedNodes: () => streams.connectedNodes() })
  const captures = createCaptures({ ...ground, onReplayed: (capture) => replays.arrived(capture) })
  return { captures, replays }
}
