import { createUrlState } from "../../lib/create-url-state.ts"
import type { ChosenFilter } from "./account-filter.ts"
import { accountGroups, accountKinds, accountStates } from "./account-state.ts"

export type AccountView = "table" | "cards"

/** Lists in the address, of which each is an option. */
export type ChosenList = "state" | "kind" | "tier" | "tag" | "model"

const viewKey = "lagrange.accountsView"

const keptView = (): AccountView => (localStorage.getItem(viewKey) === "cards" ? "cards" : "table")

/** What is looked at and how, as it stands in the address; how it was looked at last is kept in this browser too. */
export function createChosen() {
  const state = createUrlState<ChosenList | "group" | "find" | "sort" | "view">()
  // A comma may be in a word of the provider's or the operator's.
  const list = (name: ChosenList): string[] =>
    (state.get(name) ?? "")
      .split(",")
      .filter((text) => text !== "")
      .map((text) => decodeURIComponent(text))
  const setList = (name: ChosenList, values: readonly string[]) =>
    state.set({
      [name]: values.map((value) => encodeURIComponent(value)).join(",") || undefined,
      // States one by one and a group of them are two ways to say it.
      ...(name === "state" ? { group: undefined } : {}),
    })
  const filter = (): ChosenFilter => ({
    group: accountGroups.find((name) => name === state.get("group")),
    states: list("state").filter((name): name is keyof typeof accountStates => Object.hasOwn(accountStates, name)),
    kinds: list("kind").flatMap((name) => accountKinds.find((kind) => kind === name) ?? []),
    tiers: list("tier"),
    tags: list("tag"),
    models: list("model"),
    find: state.get("find") ?? "",
  })
  const view = (): AccountView => {
    const named = state.get("view")
    return named === "cards" || named === "table" ? named : keptView()
  }
  return {
    filter,
    list,
    toggle: (name: ChosenList, value: string) => {
      const now = list(name)
      setList(name, now.includes(value) ? now.filter((one) => one !== value) : [...now, value])
    },
    setGroup: (group: ChosenFilter["group"]) => state.set({ group, state: undefined }),
    setFind: (find: string) => state.set({ find: find || undefined }),
    clear: () =>
      state.set({
        group: undefined,
        find: undefined,
        state: undefined,
        kind: undefined,
        tier: undefined,
        tag: undefined,
        model: undefined,
      }),
    sortedBy: () => state.get("sort"),
    setSort: (sort: string | undefined) => state.set({ sort }),
    view,
    setView: (next: AccountView) => {
      localStorage.setItem(viewKey, next)
      state.set({ view: next === "cards" ? next : undefined })
    },
  }
}

export type Chosen = ReturnType<typeof createChosen>
