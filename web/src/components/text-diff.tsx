import { createMemo, For, Show } from "solid-js"
import { createFormat, useI18n } from "../i18n/i18n.tsx"
import { type DiffLine, diffLines } from "../lib/line-diff.ts"

interface TextDiffProps {
  before: string
  after: string
  /** What the two are, for those who do not see it. */
  label: string
}

/** Lines that are the same and stand farther than this from a change are left out. */
const context = 3

const marks = { same: " ", before: "−", after: "+" } as const

interface Piece {
  lines: readonly DiffLine[]
  /** The lines are left out. */
  isHidden: boolean
}

/** Cuts long runs of the same out of the middle. */
function piecesOf(lines: readonly DiffLine[]): readonly Piece[] {
  const near = new Uint8Array(lines.length)
  lines.forEach(({ kind }, index) => {
    if (kind !== "same") near.fill(1, Math.max(0, index - context), index + context + 1)
  })
  const pieces: { lines: DiffLine[]; isHidden: boolean }[] = []
  lines.forEach((line, index) => {
    const isHidden = near[index] === 0
    const last = pieces.at(-1)
    if (last?.isHidden === isHidden) last.lines.push(line)
    else pieces.push({ lines: [line], isHidden })
  })
  return pieces
}

/** What is other in the second of two texts, line by line. */
export function TextDiff(props: TextDiffProps) {
  const { t } = useI18n()
  const format = createFormat()
  const lines = createMemo(() => diffLines(props.before, props.after))
  const isSame = () => lines().every(({ kind }) => kind === "same")
  return (
    <Show when={!isSame()} fallback={<p class="text-[0.8125rem] text-soft">{t("diff.same")}</p>}>
      <div
        class="max-h-96 overflow-auto rounded-medium bg-sunken py-2 font-mono text-xs leading-relaxed ring-1 ring-line"
        role="group"
        aria-label={props.label}
        tabIndex={0}
      >
        <For each={piecesOf(lines())}>
          {(piece) => (
            <Show
              when={!piece.isHidden}
              fallback={
                <p class="px-3 py-1 font-sans text-faint">{t("diff.hidden", format.number(piece.lines.length))}</p>
              }
            >
              <For each={piece.lines}>
                {(line) => (
                  <div
                    class="flex gap-2 px-3 whitespace-pre-wrap wrap-anywhere"
                    classList={{
                      "tone-bad bg-tone-ground text-tone": line.kind === "before",
                      "tone-good bg-tone-ground text-tone": line.kind === "after",
                    }}
                  >
                    <span class="flex-none select-none" aria-hidden="true">
                      {marks[line.kind]}
                    </span>
                    <Show when={line.kind !== "same"}>
                      <span class="sr-only">{t(line.kind === "before" ? "diff.before" : "diff.after")}</span>
                    </Show>
                    <span class="min-w-0">{line.text}</span>
                  </div>
                )}
              </For>
            </Show>
          )}
        </For>
      </div>
    </Show>
  )
}
