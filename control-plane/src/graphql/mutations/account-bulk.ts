import type { BulkRelease, BulkRemoval, BulkReport } from "../../accounts/bulk.ts"
import { builder, expectedFailures } from "../builder.ts"
import { takesUpTo } from "../limits.ts"
import { AccountFilter } from "../types/account-filter.ts"

const UpdateAccountsInput = builder.inputType("UpdateAccountsInput", {
  description: "What is left out stays as it is. What is one account's own is changed with updateAccount.",
  fields: (t) => ({
    addTags: t.stringList({ description: "Beside the tags that each has." }),
    disabledModels: t.stringList({ description: "Upstream ids that the accounts must not serve; the whole list." }),
    disableModels: t.stringList({
      description: "Beside those that each must not serve; not together with the whole list.",
    }),
    enableModels: t.stringList({ description: "Taken from those that each must not serve." }),
    enabled: t.boolean({ description: "False: they serve nothing until they are enabled again." }),
    maxConcurrent: t.int({ description: "As in UpdateAccountInput." }),
    priority: t.int({ description: "Accounts with a higher one serve first; -1,000 to 1,000." }),
    removeTags: t.stringList({ description: "Taken from those that have them." }),
    reserve: t.float({ description: "As in UpdateAccountInput." }),
    tags: t.stringList({ description: "The whole list; not together with addTags and removeTags." }),
    weight: t.int({ description: "The share of each, for the strategies weighted and fill-first; 1 to 1,000." }),
  }),
})

const UpdateAccountsSuccess = builder.objectRef<BulkReport>("UpdateAccountsSuccess").implement({
  description: "All that fit were changed; in a dry run, they would be.",
  fields: (t) => ({
    matched: t.exposeInt("matched", { description: "Accounts that fit the filter." }),
    changed: t.int({
      description: "Of them, those that are others now; in a dry run, that would be.",
      resolve: ({ changed }) => changed.length,
    }),
    changedIds: t.idList({ description: "Which those are.", resolve: ({ changed }) => [...changed] }),
  }),
})

const RemoveAccountsSuccess = builder.objectRef<BulkRemoval>("RemoveAccountsSuccess").implement({
  description: "The accounts are gone; in a dry run, they would be.",
  fields: (t) => ({
    removed: t.int({
      description: "Accounts that were removed; in a dry run, that would be.",
      resolve: ({ removed }) => removed.length,
    }),
    removedIds: t.idList({ description: "Which those are.", resolve: ({ removed }) => [...removed] }),
    revoked: t.int({
      nullable: true,
      description: "Credentials that the provider revoked; null when that was not asked for.",
      resolve: ({ revoked }) => revoked,
    }),
  }),
})

const ReleaseCooldownsSuccess = builder.objectRef<BulkRelease>("ReleaseCooldownsSuccess").implement({
  description: "What rested on all that fit is over; in a dry run, it would be.",
  fields: (t) => ({
    matched: t.exposeInt("matched", { description: "Accounts that fit the filter." }),
    ended: t.exposeInt("ended", {
      description:
        "Cool-downs that ended, or would; short ones that a data plane keeps to itself end with them, uncounted.",
    }),
  }),
})

const EXPECTED =
  "How many accounts the operator saw that fit. Any other number, and nothing is changed. Required but in a dry run."

/** One change for many accounts. */
export function addAccountBulkMutations(): void {
  builder.mutationFields((t) => ({
    updateAccounts: t.field({
      type: UpdateAccountsSuccess,
      description:
        "Changes all accounts that fit, or none; the data planes have it with the answer. A dry run says how many would be changed.",
      authScopes: { scope: "OPERATE" },
      errors: expectedFailures,
      extensions: takesUpTo(60_000),
      args: {
        filter: t.arg({ type: AccountFilter, required: true, description: "Which accounts are meant." }),
        input: t.arg({
          type: UpdateAccountsInput,
          required: true,
          description: "What becomes another of each of them.",
        }),
        expectedCount: t.arg.int({ description: EXPECTED }),
        dryRun: t.arg.boolean({ defaultValue: false, description: "True: it only says which would be changed." }),
      },
      resolve: (_root, { input, ...scope }, { services }) => services.bulkAccounts.update(scope, input),
    }),
    releaseCooldowns: t.field({
      type: ReleaseCooldownsSuccess,
      description:
        "Ends what rests on all accounts that fit, or what keeps them from one model; the data planes have it with the answer.",
      authScopes: { scope: "OPERATE" },
      errors: expectedFailures,
      extensions: takesUpTo(60_000),
      args: {
        filter: t.arg({ type: AccountFilter, required: true, description: "Which accounts are meant." }),
        expectedCount: t.arg.int({ description: EXPECTED }),
        dryRun: t.arg.boolean({ defaultValue: false, description: "True: it only says what would end." }),
        model: t.arg.string({ description: "An upstream id; left out: all that rests on them." }),
      },
      resolve: (_root, { model, ...scope }, { services }) => services.bulkAccounts.release(scope, model ?? undefined),
    }),
    removeAccounts: t.field({
      type: RemoveAccountsSuccess,
      description: "Removes all accounts that fit, or none. Up to 100 credentials can be revoked with it.",
      authScopes: { scope: "OPERATE" },
      errors: expectedFailures,
      extensions: takesUpTo(60_000),
      args: {
        filter: t.arg({ type: AccountFilter, required: true, description: "Which accounts are meant." }),
        expectedCount: t.arg.int({ description: EXPECTED }),
        dryRun: t.arg.boolean({ defaultValue: false, description: "True: it only says which would be removed." }),
        revoke: t.arg.boolean({
          defaultValue: false,
          description: "True: the credentials are revoked at the provider first, 100 at most.",
        }),
      },
      resolve: (_root, { revoke, ...scope }, { services }) => services.bulkAccounts.remove(scope, revoke ?? false),
    }),
  }))
}
