import { createSignal, Show } from "solid-js"
import { openAlertCountDocument } from "#generated/web/graphql.ts"
import { createRefresh } from "../../graphql/create-refresh.ts"
import { createLoaded } from "../../graphql/live.ts"
import { usePanel } from "../../panel.tsx"
import { useWords } from "./words.ts"

// A page that follows alerts tells at once; the navigation of every page may be a little behind, and has no stream for it.
const lookEveryMs = 15_000
const most = 99

/** How many alerts go on, as a number behind the page's name; nothing while none does. */
export default function OpenCount() {
  const t = useWords()
  const { client } = usePanel()
  const [count, setCount] = createSignal(0)
  const { again } = createLoaded(async () => {
    const { data, error } = await client.query(openAlertCountDocument, { first: most + 1 }).toPromise()
    if (data === undefined) throw error
    setCount(data.alerts.edges.length)
  })
  createRefresh(again, lookEveryMs)
  return (
    <Show when={count() > 0}>
      <span class="badge tone-bad ml-auto h-5 px-1.5 tabular-nums" title={t("alerts.openCount", count())}>
        <span aria-hidden="true">{count() > most ? `${most}+` : count()}</span>
        <span class="sr-only">{t("alerts.openCount", count())}</span>
      </span>
    </Show>
  )
}
