import { builder } from "../builder.ts"
import { NodeSharing, sharingOf } from "./node-sharing.ts"
import { PromptCache } from "./prompt-cache.ts"

export const Node = builder.prismaObject("Node", {
  description: "A data plane as the control plane knows it.",
  fields: (t) => ({
    id: t.exposeID("id", { description: "For removeNode and filters." }),
    name: t.exposeString("name", { description: "What people call it." }),
    version: t.exposeString("version", { nullable: true, description: "Of its program; null: it was never heard of." }),
    connected: t.boolean({
      description: "It is linked to the control plane now.",
      resolve: ({ id }, _args, { services }) => services.streams.isConnected(id),
    }),
    ready: t.boolean({
      description: "It serves requests.",
      resolve: ({ id }, _args, { services }) => services.nodes.live(id)?.load.ready ?? false,
    }),
    reasons: t.stringList({
      description: "Why it is not ready.",
      resolve: ({ id }, _args, { services }) => [...(services.nodes.live(id)?.load.reasons ?? [])],
    }),
    snapshotVersion: t.expose("snapshotVersion", {
      type: "BigInt",
      nullable: true,
      description: "The newest snapshot that it took; null: none yet.",
    }),
    lag: t.field({
      type: "BigInt",
      nullable: true,
      description: "Snapshots of the control plane that it has not acknowledged yet.",
      resolve: (row, _args, { services }) => {
        const current = services.publisher.current
        if (current === undefined || row.snapshotVersion === null || row.snapshotEpoch !== current.epoch) return null
        return BigInt(current.version) - row.snapshotVersion
      },
    }),
    refusal: t.exposeString("refusal", {
      nullable: true,
      description: "Why it refused the newest snapshot; null when it took it.",
    }),
    inFlight: t.int({
      description: "Requests that it serves now.",
      resolve: ({ id }, _args, { services }) => services.nodes.live(id)?.load.inFlight ?? 0,
    }),
    conversations: t.int({
      nullable: true,
      description: "Conversations whose account it remembers; null: it does not tell.",
      resolve: ({ id }, _args, { services }) => services.nodes.live(id)?.load.conversations,
    }),
    rssBytes: t.field({
      type: "BigInt",
      nullable: true,
      description: "Memory of its process, in bytes; null: it does not tell.",
      resolve: ({ id }, _args, { services }) => {
        const bytes = services.nodes.live(id)?.load.rssBytes
        return bytes === undefined ? null : BigInt(Math.trunc(bytes))
      },
    }),
    eventLoopDelayMs: t.float({
      nullable: true,
      description: "How late its event loop is, in milliseconds; null: it does not tell.",
      resolve: ({ id }, _args, { services }) => services.nodes.live(id)?.load.eventLoopDelayMs,
    }),
    promptCache: t.field({
      type: PromptCache,
      nullable: true,
      description: "How much of what it sent lately the upstreams had cached; null: it does not tell.",
      resolve: ({ id }, _args, { services }) => services.nodes.live(id)?.load.promptCache,
    }),
    sharing: t.field({
      type: NodeSharing,
      nullable: true,
      description: "How it shares what it learns of conversations with other data planes; null: it does not tell.",
      resolve: ({ id }, _args, { services }) => {
        const load = services.nodes.live(id)?.load
        return load === undefined ? undefined : sharingOf(load)
      },
    }),
    startedAt: t.expose("startedAt", {
      type: "DateTime",
      nullable: true,
      description: "When its process began; null: it was never heard of.",
    }),
    lastSeenAt: t.field({
      type: "DateTime",
      nullable: true,
      description: "When it was last heard of; null: never.",
      resolve: (row, _args, { services }) => {
        const live = services.nodes.live(row.id)
        return live === undefined ? row.lastSeenAt : new Date(live.at)
      },
    }),
  }),
})
