import type { CatalogueModel } from "#generated/sqlite/models.ts"
import { HALF_OPEN_MS } from "#shared/half-open.ts"
import { field, items, textField, texts } from "../../json.ts"
import { builder } from "../builder.ts"
import { Cooldown } from "./cooldown.ts"
import { AccountKind, AccountState, OnboardingStep } from "./enums.ts"
import { QuotaForecast } from "./quota-forecast.ts"
import { QuotaPoint } from "./quota-point.ts"
import { QuotaReading } from "./quota-reading.ts"

function modelIds(catalogue: CatalogueModel | null): string[] {
  return items(field(catalogue?.body, "models")).flatMap((model) => textField(model, "id") ?? [])
}

export const Account = builder.prismaObject("Account", {
  description: "An account of the operator at a provider, which serves requests.",
  fields: (t) => ({
    id: t.exposeID("id", { description: "Stays the same for as long as the account is here." }),
    kind: t.expose("kind", {
      type: AccountKind,
      description: "The provider's kind, which decides how it is signed in to and asked.",
    }),
    label: t.exposeString("label", {
      description: "Its name for people; also the answer header of an explained request.",
    }),
    email: t.exposeString("email", {
      nullable: true,
      description: "Its address at the provider; null: not known yet.",
    }),
    state: t.field({
      type: AccountState,
      description: "DISABLED while an operator has disabled it, whatever it would be otherwise.",
      resolve: (row) => (row.enabled ? row.state : ("DISABLED" as const)),
    }),
    stateReason: t.exposeString("stateReason", {
      nullable: true,
      description: "Why the account is in this state, for a person; null when there is nothing to say.",
    }),
    stateSince: t.expose("stateSince", { type: "DateTime", description: "Since when it is in this state." }),
    wayOut: t.exposeString("wayOut", { nullable: true, description: "What gets it out of this state, for a person." }),
    wayOutLink: t.exposeString("wayOutLink", {
      nullable: true,
      description: "An https link that belongs to the way out (verification, appeal). Never opened by itself.",
    }),
    onboardingStep: t.expose("onboardingStep", {
      type: OnboardingStep,
      nullable: true,
      description:
        "The step of its onboarding that it is at, or at which it stopped; null: it went through all of them.",
    }),
    enabled: t.exposeBoolean("enabled", { description: "False: an operator has disabled it, and it serves nothing." }),
    tier: t.exposeString("tier", {
      nullable: true,
      description: "Its plan, in the provider's words; null: not known yet.",
    }),
    projectId: t.exposeString("projectId", {
      nullable: true,
      description: "The provider's project that its requests name; null: none is known yet.",
    }),
    weight: t.exposeInt("weight", {
      description: "Its share, for the strategies weighted and fill-first; 1 to 1,000.",
    }),
    priority: t.exposeInt("priority", { description: "Accounts with a higher one serve first; -1,000 to 1,000." }),
    maxConcurrent: t.exposeInt("maxConcurrent", {
      nullable: true,
      description: "Requests at the same time; 0 is unlimited, null is as MAX_CONCURRENT_PER_ACCOUNT says.",
    }),
    reserve: t.exposeFloat("reserve", {
      nullable: true,
      description: "So much of every quota window is left alone; null: nothing is.",
    }),
    disabledModels: t.stringList({
      description: "Upstream ids that it must not serve.",
      resolve: (row) => texts(row.disabledModels),
    }),
    tags: t.stringList({
      description: "Words of the operator, by which filters and routing rules find it.",
      resolve: (row) => texts(row.tags),
    }),
    models: t.stringList({
      description: "Upstream ids that it offers, as last read from the provider.",
      select: { catalogue: true },
      resolve: (row) => modelIds(row.catalogue),
    }),
    tokenExpiresAt: t.field({
      type: "DateTime",
      nullable: true,
      description: "When its access token ends, which is renewed before; null: it has none.",
      select: { credential: { select: { accessTokenExpiresAt: true } } },
      resolve: (row) => row.credential?.accessTokenExpiresAt,
    }),
    oauthClient: t.string({
      nullable: true,
      description:
        "The fingerprint of the OAuth client that its sign-in came from and works with; null: not known yet.",
      select: { credential: { select: { oauthClient: true } } },
      resolve: (row) => row.credential?.oauthClient,
    }),
    cooldowns: t.relation("cooldowns", {
      type: Cooldown,
      description:
        "Quotas that are used up until a time which the upstream told. Shorter rests are the data planes' own.",
      query: (_args, { services }) => ({
        where: { until: { gt: new Date(services.clock.now() - HALF_OPEN_MS) } },
        orderBy: { bucket: "asc" },
      }),
    }),
    quota: t.relation("quota", {
      type: QuotaReading,
      description:
        "What was last read of its quota, one reading a bucket and window. What is not there is unknown, not nothing.",
      query: { orderBy: [{ bucket: "asc" }, { window: "asc" }] },
    }),
    quotaForecast: t.field({
      type: [QuotaForecast],
      description: "When its quotas are used up, one a bucket and window that limits it.",
      resolve: async ({ id }, _args, context) => [...((await context.loadQuotaForecasts(id))?.forecasts ?? [])],
    }),
    quotaHistory: t.field({
      type: [QuotaPoint],
      description: "What was left of one quota before, oldest first.",
      args: {
        bucket: t.arg.string({ required: true, description: "gemini, third_party or image." }),
        window: t.arg.string({ required: true, description: "5h, weekly or nearest, as Account.quota has them." }),
        since: t.arg({ type: "DateTime", description: "A day before until where it is left out." }),
        until: t.arg({ type: "DateTime", description: "Now where it is left out." }),
        points: t.arg.int({
          description: "At most so many, spread over the time: 2 to 1000, 200 where it is left out.",
        }),
      },
      resolve: async ({ id }, range, context) => [...((await context.loadQuotaHistory(range)(id))?.points ?? [])],
    }),
    inFlight: t.int({
      description: "Exchanges that are running on it now, over all data planes.",
      resolve: (row, _args, { services }) => services.nodes.inFlightOfAccount(row.id),
    }),
    conversations: t.int({
      nullable: true,
      description:
        "Conversations that live on it, over all data planes. Null: some data plane has them on more than 1,000 accounts, and tells of the others.",
      resolve: (row, _args, { services }) => services.nodes.conversationsOfAccount(row.id),
    }),
    requestCount: t.exposeInt("requestCount", { description: "Exchanges that ended on it since it was added." }),
    lastUsedAt: t.expose("lastUsedAt", {
      type: "DateTime",
      nullable: true,
      description: "When an exchange last ended on it; null: none did.",
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was added." }),
  }),
})
