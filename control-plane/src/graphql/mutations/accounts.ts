import type { AccountModel } from "#generated/sqlite/models.ts"
import { builder, expectedFailures } from "../builder.ts"
import { Account } from "../types/account.ts"
import { AccountFilter } from "../types/account-filter.ts"
import { AccountKind } from "../types/enums.ts"

const AddAccountInput = builder.inputType("AddAccountInput", {
  description: "An account to add, with its credential; one of the same kind and email takes the new credential.",
  fields: (t) => ({
    acknowledgedTerms: t.boolean({ description: "The operator has read the terms notice. Required for ANTIGRAVITY." }),
    apiKey: t.string({ description: "For kinds that have one; ANTIGRAVITY does not." }),
    baseUrl: t.string({ description: "For kinds that have one; ANTIGRAVITY is reached at ANTIGRAVITY_BASE_URLS." }),
    clientId: t.string({
      description:
        "Of the OAuth client that the refresh token came from, where it is not the one in force. With its secret.",
    }),
    clientSecret: t.string({ description: "The secret of clientId." }),
    email: t.string({ description: "Left out: it is read from the provider." }),
    kind: t.field({ type: AccountKind, required: true, description: "This version takes ANTIGRAVITY." }),
    label: t.string({ description: "Its name for people. Left out: one of its kind and id, never the address." }),
    priority: t.int({
      description: "Accounts with a higher one serve first; -1,000 to 1,000, 0 where it is left out.",
    }),
    projectId: t.string({ description: "Left out: the one that the provider gives it." }),
    refreshToken: t.string({
      description: "Checked with the provider before anything is written. Required for ANTIGRAVITY.",
    }),
    tags: t.stringList({ description: "Words by which filters and routing rules find it." }),
    weight: t.int({
      description: "Its share, for the strategies weighted and fill-first; 1 to 1,000, 1 where it is left out.",
    }),
  }),
})

const UpdateAccountInput = builder.inputType("UpdateAccountInput", {
  description: "What is left out stays as it is.",
  fields: (t) => ({
    disabledModels: t.stringList({ description: "Upstream ids that this account must not serve; the whole list." }),
    disableModels: t.stringList({
      description: "Beside those that it must not serve; not together with the whole list.",
    }),
    enableModels: t.stringList({ description: "Taken from those that it must not serve." }),
    enabled: t.boolean({ description: "False: it serves nothing until it is enabled again." }),
    label: t.string({ description: "Its name for people." }),
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
  description: "What was given is in force.",
  fields: (t) => ({ account: t.expose("account", { type: Account, description: "As it is now." }) }),
})

const AddAccountSuccess = builder.objectRef<{ readonly account: AccountModel }>("AddAccountSuccess").implement({
  description: "The account is there and goes through its onboarding.",
  fields: (t) => ({
    account: t.expose("account", {
      type: Account,
      description: "ONBOARDING, also where it was there and has a new credential.",
    }),
  }),
})

const ReleaseCooldownSuccess = builder
  .objectRef<{ readonly account: AccountModel }>("ReleaseCooldownSuccess")
  .implement({
    description: "The rest is over.",
    fields: (t) => ({ account: t.expose("account", { type: Account, description: "As it is now." }) }),
  })

const SyncQuotaSuccess = builder
  .objectRef<{ readonly account: AccountModel | null; readonly queued: number }>("SyncQuotaSuccess")
  .implement({
    description: "The quota is read, or will be.",
    fields: (t) => ({
      account: t.expose("account", {
        type: Account,
        nullable: true,
        description: "The one that was asked for, read anew; null when more were.",
      }),
      queued: t.exposeInt("queued", { description: "Accounts that are read in the background, two at a time." }),
    }),
  })

const RemoveAccountSuccess = builder
  .objectRef<{ readonly accountId: string; readonly revoked: boolean | null }>("RemoveAccountSuccess")
  .implement({
    description: "The account is gone.",
    fields: (t) => ({
      accountId: t.exposeID("accountId", { description: "The one that was removed." }),
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
      description:
        "Adds an account, or gives the one of the same kind and email a new credential. It comes back as ONBOARDING and goes on by itself; follow accountChanged.",
      authScopes: { scope: "OPERATE" },
      errors: expectedFailures,
      args: { input: t.arg({ type: AddAccountInput, required: true, description: "The account and its credential." }) },
      resolve: async (_root, { input }, { services }) => ({ account: await services.accounts.add(input) }),
    }),
    updateAccount: t.field({
      type: UpdateAccountSuccess,
      description: "Changes what is given; the data planes have it with the answer.",
      authScopes: { scope: "OPERATE" },
      errors: expectedFailures,
      args: {
        id: t.arg.id({ required: true, description: "The account to change." }),
        input: t.arg({ type: UpdateAccountInput, required: true, description: "What becomes another." }),
      },
      resolve: async (_root, { id, input }, { services }) => ({ account: await services.accounts.update(id, input) }),
    }),
    releaseCooldown: t.field({
      type: ReleaseCooldownSuccess,
      description:
        "Ends what rests on an account, or what keeps it from one model; the data planes have it with the answer.",
      authScopes: { scope: "OPERATE" },
      errors: expectedFailures,
      args: {
        accountId: t.arg.id({ required: true, description: "The account that rests." }),
        model: t.arg.string({ description: "An upstream id; left out: all that rests on the account." }),
      },
      resolve: async (_root, { accountId, model }, { services }) => {
        return { account: await services.cooldowns.release(accountId, model ?? undefined) }
      },
    }),
    syncQuota: t.field({
      type: SyncQuotaSuccess,
      description:
        "Reads what is left of an account's quota now; without an account that of all, or of those that fit, in the background.",
      authScopes: { scope: "OPERATE" },
      errors: expectedFailures,
      args: {
        accountId: t.arg.id({ description: "Left out: all accounts, or those that fit the filter." }),
        filter: t.arg({ type: AccountFilter, description: "Which accounts are meant, instead of one." }),
      },
      resolve: (_root, wish, { services }) => services.quotaSync.request(wish),
    }),
    removeAccount: t.field({
      type: RemoveAccountSuccess,
      description: "Removes an account and its credential. Records of its requests stay.",
      authScopes: { scope: "OPERATE" },
      errors: expectedFailures,
      args: {
        id: t.arg.id({ required: true, description: "The account to remove." }),
        revoke: t.arg.boolean({
          defaultValue: false,
          description: "True: the credential is revoked at the provider first.",
        }),
      },
      resolve: async (_root, { id, revoke }, { services }) => {
        return { accountId: id, revoked: await services.accounts.remove(id, revoke ?? false) }
      },
    }),
  }))
}
