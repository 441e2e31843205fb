import FileUp from "lucide-solid/icons/file-up"
import { createSignal, createUniqueId, Show } from "solid-js"
import { createFormat, useI18n } from "../i18n/i18n.tsx"

interface FileDropProps {
  label: string
  hint?: string
  /** All that is dropped at once together. */
  maxBytes: number
  /** What was in the files, one after the other, and what they are called. */
  onText: (text: string, names: readonly string[]) => void
}

/** A place that takes text files, dropped on it or chosen; they are read here and go nowhere by themselves. */
export function FileDrop(props: FileDropProps) {
  const { t } = useI18n()
  const format = createFormat()
  const id = createUniqueId()
  const [isOver, setOver] = createSignal(false)
  const [problem, setProblem] = createSignal<string>()

  const take = async (files: readonly File[]) => {
    if (files.length === 0) return
    setProblem(undefined)
    const bytes = files.reduce((sum, file) => sum + file.size, 0)
    if (bytes > props.maxBytes) {
      setProblem(t("file.tooLarge", format.bytes(bytes), format.bytes(props.maxBytes)))
      return
    }
    try {
      const texts = await Promise.all(files.map((file) => file.text()))
      props.onText(
        texts.join("\n"),
        files.map(({ name }) => name),
      )
    } catch {
      // A folder, or a file that is gone or may not be read: the browser says no more than that.
      setProblem(t("file.unreadable"))
    }
  }

  return (
    <div
      class="file-drop"
      classList={{ "file-drop-over": isOver() }}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        setOver(false)
        void take([...(event.dataTransfer?.files ?? [])])
      }}
    >
      <FileUp class="size-5 flex-none text-faint" aria-hidden="true" />
      <div class="min-w-0">
        <label
          for={id}
          class="font-medium underline decoration-line-strong underline-offset-3 hover:decoration-current"
        >
          {props.label}
        </label>
        <Show when={props.hint}>
          {(hint) => (
            <p id={`${id}-hint`} class="text-xs text-faint">
              {hint()}
            </p>
          )}
        </Show>
        <Show when={problem()}>
          {(words) => (
            <p role="alert" class="tone-bad text-[0.8125rem] text-tone wrap-anywhere">
              {words()}
            </p>
          )}
        </Show>
      </div>
      <input
        id={id}
        type="file"
        multiple
        class="sr-only"
        aria-describedby={props.hint === undefined ? undefined : `${id}-hint`}
        onChange={(event) => {
          const input = event.currentTarget
          void take([...(input.files ?? [])])
          // The same file can be chosen once more.
          input.value = ""
        }}
      />
    </div>
  )
}
