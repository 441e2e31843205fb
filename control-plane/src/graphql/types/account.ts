import type { AccountModel, CatalogueModel } from "#generated/sqlite/models.ts"
import { HALF_OPEN_MS } from "#shared/half-open.ts"
import { field, items, textField, texts } from "../../json.ts"
import { shownState, type Hold, type ShownState } from "../../accounts/shown-state.ts"
import type { GraphqlContext } from "../../context.ts"
import { createBatchLoader } from "../batch-loader.ts"
import { builder } from "../builder.ts"
import { Cooldown, RESTED } from "./cooldown.ts"
import { AccountKind, AccountState, OnboardingStep } from "./enums.ts"
import { KNOWN_QUOTAS, quotaArguments } from "./quota-enums.ts"
import { QuotaForecast } from "./quota-forecast.ts"
import { QuotaPoint } from "./quota-point.ts"
import { QuotaReading } from "./quota-reading.ts"

function modelIds(catalogue: CatalogueModel | null): string[] {
  return items(field(catalogue?.body, "models")).flatMap((model) => textField(model, "id") ?? [])
}

/** What holds an account is looked for only where nothing else keeps it from serving. */
async function shown(row: AccountModel, context: GraphqlContext): Promise<ShownState> {
  const isReady = row.enabled && row.state === "READY"
  return shownState(row, (isReady ? await loadHold(context)(row.id) : null) ?? NOTHING)
}

const holdLoaders = new WeakMap<GraphqlContext, (id: string) => Promise<Hold | null>>()

/** Those of one tick together. */
function loadHold(context: GraphqlContext): (id: string) => Promise<Hold | null> {
  let load = holdLoaders.get(context)
  if (load === undefined) {
    load = createBatchLoader((ids) => context.services.shownStates.holds(ids))
    holdLoaders.set(context, load)
  }
  return load
}

const NOTHING: Hold = { pool: { pausedAt: undefined, reason: undefined, resumedAt: undefined }, rest: undefined }

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
      description:
        "What counts first, of this order: DISABLED, what it waits for, PAUSED, COOLING, READY. The last three are as they are at the moment of asking.",
      resolve: async (row, _args, context) => (await shown(row, context)).state,
    }),
    stateReason: t.string({
      nullable: true,
      description: "Why the account is in this state, for a person; null when there is nothing to say.",
      resolve: async (row, _args, context) => (await shown(row, context)).reason,
    }),
    stateSince: t.field({
      type: "DateTime",
      description:
        "Since when it is in this state. Of DISABLED: since when it is in the state that it would have otherwise.",
      resolve: async (row, _args, context) => (await shown(row, context)).since,
    }),
    stateUntil: t.field({
      type: "DateTime",
      nullable: true,
      description: "When it leaves this state by itself, as COOLING does; null: not by itself, or nobody knows when.",
      resolve: async (row, _args, context) => (await shown(row, context)).until,
    }),
    wayOut: t.string({
      nullable: true,
      description: "What gets it out of this state, for a person.",
      resolve: async (row, _args, context) => (await shown(row, context)).wayOut,
    }),
    wayOutLink: t.string({
      nullable: true,
      description: "An https link that belongs to the way out (verification, appeal). Never opened by itself.",
      resolve: async (row, _args, context) => (await shown(row, context)).link,
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
        "Quotas that are used up until a time which the upstream told, and a refusal of the whole account. Other rests are short and the data planes' own.",
      query: (_args, { services }) => ({
        where: { bucket: { in: RESTED }, until: { gt: new Date(services.clock.now() - HALF_OPEN_MS) } },
        orderBy: { bucket: "asc" },
      }),
    }),
    quota: t.relation("quota", {
      type: QuotaReading,
      description:
        "What was last read of its quota, one reading a bucket and window. What is not there is unknown, not nothing.",
      query: { where: KNOWN_QUOTAS, orderBy: [{ bucket: "asc" }, { window: "asc" }] },
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
        ...quotaArguments,
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
        "Conversations that live on it, over all data planes; those that share theirs count once. Null: some data plane has them on more than 1,000 accounts, and tells of the others.",
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
