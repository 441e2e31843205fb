import { createSignal } from "solid-js"
import { setPriorityDocument } from "#generated/web/graphql.ts"
import { showToast } from "../../components/toast.tsx"
import { createMutation } from "../../graphql/create-mutation.ts"
import { createFormat } from "../../i18n/i18n.tsx"
import type { Account } from "./create-accounts.ts"
import { nextPriority, priorityBetween } from "./priority.ts"
import { createRowDrag } from "./row-drag.ts"
import { useWords } from "./words.ts"

interface PriorityOptions {
  accounts: () => readonly Account[]
  /** Those with the highest stand first. */
  isDescending: () => boolean
  onChanged: (account: Account) => void
}

/** Moves accounts in the order in which they serve; `moves` counts, so that the list is sorted again after each. */
export function createPriority({ accounts, isDescending, onChanged }: PriorityOptions) {
  const t = useWords()
  const format = createFormat()
  const [moves, setMoves] = createSignal(0)
  const saving = createMutation(setPriorityDocument)
  let before: Promise<unknown> = Promise.resolve()

  const save = async (account: Account, priority: number): Promise<void> => {
    const former = account.priority
    const { id, label } = account
    const done = await saving.run({ id, priority })
    if (done === undefined) return
    onChanged(done.account)
    setMoves((count) => count + 1)
    // A row that has changed its place has lost the focus.
    if (document.activeElement === document.body) {
      const handles = document.querySelectorAll<HTMLElement>("[data-handle]")
      ;[...handles].find(({ dataset }) => dataset["handle"] === id)?.focus()
    }
    showToast({
      text: t("priority.set", label, format.number(priority)),
      action: { label: t("accounts.undo"), run: () => set({ ...account, priority }, former) },
    })
  }
  const set = (account: Account, priority: number) => {
    if (priority !== account.priority) before = before.then(() => save(account, priority))
  }
  const find = (id: string | undefined) => accounts().find((account) => account.id === id)

  const drag = createRowDrag(({ key, above, below }) => {
    const account = find(key)
    if (account === undefined) return
    const [higher, lower] = isDescending() ? [above, below] : [below, above]
    set(account, priorityBetween(find(higher)?.priority, find(lower)?.priority))
  })
  const step = (account: Account, direction: 1 | -1) => {
    const all = accounts().map(({ priority }) => priority)
    set(account, nextPriority(account.priority, all, isDescending() ? direction : direction === 1 ? -1 : 1))
  }
  return { drag, step, moves, error: saving.error }
}

export type Priority = ReturnType<typeof createPriority>
