import { createEffect, type JSX, type ParentProps, Show } from "solid-js"
import { useCurrentPage } from "../current-page.tsx"
import { useI18n } from "../i18n/i18n.tsx"

interface PageProps {
  /** Its own name where it is not the one that the navigation shows. */
  title?: string
  summary?: string | undefined
  /** The page's main action, at the end of its head. */
  action?: JSX.Element
}

/** The head and the measure of a page; it also names the tab. */
export function Page(props: ParentProps<PageProps>) {
  const { t, language } = useI18n()
  const route = useCurrentPage()
  const title = () => props.title ?? route?.title[language()] ?? ""
  createEffect(() => (document.title = `${title()} · ${t("app.name")}`))
  return (
    <div class="mx-auto flex w-full max-w-[104rem] flex-col gap-5 px-4 py-5 sm:px-7 sm:py-7">
      <header class="flex flex-wrap items-center gap-x-6 gap-y-3">
        <div class="min-w-0 flex-1 basis-60">
          <h1 class="text-[1.375rem] leading-tight font-semibold wrap-anywhere">{title()}</h1>
          <Show when={props.summary}>{(summary) => <p class="mt-1 text-soft">{summary()}</p>}</Show>
        </div>
        {props.action}
      </header>
      {props.children}
    </div>
  )
}
