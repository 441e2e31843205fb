/** An operator's word that conversations shall no longer be drawn to the account they live on. */
import type { NodeModel } from "#generated/sqlite/models.ts"
import { accountId, apiKeyId } from "#shared/ids.ts"
import { CONVERSATION, type ConversationScope } from "#shared/link-command.ts"
import type { Audit } from "../audit/audit.ts"
import { objectOfId, type AuditObject } from "../audit/object.ts"
import type { Database } from "../database/open.ts"
import { InvalidInputError } from "../failure.ts"
import type { Commands } from "../link/commands.ts"
import { allConversations, type Nodes } from "../link/nodes.ts"

/** Just one of them. */
export interface ReleaseWish {
  readonly accountId?: string | null | undefined
  readonly apiKeyId?: string | null | undefined
  readonly conversationId?: string | null | undefined
}

export interface Released {
  readonly conversations: number
  /** That have done it. */
  readonly nodes: number
  readonly refusals: readonly { readonly node: NodeModel; readonly reason: string }[]
  readonly unanswered: readonly NodeModel[]
}

export interface Conversations {
  /** Answers when the connected data planes have, and after two seconds at the latest. */
  release(wish: ReleaseWish): Promise<Released>
}

export interface ConversationsOptions {
  readonly database: Database
  readonly audit: Pick<Audit, "note">
  readonly commands: Pick<Commands, "send">
  readonly nodes: Pick<Nodes, "live">
}

export function createConversations({ database, audit, commands, nodes }: ConversationsOptions): Conversations {
  const { account, apiKey, node } = database.prisma

  async function scopeOf(wish: ReleaseWish): Promise<ConversationScope> {
    const given = [wish.accountId, wish.apiKeyId, wish.conversationId].filter(
      (one) => one !== undefined && one !== null,
    )
    if (given.length !== 1) {
      throw new InvalidInputError("not_allowed", "Name an account, a key or a conversation: just one of them.", [
        "input",
      ])
    }
    if (typeof wish.accountId === "string") {
      if ((await account.count({ where: { id: wish.accountId } })) === 0) throw missing("account", "accountId")
      return { accountId: accountId(wish.accountId) }
    }
    if (typeof wish.apiKeyId === "string") {
      if ((await apiKey.count({ where: { id: wish.apiKeyId } })) === 0) throw missing("key", "apiKeyId")
      return { apiKeyId: apiKeyId(wish.apiKeyId) }
    }
    const conversation = wish.conversationId ?? ""
    if (conversation.length > CONVERSATION.max || CONVERSATION.pattern?.test(conversation) !== true) {
      const message = "Name the conversation by its id, as a request shows it."
      throw new InvalidInputError("not_allowed", message, ["input", "conversationId"])
    }
    return { conversation }
  }

  return {
    release: async (wish) => {
      const scope = await scopeOf(wish)
      await audit.note({ object: objectOf(wish) })
      const { answers, unanswered } = await commands.send({ type: "release-conversations", of: scope })
      const rows = new Map((await node.findMany({ orderBy: { name: "asc" } })).map((row) => [row.id, row]))
      const done = [...answers].filter(([, { outcome }]) => outcome === "done")
      const counts = done.map(([id, { count = 0 }]) => {
        return { count, isShared: nodes.live(id)?.load.sharesConversations === true }
      })
      return {
        conversations: allConversations(counts),
        nodes: done.length,
        refusals: [...answers].flatMap(([id, { outcome, reason }]) => {
          const row = rows.get(id)
          if (row === undefined || outcome === "done") return []
          return [{ node: row, reason: reason ?? "The command came too late." }]
        }),
        unanswered: unanswered.flatMap((id) => rows.get(id) ?? []),
      }
    },
  }
}

function objectOf({ accountId: account, apiKeyId: key, conversationId }: ReleaseWish): AuditObject {
  return objectOfId(account ?? key) ?? { kind: "CONVERSATION", id: conversationId ?? undefined }
}

function missing(what: string, field: string): InvalidInputError {
  return new InvalidInputError("not_found", `There is no such ${what}.`, ["input", field])
}
