import { quotaBucket } from "#shared/quota-bucket.ts"
import type { KnownModel } from "../../routing/models.ts"
import { builder } from "../builder.ts"
import { QuotaBucket } from "./quota-enums.ts"

export const Model = builder.objectRef<KnownModel>("Model").implement({
  description: "A model that accounts offer, or offered within the last 180 days.",
  fields: (t) => ({
    id: t.exposeID("id", { description: "The upstream's own." }),
    displayName: t.string({
      nullable: true,
      description: "As the upstream calls it, which may be another model's name.",
      resolve: ({ about }) => about.displayName ?? null,
    }),
    isNew: t.exposeBoolean("isNew", {
      description: "First seen within newWithinDays, and not with the very first list.",
    }),
    isInternal: t.exposeBoolean("isInternal", {
      description: "Of the upstream's own tools: no client's list shows it.",
    }),
    firstSeenAt: t.expose("firstSeenAt", { type: "DateTime", description: "When it was first in an account's list." }),
    goneAt: t.expose("goneAt", {
      type: "DateTime",
      nullable: true,
      description: "When it was in no account's list any more; null: it is in one.",
    }),
    offeredBy: t.exposeInt("offeredBy", { description: "Accounts whose list has it." }),
    usableBy: t.exposeInt("usableBy", { description: "Those of them that are enabled and need no hand." }),
    quotaBucket: t.field({
      type: QuotaBucket,
      description: "The quota that it uses up, together with the other models of its bucket.",
      resolve: ({ id }) => quotaBucket(id),
    }),
    maxInputTokens: t.int({
      nullable: true,
      description: "Tokens that a prompt may have; null: the upstream does not tell.",
      resolve: ({ about }) => about.maxInputTokens ?? null,
    }),
    maxOutputTokens: t.int({
      nullable: true,
      description: "Tokens that an answer may have; null: the upstream does not tell.",
      resolve: ({ about }) => about.maxOutputTokens ?? null,
    }),
    supportsThinking: t.boolean({
      nullable: true,
      description: "Can think before it answers; null: the upstream does not tell.",
      resolve: ({ about }) => about.supportsThinking ?? null,
    }),
    supportsImages: t.boolean({
      nullable: true,
      description: "Takes pictures.",
      resolve: ({ about }) => about.supportsImages ?? null,
    }),
    supportsWebSearch: t.boolean({
      nullable: true,
      description: "Can search the web by itself; null: the upstream does not tell.",
      resolve: ({ about }) => about.supportsWebSearch ?? null,
    }),
    thinkingBudget: t.int({
      nullable: true,
      description: "In tokens, where a request says nothing; -1: as it finds right.",
      resolve: ({ about }) => about.thinkingBudget ?? null,
    }),
    minThinkingBudget: t.int({
      nullable: true,
      description: "Tokens that thinking takes at least; null: the upstream does not tell.",
      resolve: ({ about }) => about.minThinkingBudget ?? null,
    }),
    aliases: t.stringList({ description: "Names in the lists that mean it.", resolve: ({ aliases }) => [...aliases] }),
    retiredNames: t.stringList({
      description: "Retired ids whose successor it is, as the upstream says.",
      resolve: ({ retiredNames }) => [...retiredNames],
    }),
    fallbacks: t.stringList({
      description: "Models that follow, in turn, when nobody can serve it.",
      resolve: ({ fallbacks }) => [...fallbacks],
    }),
  }),
})
