import { useNavigate } from "@solidjs/router"
import { createEffect, createMemo, createSignal, createUniqueId, For, on, Show } from "solid-js"
import { Dialog } from "../components/dialog.tsx"
import { createOwnPages } from "../current-page.tsx"
import { useI18n } from "../i18n/i18n.tsx"
import { pageActions } from "../lib/page-actions.ts"
import { setTheme } from "../lib/theme.ts"
import { usePanel } from "../panel.tsx"

interface Command {
  label: string
  /** What kind of thing it is, in a word. */
  kind: string
  run: () => void
}

/** Everything that can be reached or done from anywhere, found by a few letters and run with Enter. */
export default function Palette(props: { onClose: () => void }) {
  const { t, language, setLanguage } = useI18n()
  const { session } = usePanel()
  const navigate = useNavigate()
  const pages = createOwnPages()
  const id = createUniqueId()
  const [words, setWords] = createSignal("")
  const [active, setActive] = createSignal(0)

  const commands = createMemo((): readonly Command[] => [
    ...pageActions().map(({ label, run }) => ({ label, kind: t("palette.action"), run })),
    ...pages().map(({ path, title }) => ({
      label: title[language()],
      kind: t("palette.page"),
      run: () => navigate(path),
    })),
    { label: t("app.themeLight"), kind: t("app.theme"), run: () => setTheme("light") },
    { label: t("app.themeDark"), kind: t("app.theme"), run: () => setTheme("dark") },
    { label: t("app.themeSystem"), kind: t("app.theme"), run: () => setTheme("system") },
    { label: "English", kind: t("app.language"), run: () => setLanguage("en") },
    { label: "简体中文", kind: t("app.language"), run: () => setLanguage("zh") },
    { label: t("app.signOut"), kind: t("palette.action"), run: () => void session.signOut() },
  ])
  const found = createMemo(() => {
    const wanted = words().trim().toLowerCase().split(/\s+/)
    return commands().filter(({ label, kind }) =>
      wanted.every((word) => `${kind} ${label}`.toLowerCase().includes(word)),
    )
  })
  createEffect(on(found, () => setActive(0)))
  const run = (command: Command | undefined) => {
    if (command === undefined) return
    props.onClose()
    // When the dialog has given the focus back, so that what opens next may take it.
    setTimeout(command.run)
  }
  const walk = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0
    const count = found().length
    if (step !== 0 && count > 0) {
      event.preventDefault()
      setActive((active() + step + count) % count)
      document.querySelector(`#${id}-${active()}`)?.scrollIntoView({ block: "nearest" })
    } else if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault()
      run(found()[active()])
    }
  }

  return (
    <Dialog open onClose={() => props.onClose()} title={t("palette.title")}>
      <div class="flex min-h-0 flex-col gap-3 px-4 pt-3 pb-4">
        <input
          type="text"
          role="combobox"
          class="input"
          aria-label={t("palette.find")}
          placeholder={t("palette.find")}
          aria-expanded="true"
          aria-autocomplete="list"
          aria-controls={id}
          aria-activedescendant={found().length > 0 ? `${id}-${active()}` : undefined}
          autocomplete="off"
          spellcheck={false}
          value={words()}
          onInput={(event) => setWords(event.currentTarget.value)}
          onKeyDown={walk}
        />
        <ul id={id} role="listbox" aria-label={t("palette.title")} class="flex max-h-80 flex-col overflow-y-auto">
          <For each={found()}>
            {(command, index) => (
              <li
                id={`${id}-${index()}`}
                role="option"
                aria-selected={active() === index()}
                class="flex cursor-pointer items-baseline justify-between gap-4 rounded-medium px-2.5 py-2 aria-selected:bg-hover"
                onPointerMove={() => setActive(index())}
                onClick={() => run(command)}
              >
                <span class="min-w-0 wrap-anywhere">{command.label}</span>
                <span class="flex-none text-xs text-faint">{command.kind}</span>
              </li>
            )}
          </For>
        </ul>
        <Show when={found().length === 0}>
          <p role="status" class="px-2.5 text-soft">
            {t("palette.nothing")}
          </p>
        </Show>
        <dl class="flex flex-wrap gap-x-4 gap-y-1 border-t border-line px-2.5 pt-3 text-xs text-faint">
          <Key name="↑ ↓" does={t("palette.keyWalk")} />
          <Key name="Enter" does={t("palette.keyRun")} />
          <Key name="Esc" does={t("palette.keyClose")} />
          <Key name="Ctrl/⌘ K" does={t("palette.keyOpen")} />
        </dl>
      </div>
    </Dialog>
  )
}

function Key(props: { name: string; does: string }) {
  return (
    <div class="flex gap-1.5">
      <dt class="font-mono">{props.name}</dt>
      <dd>{props.does}</dd>
    </div>
  )
}
