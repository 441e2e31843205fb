import { createEffect, type JSX, type ParentProps, Show } from "solid-js"
import { useI18n } from "../i18n/i18n.tsx"

interface PageProps {
  title: string
  summary?: string | undefined
  /** The page's main action, at the end of its head. */
  action?: JSX.Element
}

/** The head and the measure of a page; it also names the tab. */
export function Page(props: ParentProps<PageProps>) {
  const { t } = useI18n()
  createEffect(() => (document.title = `${props.title} · ${t("app.name")}`))
  return (
    <div class="mx-auto flex w-full max-w-[104rem] flex-col gap-5 px-4 py-5 sm:px-7 sm:py-7">
      <header class="flex flex-wrap items-center gap-x-6 gap-y-3">
        <div class="min-w-0 flex-1">
          <h1 class="text-[1.375rem] leading-tight font-semibold">{props.title}</h1>
          <Show when={props.summary}>{(summary) => <p class="mt-1 text-soft">{summary()}</p>}</Show>
        </div>
        {props.action}
      </header>
      {props.children}
    </div>
  )
}
