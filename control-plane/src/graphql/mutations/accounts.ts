import type { AccountModel } from "#generated/sqlite/models.ts"
import { builder, expectedFailures } from "../builder.ts"
import { Account } from "../types/account.ts"
import { AccountKind } from "../types/enums.ts"

const AddAccountInput = builder.inputType("AddAccountInput", {
  fields: (t) => ({
    acknowledgedTerms: t.boolean({ description: "The operator has read the terms notice. Required for ANTIGRAVITY." }),
    apiKey: t.string(),
    baseUrl: t.string(),
    clientId: t.string({
      description:
        "Of the OAuth client that the refresh token came from, where it is not the one in force. With its secret.",
    }),
    clientSecret: t.string(),
    email: t.string(),
    kind: t.field({ type: AccountKind, required: true }),
    label: t.string(),
    priority: t.int(),
    projectId: t.string(),
    refreshToken: t.string(),
    tags: t.stringList(),
    weight: t.int(),
  }),
})

const UpdateAccountInput = builder.inputType("UpdateAccountInput", {
  description: "What is left out stays as it is.",
  fields: (t) => ({
    disabledModels: t.stringList({ description: "Upstream ids that this account must not serve; the whole list." }),
    enabled: t.boolean(),
    label: t.string(),
    maxConcurrent: t.int({
      description: "Requests at the same time; 0 is unlimited, null is as MAX_CONCURRENT_PER_ACCOUNT says.",
    }),
    priority: t.int({ description: "Accounts with a higher one serve first." }),
    projectId: t.string({ description: "The account is onboarded anew with it." }),
    reserve: t.float({
      description: "From 0 to less than 1: so much of every quota window is left alone. Null: nothing is.",
    }),
    tags: t.stringList({ description: "The whole list." }),
    weight: t.int({ description: "Its share, for the strategies weighted and fill-first." }),
  }),
})

const UpdateAccountSuccess = builder.objectRef<{ readonly account: AccountModel }>("UpdateAccountSuccess").implement({
  fields: (t) => ({ account: t.expose("account", { type: Account }) }),
})

const AddAccountSuccess = builder.objectRef<{ readonly account: AccountModel }>("AddAccountSuccess").implement({
  fields: (t) => ({ account: t.expose("account", { type: Account }) }),
})

const ReleaseCooldownSuccess = builder
  .objectRef<{ readonly account: AccountModel }>("ReleaseCooldownSuccess")
  .implement({ fields: (t) => ({ account: t.expose("account", { type: Account }) }) })

const SyncQuotaSuccess = builder
  .objectRef<{ readonly account: AccountModel | null; readonly queued: number }>("SyncQuotaSuccess")
  .implement({
    fields: (t) => ({
      account: t.expose("account", {
        type: Account,
        nullable: true,
        description: "The one that was asked for, read anew; null when all were.",
      }),
      queued: t.exposeInt("queued", { description: "Accounts that are read in the background, two at a time." }),
    }),
  })

const RemoveAccountSuccess = builder
  .objectRef<{ readonly accountId: string; readonly revoked: boolean | null }>("RemoveAccountSuccess")
  .implement({
    fields: (t) => ({
      accountId: t.exposeID("accountId"),
      revoked: t.exposeBoolean("revoked", {
        nullable: true,
        description: "Whether the credential was revoked at the provider; null when that was not asked for.",
      }),
    }),
  })

/** Adding, changing and removing accounts. */
export function addAccountMutations(): void {
  builder.mutationFields((t) => ({
    addAccount: t.field({
      type: AddAccountSuccess,
      authScopes: { scope: "OPERATE" },
      errors: expectedFailures,
      args: { input: t.arg({ type: AddAccountInput, required: true }) },
      resolve: async (_root, { input }, { services }) => ({ account: await services.accounts.add(input) }),
    }),
    updateAccount: t.field({
      type: UpdateAccountSuccess,
      authScopes: { scope: "OPERATE" },
      errors: expectedFailures,
      args: { id: t.arg.id({ required: true }), input: t.arg({ type: UpdateAccountInput, required: true }) },
      resolve: async (_root, { id, input }, { services }) => ({ account: await services.accounts.update(id, input) }),
    }),
    releaseCooldown: t.field({
      type: ReleaseCooldownSuccess,
      description:
        "Ends what rests on an account, or what keeps it from one model; the data planes have it with the answer.",
      authScopes: { scope: "OPERATE" },
      errors: expectedFailures,
      args: { accountId: t.arg.id({ required: true }), model: t.arg.string() },
      resolve: async (_root, { accountId, model }, { services }) => {
        return { account: await services.cooldowns.release(accountId, model ?? undefined) }
      },
    }),
    syncQuota: t.field({
      type: SyncQuotaSuccess,
      description: "Reads what is left of an account's quota now; without an account that of all, in the background.",
      authScopes: { scope: "OPERATE" },
      errors: expectedFailures,
      args: { accountId: t.arg.id() },
      resolve: (_root, { accountId }, { services }) => services.quotaSync.request(accountId ?? undefined),
    }),
    removeAccount: t.field({
      type: RemoveAccountSuccess,
      authScopes: { scope: "OPERATE" },
      errors: expectedFailures,
      args: { id: t.arg.id({ required: true }), revoke: t.arg.boolean({ defaultValue: false }) },
      resolve: async (_root, { id, revoke }, { services }) => {
        return { accountId: id, revoked: await services.accounts.remove(id, revoke ?? false) }
      },
    }),
  }))
}
