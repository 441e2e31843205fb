import { createMemo, createSignal, For, Show } from "solid-js"
import type { TranslationKind } from "#generated/web/graphql.ts"
import type { Tone } from "../../../components/badge.tsx"
import { createFormat, useI18n } from "../../../i18n/i18n.tsx"
import { useNames } from "../../../i18n/names.ts"
import { useWords } from "../words.ts"
import type { Capture } from "./capture.ts"
import { JsonPane } from "./json-pane.tsx"

type Translation = Capture["translation"]
type Note = Translation["changes"][number]

export const kindTones: Record<TranslationKind, Tone> = {
  UNEXPLAINED: "bad",
  DROPPED: "bad",
  CHANGED: "hand",
  RENAMED: "hand",
  MERGED: "hand",
  MOVED: "cool",
  ADDED: "good",
  KEPT: "quiet",
  IGNORED: "quiet",
}

const kinds = Object.keys(kindTones) as TranslationKind[] // the record's own keys

/** The client's request beside the upstream's, and each change between them with its reason. */
export function TranslationView(props: { translation: Translation }) {
  const t = useWords()
  const names = useNames()
  const { said } = useI18n()
  const format = createFormat()
  const [kind, setKind] = createSignal<TranslationKind>()
  const [active, setActive] = createSignal<Note>()
  const present = createMemo(() =>
    kinds.flatMap((one) => {
      const count = props.translation.changes.filter((note) => note.kind === one).length
      return count === 0 ? [] : [{ kind: one, count }]
    }),
  )
  const shown = () => props.translation.changes.filter((note) => kind() === undefined || note.kind === kind())
  const marksOf = (side: "client" | "upstream") =>
    new Map(shown().flatMap((note) => (note[side] === null ? [] : [[note[side], kindTones[note.kind]] as const])))
  return (
    <section class="flex min-w-0 flex-col gap-3" aria-label={t("capture.translation")}>
      <p class="text-[0.8125rem] text-soft">{t("capture.translationHint")}</p>
      <div class="grid min-w-0 gap-3 lg:grid-cols-2">
        <JsonPane
          label={t("capture.client")}
          text={props.translation.client}
          marks={marksOf("client")}
          active={active()?.client ?? undefined}
        />
        <Show
          when={props.translation.upstream}
          fallback={<p class="notice tone-quiet px-3 py-2">{t("capture.nothingSent")}</p>}
        >
          {(upstream) => (
            <JsonPane
              label={t("capture.upstream")}
              text={upstream()}
              marks={marksOf("upstream")}
              active={active()?.upstream ?? undefined}
            />
          )}
        </Show>
      </div>
      <Show
        when={props.translation.changes.length > 0}
        fallback={<p class="text-[0.8125rem] text-soft">{t("capture.noChange")}</p>}
      >
        <div class="-mx-1 flex flex-wrap gap-1 px-1" role="group" aria-label={t("capture.kinds")}>
          <button type="button" class="chip" aria-pressed={kind() === undefined} onClick={() => setKind(undefined)}>
            {t("capture.allKinds")}
            <span class="text-xs text-faint tabular-nums">{format.number(props.translation.changes.length)}</span>
          </button>
          <For each={present()}>
            {(one) => (
              <button
                type="button"
                class={`chip tone-${kindTones[one.kind]}`}
                aria-pressed={kind() === one.kind}
                onClick={() => setKind(one.kind)}
              >
                <span class="dot" />
                {names("translation", one.kind)}
                <span class="text-xs text-faint tabular-nums">{format.number(one.count)}</span>
              </button>
            )}
          </For>
        </div>
        <ol class="flex flex-col overflow-hidden rounded-medium ring-1 ring-line" aria-label={t("capture.changes")}>
          <For each={shown()}>
            {(note) => (
              <li class="border-line not-first:border-t">
                <button
                  type="button"
                  class="flex w-full flex-col gap-0.5 px-3 py-2 text-left text-[0.8125rem] hover:bg-hover"
                  classList={{ "bg-hover": active() === note }}
                  aria-pressed={active() === note}
                  onClick={() => setActive(note)}
                >
                  <span class="flex flex-wrap items-baseline gap-x-2">
                    <span class={`tone-${kindTones[note.kind]} font-medium text-tone`}>
                      {names("translation", note.kind)}
                    </span>
                    <span class="wrap-anywhere">{said(note.reason)}</span>
                    <Show when={note.times > 1}>
                      <span class="text-xs text-faint">{t("capture.times", format.number(note.times))}</span>
                    </Show>
                  </span>
                  <span class="font-mono text-xs text-faint wrap-anywhere">
                    {note.client ?? "–"} → {note.upstream ?? "–"}
                    <Show when={note.rule}>{(rule) => <span> · {rule()}</span>}</Show>
                  </span>
                </button>
              </li>
            )}
          </For>
        </ol>
      </Show>
    </section>
  )
}
