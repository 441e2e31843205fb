import { A } from "@solidjs/router"
import { createFormat } from "../../i18n/i18n.tsx"
import type { Overview } from "./create-overview.ts"
import { useWords } from "./words.ts"

/** The data planes in one line: how many serve, and what is the matter with the others. */
export function FleetLine(props: { nodes: Overview["nodes"] }) {
  const t = useWords()
  const format = createFormat()
  const serving = () => props.nodes.filter(({ connected, ready }) => connected && ready)
  const behind = () => props.nodes.filter(({ connected, lag }) => connected && lag !== null && lag !== "0")
  const away = () => props.nodes.filter(({ connected }) => !connected)
  const tone = () => (serving().length === 0 ? "bad" : serving().length < props.nodes.length ? "hand" : "good")
  const parts = () => [
    t("fleet.serve", format.number(serving().length), format.number(props.nodes.length)),
    t("fleet.inFlight", format.number(props.nodes.reduce((sum, { inFlight }) => sum + inFlight, 0))),
    ...(away().length === 0 ? [] : [t("fleet.away", format.number(away().length))]),
    ...(behind().length === 0 ? [] : [t("fleet.behind", format.number(behind().length))]),
  ]
  return (
    <A
      href="/nodes"
      class={`card tone-${tone()} flex flex-wrap items-center gap-x-3 gap-y-1 px-4.5 py-3 text-[0.8125rem] hover:bg-hover`}
    >
      <span class="dot" />
      <span class="font-medium">{t("fleet.title")}</span>
      <span class="text-soft tabular-nums">{parts().join(" · ")}</span>
    </A>
  )
}
