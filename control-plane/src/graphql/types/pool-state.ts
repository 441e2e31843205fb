import type { PoolState as State } from "../../accounts/pool-pause.ts"
import { builder } from "../builder.ts"

export const PoolState = builder.objectRef<State>("PoolState").implement({
  description: "Whether the pool serves at all.",
  fields: (t) => ({
    pausedSince: t.field({
      type: "DateTime",
      nullable: true,
      description: "It paused itself to protect its accounts, and nothing is sent; null: it is not paused.",
      resolve: ({ pausedAt }) => pausedAt ?? null,
    }),
    pauseReason: t.string({ nullable: true, description: "For a person.", resolve: ({ reason }) => reason ?? null }),
    resumedAt: t.field({
      type: "DateTime",
      nullable: true,
      description: "When the last pause was ended by an operator.",
      resolve: ({ resumedAt }) => resumedAt ?? null,
    }),
  }),
})
