/**
 * Which accounts are looked at, as it stands in the address: what it means of one account (for the list, which follows every change) and
 * to the control plane (for what is done to all of them). Pure; both mean the same.
 */
import type { AccountFilter, AccountKind, AccountState } from "#generated/web/graphql.ts"
import { type AccountGroup, accountStates } from "./account-state.ts"
import type { Account } from "./create-accounts.ts"

export interface ChosenFilter {
  readonly group: AccountGroup | undefined
  readonly states: readonly AccountState[]
  readonly kinds: readonly AccountKind[]
  readonly tiers: readonly string[]
  readonly tags: readonly string[]
  /** One of which it offers. */
  readonly models: readonly string[]
  readonly find: string
}

/** What is asked of an account of its own fields. */
export type Filtered = Pick<Account, "id" | "state" | "kind" | "tier" | "tags" | "label" | "email">

const allStates = Object.keys(accountStates) as AccountState[] // the record's own keys

/** The states that are wanted; undefined: any. */
function statesOf({ group, states }: ChosenFilter): readonly AccountState[] | undefined {
  if (states.length > 0) return states
  return group === undefined ? undefined : allStates.filter((state) => accountStates[state].group === group)
}

/** `offering` are those that offer a chosen model; undefined where none is chosen. */
export function fitsFilter(chosen: ChosenFilter, offering?: ReadonlySet<string>): (account: Filtered) => boolean {
  const { kinds, tiers, tags } = chosen
  const states = statesOf(chosen)
  const find = chosen.find.trim().toLowerCase()
  return (account) =>
    (states === undefined || states.includes(account.state)) &&
    (kinds.length === 0 || kinds.includes(account.kind)) &&
    (tiers.length === 0 || (account.tier !== null && tiers.includes(account.tier))) &&
    tags.every((tag) => account.tags.includes(tag)) &&
    (offering === undefined || offering.has(account.id)) &&
    (find === "" || account.label.toLowerCase().includes(find) || (account.email ?? "").toLowerCase().includes(find))
}

/** What is not wanted is left out, so that nothing chosen is every account. */
export function filterInput(chosen: ChosenFilter): AccountFilter {
  const { kinds, tiers, tags, models } = chosen
  const states = statesOf(chosen)
  const search = chosen.find.trim()
  return {
    ...(states === undefined ? {} : { states: [...states] }),
    ...(kinds.length === 0 ? {} : { kinds: [...kinds] }),
    ...(tiers.length === 0 ? {} : { tiers: [...tiers] }),
    ...(tags.length === 0 ? {} : { tags: [...tags] }),
    ...(models.length === 0 ? {} : { models: [...models] }),
    ...(search === "" ? {} : { search }),
  }
}

export const isFiltered = (chosen: ChosenFilter): boolean => Object.keys(filterInput(chosen)).length > 0
