import { createEffect, createMemo, createSignal, For, on, Show } from "solid-js"
import type { Tone } from "../../../components/badge.tsx"
import { Button } from "../../../components/button.tsx"
import { CopyButton } from "../../../components/copy-button.tsx"
import { createFormat } from "../../../i18n/i18n.tsx"
import { useWords } from "../words.ts"
import type { CapturedText } from "./capture.ts"
import { isWithin, type JsonLine, jsonLines } from "./json-lines.ts"

interface JsonPaneProps {
  label: string
  text: CapturedText
  /** The places that are marked, by pointer. */
  marks: ReadonlyMap<string, Tone>
  /** The place that is looked at now. */
  active: string | undefined
}

/** So many lines are drawn at first; a prompt may have a hundred thousand. */
const firstLines = 1_000

/** A body as it was sent, its places marked; what is no JSON is shown as it is. */
export function JsonPane(props: JsonPaneProps) {
  const t = useWords()
  const format = createFormat()
  const [most, setMost] = createSignal(firstLines)
  const lines = createMemo(
    (): readonly JsonLine[] =>
      jsonLines(props.text.text) ?? props.text.text.split("\n").map((text) => ({ text, indent: 0, pointer: "" })),
  )
  const left = () => lines().length - most()
  let box: HTMLDivElement | undefined
  createEffect(
    on(
      () => props.active,
      (pointer) => {
        if (pointer === undefined) return
        const index = lines().findIndex((line) => line.pointer === pointer)
        if (index >= most()) setMost(index + firstLines)
        const line = box?.children[index]
        if (box === undefined || !(line instanceof HTMLElement)) return
        box.scrollTop = line.offsetTop - box.clientHeight / 3
      },
    ),
  )
  return (
    <div class="flex min-w-0 flex-col overflow-hidden rounded-medium bg-sunken ring-1 ring-line">
      <div class="flex min-h-10 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line py-1 pr-1 pl-3.5">
        <h4 class="min-w-0 flex-1 text-xs font-medium">
          {props.label}
          <span class="ml-2 font-normal text-faint">{format.bytes(props.text.bytes)}</span>
        </h4>
        <CopyButton text={props.text.text} label={t("capture.copy", props.label)} />
      </div>
      <Show when={props.text.isTruncated}>
        <p class="tone-hand px-3.5 py-1.5 text-xs text-tone">{t("capture.truncated")}</p>
      </Show>
      <div
        ref={(element) => (box = element)}
        class="relative max-h-[32rem] overflow-auto py-2 font-mono text-xs leading-relaxed"
        role="group"
        aria-label={props.label}
        tabIndex={0}
      >
        <For each={lines().slice(0, most())}>
          {(line) => (
            <div
              class={`json-line tone-${props.marks.get(line.pointer) ?? "quiet"}`}
              classList={{
                "json-marked": line.pointer !== "" && props.marks.has(line.pointer),
                "json-active": props.active !== undefined && isWithin(line.pointer, props.active),
              }}
              style={{ "padding-left": `${0.875 + Math.min(line.indent, 12) * 0.875}rem` }}
            >
              {line.text}
            </div>
          )}
        </For>
      </div>
      <Show when={left() > 0}>
        <Button look="plain" class="m-1" onClick={() => setMost(most() + 10 * firstLines)}>
          {t("capture.moreLines", format.number(left()))}
        </Button>
      </Show>
    </div>
  )
}
