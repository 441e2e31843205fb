/**
 * Connections over which a data plane takes a request from here. The node dials them, as it dials everything: a command asks for one, and
 * the connection that then comes with its id is handed to who asked.
 */
import type { Duplex } from "node:stream"
import type { PipeSender } from "#shared/link-command.ts"
import type { Clock } from "../clock.ts"
import { RefusedError } from "../failure.ts"
import { newId } from "../new-id.ts"
import type { Commands } from "./commands.ts"

/** From the command to the connection. */
export const PIPE_WAIT_MS = 10_000

export interface Pipes {
  /** A connection on which that node answers HTTP. Throws `RefusedError`, and the signal's reason as soon as nobody wants it any more. */
  open(nodeId: string, sender: PipeSender, over: AbortSignal): Promise<Duplex>
  /** Whether somebody waits for this connection of this node. */
  isAwaited(pipeId: string, nodeId: string): boolean
  /** It is there. */
  arrived(pipeId: string, connection: Duplex): void
}

export interface PipesOptions {
  readonly clock: Clock
  readonly commands: Pick<Commands, "send">
}

interface Waiting {
  readonly nodeId: string
  readonly take: (connection: Duplex) => void
}

export function createPipes({ clock, commands }: PipesOptions): Pipes {
  const waiting = new Map<string, Waiting>()

  return {
    open: async (nodeId, sender, over) => {
      over.throwIfAborted()
      const pipeId = newId("pip")
      let cancel = (): void => undefined
      let leave = (): void => undefined
      const arrived = new Promise<Duplex>((resolve, reject) => {
        waiting.set(pipeId, { nodeId, take: resolve })
        cancel = clock.after(PIPE_WAIT_MS, () => {
          reject(new RefusedError("node_silent", "The data plane did not take the request within ten seconds."))
        })
        leave = () => reject(over.reason)
        over.addEventListener("abort", leave)
        commands.send({ type: "open-pipe", pipeId, sender }, nodeId).then(({ answers }) => {
          const answer = answers.get(nodeId)
          if (answer === undefined || answer.outcome === "done") return
          reject(new RefusedError("data_plane_refused", answer.reason ?? "The command came too late."))
        }, reject)
      })
      try {
        return await arrived
      } finally {
        cancel()
        over.removeEventListener("abort", leave)
        waiting.delete(pipeId)
      }
    },
    isAwaited: (pipeId, nodeId) => waiting.get(pipeId)?.nodeId === nodeId,
    arrived: (pipeId, connection) => {
      const one = waiting.get(pipeId)
      waiting.delete(pipeId)
      if (one === undefined) connection.destroy()
      else one.take(connection)
    },
  }
}
