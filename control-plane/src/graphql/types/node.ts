import { builder } from "../builder.ts"
import { PromptCache } from "./prompt-cache.ts"

export const Node = builder.prismaObject("Node", {
  description: "A data plane as the control plane knows it.",
  fields: (t) => ({
    id: t.exposeID("id"),
    name: t.exposeString("name"),
    version: t.exposeString("version", { nullable: true }),
    connected: t.boolean({ resolve: ({ id }, _args, { services }) => services.streams.isConnected(id) }),
    ready: t.boolean({ resolve: ({ id }, _args, { services }) => services.nodes.live(id)?.load.ready ?? false }),
    reasons: t.stringList({
      description: "Why it is not ready.",
      resolve: ({ id }, _args, { services }) => [...(services.nodes.live(id)?.load.reasons ?? [])],
    }),
    snapshotVersion: t.expose("snapshotVersion", { type: "BigInt", nullable: true }),
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
    inFlight: t.int({ resolve: ({ id }, _args, { services }) => services.nodes.live(id)?.load.inFlight ?? 0 }),
    conversations: t.int({
      nullable: true,
      description: "Conversations whose account it remembers; null: it does not tell.",
      resolve: ({ id }, _args, { services }) => services.nodes.live(id)?.load.conversations,
    }),
    rssBytes: t.field({
      type: "BigInt",
      nullable: true,
      resolve: ({ id }, _args, { services }) => {
        const bytes = services.nodes.live(id)?.load.rssBytes
        return bytes === undefined ? null : BigInt(Math.trunc(bytes))
      },
    }),
    eventLoopDelayMs: t.float({
      nullable: true,
      resolve: ({ id }, _args, { services }) => services.nodes.live(id)?.load.eventLoopDelayMs,
    }),
    promptCache: t.field({
      type: PromptCache,
      nullable: true,
      description: "How much of what it sent lately the upstreams had cached; null: it does not tell.",
      resolve: ({ id }, _args, { services }) => services.nodes.live(id)?.load.promptCache,
    }),
    startedAt: t.expose("startedAt", { type: "DateTime", nullable: true }),
    lastSeenAt: t.field({
      type: "DateTime",
      nullable: true,
      resolve: (row, _args, { services }) => {
        const live = services.nodes.live(row.id)
        return live === undefined ? row.lastSeenAt : new Date(live.at)
      },
    }),
  }),
})
