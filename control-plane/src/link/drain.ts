/** An operator's word that a data plane shall get no more requests, or that it takes them again. It lasts until that process ends. */
import type { NodeModel } from "#generated/sqlite/models.ts"
import type { Audit } from "../audit/audit.ts"
import type { Database } from "../database/open.ts"
import { InvalidInputError, RefusedError } from "../failure.ts"
import type { Commands } from "./commands.ts"

export interface Drained {
  readonly node: NodeModel
  /** Exchanges under way there. */
  readonly inFlight: number
}

export interface NodeDrain {
  /** Answers when the data plane has, and after two seconds at the latest. */
  tell(id: string, isOn: boolean): Promise<Drained>
}

export interface NodeDrainOptions {
  readonly database: Database
  readonly audit: Pick<Audit, "note">
  readonly commands: Pick<Commands, "send">
}

export function createNodeDrain({ database, audit, commands }: NodeDrainOptions): NodeDrain {
  return {
    tell: async (id, isOn) => {
      const node = await database.prisma.node.findUnique({ where: { id } })
      if (node === null) throw new InvalidInputError("not_found", "There is no such data plane.", ["id"])
      await audit.note({ object: { kind: "NODE", id, label: node.name } })
      const { answers } = await commands.send({ type: "drain", isOn }, id)
      const answer = answers.get(id)
      if (answer === undefined) {
        throw new RefusedError(
          "node_silent",
          "The data plane did not answer within two seconds; if it comes back within a minute it still does what it was told.",
        )
      }
      if (answer.outcome !== "done") {
        throw new RefusedError("data_plane_refused", answer.reason ?? "The command came too late.")
      }
      return { node, inFlight: answer.count ?? 0 }
    },
  }
}
