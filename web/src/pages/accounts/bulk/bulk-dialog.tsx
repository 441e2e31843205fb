import { createEffect, createSignal, on, Show } from "solid-js"
import type { AccountFilter } from "#generated/web/graphql.ts"
import { Dialog, DialogBody } from "../../../components/dialog.tsx"
import { ProblemNotice } from "../../../components/problem-notice.tsx"
import { SubmitActions } from "../../../components/submit-actions.tsx"
import { showToast } from "../../../components/toast.tsx"
import { createFormat } from "../../../i18n/i18n.tsx"
import type { NumberProblem } from "../../../lib/read-number.ts"
import { isReadable } from "../account-state.ts"
import type { Account } from "../create-accounts.ts"
import { useWords } from "../words.ts"
import { type ChangeDraft, changeOf, emptyDraft, type NumberName } from "./change-draft.ts"
import { ChangeFields } from "./change-fields.tsx"
import { type BulkOutcome, createBulk } from "./create-bulk.ts"
import { mostListed, mostRevoked, namedParts, partsOf } from "./parts.ts"

export type BulkDeed = "enable" | "disable" | "change" | "read" | "endRests" | "remove"

interface BulkDialogProps {
  /** The dialog is open while there is one. */
  deed: BulkDeed | undefined
  /** Those that are chosen. */
  accounts: readonly Account[]
  isWholeList: boolean
  filter: AccountFilter
  onClose: () => void
  onRemoved: (ids: readonly string[]) => void
  onMany: () => void
}

// Of so many changes at once the streams may leave some out.
const many = 100

// As many that are left out are named.
const mostNamed = 3

/** For which of the accounts a deed can be done; the others are left out. */
const fits: Readonly<Record<BulkDeed, (account: Account) => boolean>> = {
  enable: () => true,
  disable: () => true,
  change: () => true,
  read: isReadable,
  endRests: ({ cooldowns }) => cooldowns.length > 0,
  remove: () => true,
}

/** Asks once, says of how many, and what came of it. What is chosen while it is open stays what it was when it was opened. */
export function BulkDialog(props: BulkDialogProps) {
  const t = useWords()
  const format = createFormat()
  const bulk = createBulk()
  const [meant, setMeant] = createSignal<readonly Account[]>([])
  const [leftOut, setLeftOut] = createSignal<readonly string[]>([])
  const [draft, setDraft] = createSignal<ChangeDraft>(emptyDraft)
  const [problems, setProblems] = createSignal<Partial<Record<NumberName, NumberProblem>>>({})
  const [missing, setMissing] = createSignal(false)
  const [revoke, setRevoke] = createSignal(false)
  const [stopped, setStopped] = createSignal<string>()
  // What it says while it closes is what it said when it was open.
  const [deed, setDeed] = createSignal<BulkDeed>("enable")

  createEffect(
    on(
      () => props.deed,
      (next) => {
        if (next === undefined) return
        setDeed(next)
        setMeant(props.accounts.filter(fits[next]))
        setLeftOut(props.accounts.filter((account) => !fits[next](account)).map(({ label }) => label))
        setDraft(emptyDraft)
        setProblems({})
        setMissing(false)
        setRevoke(false)
        setStopped(undefined)
        bulk.forget()
      },
    ),
  )
  const count = () => format.number(meant().length)
  const ids = () => meant().map(({ id }) => id)
  const parts = () => partsOf(ids(), props.isWholeList, props.filter)

  const finish = (outcome: BulkOutcome, text: string) => {
    if (outcome.done > many) props.onMany()
    if (outcome.failed === 0) {
      showToast({ text })
      props.onClose()
    } else setStopped(t("bulk.partly", format.number(outcome.done), format.number(outcome.failed)))
  }
  const change = async () => {
    const changed = changeOf(draft())
    setProblems("problems" in changed ? changed.problems : {})
    if ("problems" in changed) return
    setMissing(Object.keys(changed.input).length === 0)
    if (missing()) return
    finish(await bulk.update(parts(), changed.input), t("bulk.done.change", count()))
  }
  const read = async () => {
    const { queued, ...outcome } = await bulk.read(parts())
    const text = t("bulk.done.read", format.number(queued))
    const others = meant().length - queued
    finish(outcome, others > 0 ? `${text} ${t("bulk.done.notRead", format.number(others))}` : text)
  }
  const endRests = async () => {
    const { ended, ...outcome } = await bulk.endRests(namedParts(ids(), mostListed))
    finish(outcome, t("bulk.done.endRests", count(), format.number(ended)))
  }
  const remove = async () => {
    const text = t("bulk.done.remove", count())
    const each = revoke() ? namedParts(ids(), mostRevoked) : parts()
    finish(await bulk.remove(each, revoke(), props.onRemoved), text)
  }
  const deeds: Record<BulkDeed, () => Promise<void>> = {
    enable: async () => finish(await bulk.update(parts(), { enabled: true }), t("bulk.done.enable", count())),
    disable: async () => finish(await bulk.update(parts(), { enabled: false }), t("bulk.done.disable", count())),
    change,
    read,
    endRests,
    remove,
  }
  const submitting = () => {
    const now = bulk.progress()
    return now === undefined ? t("bulk.working") : t("bulk.progress", format.number(now.done), format.number(now.of))
  }
  const isPartOfThem = () => meant().length > 0 && leftOut().length > 0
  const left = () => {
    const named = leftOut().slice(0, mostNamed).join(", ")
    const more = leftOut().length - mostNamed
    return more > 0 ? t("bulk.andMore", named, format.number(more)) : named
  }
  const problem = () => [stopped(), bulk.error()].filter((text) => text !== undefined).join(" ") || undefined
  return (
    <Dialog
      open={props.deed !== undefined}
      onClose={props.onClose}
      title={t(`bulk.title.${deed()}`, count())}
      description={
        meant().length === 0 ? t(`bulk.nothing.${deed() === "read" ? "read" : "endRests"}`) : t(`bulk.hint.${deed()}`)
      }
    >
      <form
        class="contents"
        onSubmit={(event) => {
          event.preventDefault()
          if (!bulk.busy()) void deeds[deed()]()
        }}
      >
        <Show when={deed() === "change" || deed() === "remove" || isPartOfThem() || problem() !== undefined}>
          <DialogBody>
            <Show when={isPartOfThem()}>
              <p class="text-[0.8125rem] text-soft wrap-anywhere">
                {t(`bulk.leftOut.${deed() === "read" ? "read" : "endRests"}`, left())}
              </p>
            </Show>
            <Show when={deed() === "change"}>
              <ChangeFields draft={draft()} problems={problems()} onDraft={setDraft} />
              <ProblemNotice problem={missing() ? t("bulk.nothingTyped") : undefined} />
            </Show>
            <Show when={deed() === "remove"}>
              <label class="flex items-start gap-2.5">
                <input
                  type="checkbox"
                  class="checkbox mt-0.5"
                  checked={revoke()}
                  onChange={(event) => setRevoke(event.currentTarget.checked)}
                />
                <span class="flex flex-col">
                  <span class="font-medium">{t("accounts.removeRevoke")}</span>
                  <span class="text-[0.8125rem] text-faint">{t("bulk.revokeHint")}</span>
                </span>
              </label>
            </Show>
            <ProblemNotice problem={problem()} />
          </DialogBody>
        </Show>
        <SubmitActions
          onCancel={() => props.onClose()}
          busy={bulk.busy()}
          disabled={meant().length === 0}
          submit={t(`bulk.submit.${deed()}`, count())}
          submitting={submitting()}
          look={deed() === "remove" || deed() === "disable" ? "danger" : "primary"}
        />
      </form>
    </Dialog>
  )
}
