import { A } from "@solidjs/router"
import { createMemo, createSignal, For, Show } from "solid-js"
import type { ImportOutcome } from "#generated/web/graphql.ts"
import { Badge, type Tone } from "../../../components/badge.tsx"
import { Button } from "../../../components/button.tsx"
import { createFormat, useI18n } from "../../../i18n/i18n.tsx"
import type { Report } from "./import-form.tsx"
import { useWords } from "./words.ts"

const tones: Readonly<Record<ImportOutcome, Tone>> = {
  WOULD_ADD: "begin",
  ADDED: "good",
  WOULD_UPDATE: "cool",
  UPDATED: "good",
  UNCHANGED: "quiet",
  DUPLICATE: "quiet",
  INVALID: "bad",
}

// A document has up to five thousand rows.
const shownAtOnce = 100

/** What becomes, or became, of each row of a document: why not, and what is not carried over. */
export function ImportReport(props: { report: Report; intro: string }) {
  const t = useWords()
  const format = createFormat()
  const [outcome, setOutcome] = createSignal<ImportOutcome>()
  const [most, setMost] = createSignal(shownAtOnce)
  const rows = createMemo(() => props.report.rows.filter((row) => outcome() === undefined || row.outcome === outcome()))
  const choose = (next: ImportOutcome | undefined) => {
    setOutcome(next)
    setMost(shownAtOnce)
  }
  return (
    <section class="flex flex-col gap-3">
      <div>
        <p class="text-xs text-faint">
          {props.report.formats.map((name) => t(`importAccounts.format.${name}`)).join(", ")}
        </p>
        <p class="font-medium" role="status">
          {props.intro}
        </p>
      </div>
      <div class="-mx-1 flex flex-wrap gap-1 px-1" role="group" aria-label={t("importAccounts.shown")}>
        <button type="button" class="chip" aria-pressed={outcome() === undefined} onClick={() => choose(undefined)}>
          {t("importAccounts.all")}
          <span class="text-xs text-faint tabular-nums">{format.number(props.report.rows.length)}</span>
        </button>
        <For each={props.report.counts}>
          {(count) => (
            <button
              type="button"
              class="chip"
              aria-pressed={outcome() === count.outcome}
              onClick={() => choose(count.outcome)}
            >
              {t(`importAccounts.outcome.${count.outcome}`)}
              <span class="text-xs text-faint tabular-nums">{format.number(count.rows)}</span>
            </button>
          )}
        </For>
      </div>
      <ol class="flex flex-col rounded-medium ring-1 ring-line" aria-label={t("importAccounts.rows")}>
        <For each={rows().slice(0, most())}>{(row) => <Row row={row} />}</For>
      </ol>
      <Show when={rows().length > most()}>
        <Button onClick={() => setMost((before) => before + shownAtOnce)}>
          {t("importAccounts.more", Math.min(shownAtOnce, rows().length - most()))}
        </Button>
      </Show>
    </section>
  )
}

function Row(props: { row: Report["rows"][number] }) {
  const t = useWords()
  const { said } = useI18n()
  return (
    <li class="flex flex-col gap-1 border-line px-3.5 py-2.5 text-[0.8125rem] not-first:border-t">
      <div class="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span class="text-xs text-faint tabular-nums">
          {t("importAccounts.row", props.row.row)}
          <Show when={props.row.line}>{(line) => <>, {t("importAccounts.line", line())}</>}</Show>
        </span>
        <span class="min-w-0 flex-1 basis-40 wrap-anywhere">
          <Show when={props.row.email} fallback={<span class="text-faint">{t("importAccounts.noAddress")}</span>}>
            {(email) => <span class="font-medium">{email()}</span>}
          </Show>
        </span>
        <Badge tone={tones[props.row.outcome]} label={t(`importAccounts.outcome.${props.row.outcome}`)} />
      </div>
      <Show when={props.row.message}>{(message) => <p class="text-soft wrap-anywhere">{said(message())}</p>}</Show>
      <Show when={props.row.notCarried.length > 0}>
        <p class="text-xs text-faint wrap-anywhere">
          {t("importAccounts.notCarried", props.row.notCarried.map(said).join(", "))}
        </p>
      </Show>
      <Show when={props.row.accountId}>
        {(id) => (
          <A href={`/accounts/${id()}`} class="self-start font-medium text-point hover:underline">
            {t("importAccounts.openAccount")}
          </A>
        )}
      </Show>
    </li>
  )
}
