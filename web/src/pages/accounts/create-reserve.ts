import { createSignal } from "solid-js"
import { setReserveDocument } from "#generated/web/graphql.ts"
import { showToast } from "../../components/toast.tsx"
import { createMutation } from "../../graphql/create-mutation.ts"
import { createFormat } from "../../i18n/i18n.tsx"
import type { Account } from "./create-accounts.ts"
import { useWords } from "./words.ts"

/** The part of every window that accounts leave alone, as it is moved and kept. All windows of an account have the same. */
export function createReserve(onChanged: (account: Account) => void) {
  const t = useWords()
  const format = createFormat()
  const [draft, setDraft] = createSignal<{ id: string; reserve: number }>()
  const saving = createMutation(setReserveDocument)
  let before: Promise<unknown> = Promise.resolve()

  const of = (account: Account): number => {
    const now = draft()
    return now?.id === account.id ? now.reserve : (account.reserve ?? 0)
  }
  const move = (account: Account, reserve: number | undefined) =>
    setDraft(reserve === undefined ? undefined : { id: account.id, reserve })

  const save = async (id: string, label: string, reserve: number, former: number) => {
    const done = await saving.run({ id, reserve: reserve === 0 ? null : reserve })
    if (done !== undefined) onChanged(done.account)
    setDraft((now) => (now?.id === id && now.reserve === reserve ? undefined : now))
    if (done === undefined) return setDraft(undefined)
    const text = t(reserve === 0 ? "reserve.none" : "reserve.kept", label, format.share(reserve))
    return showToast({ text, action: { label: t("accounts.undo"), run: () => keep(id, label, former, reserve) } })
  }
  // One after the other: what was wished last is what stays.
  const keep = (id: string, label: string, reserve: number, former: number) => {
    setDraft({ id, reserve })
    before = before.then(() => save(id, label, reserve, former))
  }
  return {
    of,
    move,
    keep: (account: Account, reserve: number) => keep(account.id, account.label, reserve, account.reserve ?? 0),
    error: saving.error,
  }
}

export type Reserve = ReturnType<typeof createReserve>
