import ArrowUpDown from "lucide-solid/icons/arrow-up-down"
import LayoutGrid from "lucide-solid/icons/layout-grid"
import ListFilter from "lucide-solid/icons/list-filter"
import Rows from "lucide-solid/icons/rows-3"
import Search from "lucide-solid/icons/search"
import X from "lucide-solid/icons/x"
import { createMemo, For, Show } from "solid-js"
import { Button } from "../../components/button.tsx"
import { Menu, type MenuSection } from "../../components/menu.tsx"
import { createFormat } from "../../i18n/i18n.tsx"
import { useNames } from "../../i18n/names.ts"
import { type AccountOrder, accountOrderNames } from "./account-orders.ts"
import { type AccountGroup, accountGroups, accountStates } from "./account-state.ts"
import type { Account } from "./create-accounts.ts"
import type { Chosen, ChosenList } from "./create-chosen.ts"
import { useWords } from "./words.ts"

interface AccountFiltersProps {
  accounts: readonly Account[]
  chosen: Chosen
  /** Models that accounts offer, each with how many do. */
  models: readonly (readonly [model: string, accounts: number])[]
}

/** How many accounts have each value, the most first. */
function countEach(accounts: readonly Account[], valuesOf: (account: Account) => readonly string[]) {
  const counts = new Map<string, number>()
  for (const account of accounts) {
    for (const value of valuesOf(account)) counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  return [...counts].toSorted(([, one], [, other]) => other - one)
}

/** The filters by state, each with its count, the search, further filters, the order and the view. */
export function AccountFilters(props: AccountFiltersProps) {
  const t = useWords()
  const counts = createMemo(() => {
    const byGroup: Record<AccountGroup, number> = { ready: 0, cooling: 0, needHand: 0, off: 0 }
    for (const account of props.accounts) byGroup[accountStates[account.state].group]++
    return byGroup
  })
  const isAny = () => props.chosen.filter().group === undefined && props.chosen.filter().states.length === 0
  return (
    <div class="flex flex-col gap-2.5">
      <div class="flex flex-wrap items-center gap-x-4 gap-y-2.5">
        <div class="-mx-1 flex flex-1 flex-wrap gap-1 px-1">
          <Chip
            label={t("accounts.all")}
            count={props.accounts.length}
            isChosen={isAny()}
            onChoose={() => props.chosen.setGroup(undefined)}
          />
          <For each={accountGroups.filter((group) => counts()[group] > 0 || props.chosen.filter().group === group)}>
            {(group) => (
              <Chip
                label={t(`accounts.${group}`)}
                count={counts()[group]}
                isChosen={props.chosen.filter().group === group}
                onChoose={() => props.chosen.setGroup(group)}
              />
            )}
          </For>
        </div>
        <div class="flex w-full flex-wrap gap-2 sm:w-auto">
          <label class="relative min-w-40 flex-1 sm:w-56">
            <span class="sr-only">{t("accounts.search")}</span>
            <Search class="pointer-events-none absolute top-1/2 left-2.5 size-3.5 -translate-y-1/2 text-faint" />
            <input
              type="search"
              class="input min-h-8 py-1 pl-8"
              placeholder={t("accounts.search")}
              value={props.chosen.filter().find}
              onInput={(event) => props.chosen.setFind(event.currentTarget.value)}
            />
          </label>
          <MoreFilters {...props} />
          <SortMenu chosen={props.chosen} />
          <ViewSwitch chosen={props.chosen} />
        </div>
      </div>
      <ChosenChips chosen={props.chosen} />
    </div>
  )
}

function MoreFilters(props: AccountFiltersProps) {
  const t = useWords()
  const format = createFormat()
  const sections = createMemo((): readonly MenuSection[] => {
    const section = (
      name: ChosenList,
      title: string,
      counts: readonly (readonly [string, number])[],
      labelOf: (value: string) => string,
    ) => ({
      title,
      entries: counts.map(([value, count]) => ({
        label: labelOf(value),
        detail: format.number(count),
        isChecked: props.chosen.list(name).includes(value),
        run: () => props.chosen.toggle(name, value),
      })),
    })
    const { accounts } = props
    const valueLabel = createValueLabel(t)
    const kinds = countEach(accounts, ({ kind }) => [kind])
    return [
      section(
        "state",
        t("accounts.state"),
        countEach(accounts, ({ state }) => [state]),
        (value) => valueLabel("state", value),
      ),
      section(
        "tag",
        t("accounts.tags"),
        countEach(accounts, ({ tags }) => tags),
        (value) => value,
      ),
      section(
        "tier",
        t("accounts.plan"),
        countEach(accounts, ({ tier }) => (tier === null ? [] : [tier])),
        (value) => value,
      ),
      section("model", t("accounts.model"), props.models, (value) => value),
      // One kind is no choice.
      section("kind", t("accounts.kind"), kinds.length > 1 ? kinds : [], (value) => valueLabel("kind", value)),
    ].filter(({ entries }) => entries.length > 0)
  })
  return (
    <Menu sections={sections()} at="end" label={t("accounts.filter")}>
      <ListFilter />
      <span class="max-sm:sr-only">{t("accounts.filter")}</span>
    </Menu>
  )
}

const createValueLabel =
  (t: ReturnType<typeof useWords>) =>
  (name: ChosenList, value: string): string => {
    if (name === "state" && Object.hasOwn(accountStates, value)) {
      return t(`accountState.${value as keyof typeof accountStates}`) // it has it
    }
    return name === "kind" ? t(`accountKind.${value as Account["kind"]}`) : value // read from accounts, or from the list of kinds
  }

/** The order; a second choice of the same turns it round. */
function SortMenu(props: { chosen: Chosen }) {
  const t = useWords()
  const nameOf = useNames()
  const labelOf = (name: AccountOrder) =>
    name === "GEMINI" || name === "THIRD_PARTY" || name === "IMAGE"
      ? t("accounts.leftOf", nameOf("bucket", name))
      : t(`accounts.order.${name}`)
  const sort = () => props.chosen.sortedBy()
  const next = (name: AccountOrder) => (sort() === name ? `-${name}` : sort() === `-${name}` ? undefined : name)
  const sections = (): readonly MenuSection[] => [
    {
      title: t("accounts.sortBy"),
      entries: accountOrderNames.map((name) => ({
        label: labelOf(name),
        detail: sort() === name ? "↑" : sort() === `-${name}` ? "↓" : "",
        isChecked: sort()?.replace("-", "") === name,
        run: () => props.chosen.setSort(next(name)),
      })),
    },
  ]
  return (
    <Menu sections={sections()} at="end" label={t("accounts.sort")} icon>
      <ArrowUpDown />
    </Menu>
  )
}

function ViewSwitch(props: { chosen: Chosen }) {
  const t = useWords()
  const other = () => (props.chosen.view() === "table" ? "cards" : "table")
  return (
    <Button
      icon
      aria-label={t(`accounts.show.${other()}`)}
      title={t(`accounts.show.${other()}`)}
      onClick={() => props.chosen.setView(other())}
    >
      <Show when={other() === "cards"} fallback={<Rows />}>
        <LayoutGrid />
      </Show>
    </Button>
  )
}

/** What is chosen beside the group, each to be taken away. */
function ChosenChips(props: { chosen: Chosen }) {
  const t = useWords()
  const valueLabel = createValueLabel(t)
  const values = () =>
    (["state", "tag", "tier", "model", "kind"] as const).flatMap((name) =>
      props.chosen.list(name).map((value) => ({ name, value })),
    )
  return (
    <Show when={values().length > 0}>
      <div class="flex flex-wrap gap-1.5">
        <For each={values()}>
          {({ name, value }) => (
            <button
              type="button"
              class="chip"
              aria-pressed="true"
              aria-label={t("accounts.dropFilter", valueLabel(name, value))}
              onClick={() => props.chosen.toggle(name, value)}
            >
              {valueLabel(name, value)}
              <X class="size-3" aria-hidden="true" />
            </button>
          )}
        </For>
      </div>
    </Show>
  )
}

interface ChipProps {
  label: string
  count: number
  isChosen: boolean
  onChoose: () => void
}

/** A component and not a function, so that a count and a language that change are seen inside `For`. */
function Chip(props: ChipProps) {
  const format = createFormat()
  return (
    <button type="button" class="chip" aria-pressed={props.isChosen} onClick={() => props.onChoose()}>
      {props.label}
      <span class="text-xs text-faint tabular-nums">{format.number(props.count)}</span>
    </button>
  )
}
