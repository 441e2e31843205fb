import type { Released } from "../../conversations/release.ts"
import { builder, expectedFailures } from "../builder.ts"
import { Node } from "../types/node.ts"

const ReleaseConversationsInput = builder.inputType("ReleaseConversationsInput", {
  description: "Just one of them.",
  fields: (t) => ({
    accountId: t.id({ description: "All conversations that live on this account." }),
    apiKeyId: t.id({ description: "All of this key." }),
    conversationId: t.id({ description: "One, of a RequestConversation." }),
  }),
})

const CommandRefusal = builder.objectRef<Released["refusals"][number]>("CommandRefusal").implement({
  description: "A data plane that did not do what it was told.",
  fields: (t) => ({
    node: t.expose("node", { type: Node, description: "The data plane that refused." }),
    reason: t.exposeString("reason", { description: "For a person." }),
  }),
})

const ReleaseConversationsSuccess = builder.objectRef<Released>("ReleaseConversationsSuccess").implement({
  description: "The connected data planes were told.",
  fields: (t) => ({
    conversations: t.exposeInt("conversations", {
      description:
        "That were let go; data planes that share theirs count once. Their next turn finds an account as a new conversation does.",
    }),
    nodes: t.exposeInt("nodes", { description: "Data planes that have done it." }),
    refusals: t.field({
      type: [CommandRefusal],
      description: "Data planes that did not do it, with the reason.",
      resolve: ({ refusals }) => [...refusals],
    }),
    unanswered: t.field({
      type: [Node],
      description:
        "Data planes that have not answered within two seconds. They still do it when they come back within a minute.",
      resolve: ({ unanswered }) => [...unanswered],
    }),
  }),
})

/** What an operator does to conversations. */
export function addConversationMutations(): void {
  builder.mutationFields((t) => ({
    releaseConversations: t.field({
      type: ReleaseConversationsSuccess,
      description: "Lets conversations forget the account they live on, at every data plane.",
      authScopes: { scope: "OPERATE" },
      errors: expectedFailures,
      args: { input: t.arg({ type: ReleaseConversationsInput, required: true, description: "Which ones." }) },
      resolve: (_root, { input }, { services }) => services.conversations.release(input),
    }),
  }))
}
