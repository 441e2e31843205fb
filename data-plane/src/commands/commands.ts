/**
 * Does what the control plane commands over the link, once for each id, and answers. A command may come again after a connection was
 * lost: then only the answer is given again. One whose time is over is not done.
 */
import type { CommandAck, CommandAnswer, CommandFrame } from "#shared/link-command.ts"
import type { Logger } from "#shared/log.ts"
import { obey, type CommandPorts } from "./handlers.ts"

export interface CommandsOptions {
  readonly ports: CommandPorts
  readonly log: Logger
  readonly answer: (ack: CommandAck) => void
}

/** Answers that are kept, oldest forgotten first: many more than the control plane has under way at a time. */
export const MAX_KNOWN = 10_000

export class Commands {
  readonly #options: CommandsOptions
  readonly #answers = new Map<string, CommandAnswer>()

  constructor(options: CommandsOptions) {
    this.#options = options
  }

  /** `now` is the control plane's time; undefined: it does not tell it, and nothing expires. */
  take(frame: CommandFrame, now: number | undefined): void {
    const { id } = frame
    let given = this.#answers.get(id)
    if (given === undefined) {
      given = now !== undefined && now >= frame.expiresAt ? { outcome: "expired" } : this.#run(frame)
      this.#options.log.info("command.taken", { id, type: frame.command.type, ...given })
      this.#answers.set(id, given)
      for (const oldest of this.#answers.keys()) {
        if (this.#answers.size <= MAX_KNOWN) break
        this.#answers.delete(oldest)
      }
    }
    this.#options.answer({ type: "command-ack", commandId: id, ...given })
  }

  #run({ command }: CommandFrame): CommandAnswer {
    if (command.type === "unreadable") return { outcome: "refused", reason: command.reason }
    try {
      return { outcome: "done", count: obey(command, this.#options.ports) }
    } catch (error) {
      return { outcome: "refused", reason: error instanceof Error ? error.message : String(error) }
    }
  }
}
