/**
 * Commands to data planes, over the streams that carry snapshots. Each goes to every node, once for each connection, until the node
 * has answered or the command's time is over; a node that was away gets it when it comes back in time. They live for a minute and in
 * memory alone: what has to last is in the snapshot.
 */
import type { Command, CommandAck, CommandAnswer, CommandFrame } from "#shared/link-command.ts"
import type { Logger } from "#shared/log.ts"
import type { Clock } from "../clock.ts"
import { RefusedError } from "../failure.ts"
import { newId } from "../new-id.ts"

/** A node that redials waits ten seconds at the most. */
export const COMMAND_LIFE_MS = 60_000
/** Whoever sends one hears after this what was answered until then. */
export const ANSWER_WAIT_MS = 2_000
/** More than these at a time are refused. */
export const MAX_COMMANDS = 1_000

export interface CommandReport {
  /** By node. */
  readonly answers: ReadonlyMap<string, CommandAnswer>
  /** Nodes that have not answered yet, because they are away, slow, or of a version without commands. */
  readonly unanswered: readonly string[]
}

export interface Commands {
  /** To every node, or to one. Resolves when those that are connected have answered, and after two seconds at the latest. Throws `RefusedError`. */
  send(command: Command, nodeId?: string): Promise<CommandReport>
  /** What this node has not answered yet, and still may. */
  pendingFor(nodeId: string): readonly CommandFrame[]
  answered(nodeId: string, ack: CommandAck): void
  /** Calls `listener` when there is something new to send. The returned function ends that. */
  onSend(listener: () => void): () => void
  stop(): void
}

export interface CommandsOptions {
  readonly clock: Clock
  readonly log: Logger
  readonly nodeIds: () => Promise<readonly string[]>
  readonly connectedNodes: () => ReadonlySet<string>
}

interface Pending {
  /** The only one that it is for; undefined: it is for all. */
  readonly only: string | undefined
  readonly frame: CommandFrame
  readonly answers: Map<string, CommandAnswer>
  /** Somebody waits for answers. */
  look: () => void
  readonly forget: () => void
}

export function createCommands({ clock, log, nodeIds, connectedNodes }: CommandsOptions): Commands {
  const pending = new Map<string, Pending>()
  const listeners = new Set<() => void>()

  function begin(command: Command, only: string | undefined): Pending {
    const id = newId("cmd")
    const frame: CommandFrame = { type: "command", id, expiresAt: clock.now() + COMMAND_LIFE_MS, command }
    const forget = clock.after(COMMAND_LIFE_MS, () => pending.delete(id))
    const begun: Pending = { only, frame, answers: new Map(), look: () => undefined, forget }
    pending.set(id, begun)
    log.info("command.sent", { id, type: command.type })
    for (const listener of listeners) listener()
    return begun
  }

  function answersOf(sent: Pending): Promise<void> {
    return new Promise((resolve) => {
      const finish = (): void => {
        cancel()
        sent.look = () => undefined
        resolve()
      }
      const cancel = clock.after(ANSWER_WAIT_MS, finish)
      sent.look = () => {
        const asked = sent.only === undefined ? [...connectedNodes()] : [sent.only]
        if (asked.every((nodeId) => sent.answers.has(nodeId))) finish()
      }
      sent.look()
    })
  }

  return {
    send: async (command, only) => {
      if (pending.size >= MAX_COMMANDS) {
        throw new RefusedError("too_many", "Too many commands are under way; try again in a minute.")
      }
      const sent = begin(command, only)
      await answersOf(sent)
      const known = only === undefined ? await nodeIds() : [only]
      return { answers: new Map(sent.answers), unanswered: known.filter((nodeId) => !sent.answers.has(nodeId)) }
    },
    pendingFor: (nodeId) => {
      const now = clock.now()
      const due = [...pending.values()].filter(
        ({ only, frame, answers }) =>
          frame.expiresAt > now && !answers.has(nodeId) && (only === undefined || only === nodeId),
      )
      return due.map(({ frame }) => frame)
    },
    answered: (nodeId, { commandId, outcome, count, reason }) => {
      const sent = pending.get(commandId)
      // The first answer counts: a node that restarted meanwhile had nothing left to do it to.
      if (sent === undefined || sent.answers.has(nodeId)) return
      const answer = { outcome, ...(count === undefined ? {} : { count }), ...(reason === undefined ? {} : { reason }) }
      sent.answers.set(nodeId, answer)
      if (outcome !== "done") log.warn("command.not-done", { id: commandId, node: nodeId, outcome, reason })
      sent.look()
    },
    onSend: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    stop: () => {
      for (const { forget } of pending.values()) forget()
      pending.clear()
    },
  }
}
