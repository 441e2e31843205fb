import { ACCOUNT_ORDERS } from "../account-pages.ts"
import { builder } from "../builder.ts"
import { describedValues } from "./described-values.ts"
import { AccountKind, AccountState } from "./enums.ts"

export const AccountFilter = builder.inputType("AccountFilter", {
  description:
    "Which accounts are meant: all that is given has to be true of one. Nothing given means every account; an empty list fits none.",
  fields: (t) => ({
    enabled: t.boolean({ description: "What an operator said of them." }),
    ids: t.idList({ description: "Exactly these, at most 900." }),
    kinds: t.field({ type: [AccountKind], description: "Of one of these kinds." }),
    models: t.stringList({ description: "Whose list has one of these upstream ids, at most 900." }),
    needsAttention: t.boolean({
      description: "Enabled, and in a state that waits for a person: login, verification, project, or the provider.",
    }),
    search: t.string({ description: "A part of the label or the address, in any case of letters." }),
    states: t.field({ type: [AccountState], description: "In one of these, as Account.state shows it." }),
    tags: t.stringList({ description: "With every one of these tags." }),
    tiers: t.stringList({ description: "Of one of these plans, as Account.tier has them." }),
  }),
})

const ORDERS = Object.fromEntries(
  Object.entries(ACCOUNT_ORDERS).map(([name, { description }]) => [name, description]),
) as Record<keyof typeof ACCOUNT_ORDERS, string> // every entry was just made so

export const AccountOrder = builder.enumType("AccountOrder", {
  description: "In which order accounts are listed.",
  values: describedValues(ORDERS),
})
