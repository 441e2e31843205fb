import Search from "lucide-solid/icons/search"
import { createMemo, For, Show } from "solid-js"
import { createFormat } from "../../i18n/i18n.tsx"
import { type AccountGroup, accountGroups, accountStates } from "./account-state.ts"
import type { Account } from "./create-accounts.ts"
import { useWords } from "./words.ts"

interface AccountFiltersProps {
  accounts: readonly Account[]
  group: AccountGroup | undefined
  words: string
  onGroup: (group: AccountGroup | undefined) => void
  onWords: (words: string) => void
}

// Below this many accounts one look is quicker than a search.
const searchFrom = 8

/** The filters by state, each with its count, and the search. */
export function AccountFilters(props: AccountFiltersProps) {
  const t = useWords()
  const counts = createMemo(() => {
    const byGroup: Record<AccountGroup, number> = { ready: 0, cooling: 0, needHand: 0, off: 0 }
    for (const account of props.accounts) byGroup[accountStates[account.state].group]++
    return byGroup
  })
  return (
    <div class="flex flex-wrap items-center gap-x-4 gap-y-2.5">
      <div class="-mx-1 flex flex-1 flex-wrap gap-1 px-1">
        <Chip
          label={t("accounts.all")}
          count={props.accounts.length}
          isChosen={props.group === undefined}
          onChoose={() => props.onGroup(undefined)}
        />
        <For each={accountGroups.filter((group) => counts()[group] > 0 || props.group === group)}>
          {(group) => (
            <Chip
              label={t(`accounts.${group}`)}
              count={counts()[group]}
              isChosen={props.group === group}
              onChoose={() => props.onGroup(group)}
            />
          )}
        </For>
      </div>
      <Show when={props.accounts.length >= searchFrom}>
        <label class="relative w-full sm:w-64">
          <span class="sr-only">{t("accounts.search")}</span>
          <Search class="pointer-events-none absolute top-1/2 left-2.5 size-3.5 -translate-y-1/2 text-faint" />
          <input
            type="search"
            class="input min-h-8 py-1 pl-8"
            placeholder={t("accounts.search")}
            value={props.words}
            onInput={(event) => props.onWords(event.currentTarget.value)}
          />
        </label>
      </Show>
    </div>
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
