/** The audit: who did what to what; filtered by the address, older pages as one scrolls, and whether the chain is whole. */
import { Match, onCleanup, Show, Switch } from "solid-js"
import { LoadingRows } from "../../components/loading-rows.tsx"
import { Button } from "../../components/button.tsx"
import { Page } from "../../components/page.tsx"
import { Empty, ErrorView } from "../../components/states.tsx"
import { problemOf } from "../../graphql/failure.ts"
import { createFormat } from "../../i18n/i18n.tsx"
import { AuditFilters } from "./audit-filters.tsx"
import { AuditTable } from "./audit-table.tsx"
import { ChainCard } from "./chain-card.tsx"
import { createAudit, createAuditFilter } from "./create-audit.ts"
import { EventDialog } from "./event-dialog.tsx"
import { useWords } from "./words.ts"

export default function AuditPage() {
  const t = useWords()
  const format = createFormat()
  const filter = createAuditFilter()
  const audit = createAudit(filter)
  const failure = () => {
    const now = audit.state()
    return now.type === "error" ? problemOf(now.error) : undefined
  }
  return (
    <Page
      summary={t("audit.summary")}
      action={
        <Show when={audit.newCount() > 0}>
          <Button look="primary" onClick={audit.again}>
            {filter.isEmpty() ? t("audit.fresh", format.number(audit.newCount())) : t("audit.freshFiltered")}
          </Button>
        </Show>
      }
    >
      <ChainCard />
      <AuditFilters state={filter} events={audit.events()} />
      <Show when={failure()}>{(problem) => <ErrorView problem={problem()} onRetry={audit.again} />}</Show>
      <Switch>
        <Match when={audit.events().length > 0}>
          <div class="card overflow-hidden">
            <AuditTable events={audit.events()} onOpen={({ sequence }) => filter.address.set({ event: sequence })} />
          </div>
          <Show when={audit.hasMore()} fallback={<p class="text-center text-xs text-faint">{t("audit.end")}</p>}>
            <div class="flex justify-center" ref={(element) => whenSeen(element, () => void audit.more())}>
              <Button disabled={audit.loadingMore()} onClick={() => void audit.more()}>
                {t(audit.loadingMore() ? "audit.loading" : "audit.more")}
              </Button>
            </div>
          </Show>
        </Match>
        <Match when={audit.state().type === "loading"}>
          <LoadingRows count={5}>
            {() => (
              <>
                <div class="skeleton h-3.5 w-20" />
                <div class="skeleton h-3.5 w-28" />
                <div class="skeleton hidden h-3.5 w-48 sm:block" />
              </>
            )}
          </LoadingRows>
        </Match>
        <Match when={audit.state().type === "data"}>
          <div class="card overflow-hidden">
            <Empty title={t("audit.emptyTitle")} hint={t("audit.emptyHint")}>
              <Button onClick={filter.clear}>{t("audit.clear")}</Button>
            </Empty>
          </div>
        </Match>
      </Switch>
      <EventDialog
        sequence={filter.address.get("event")}
        events={audit.events()}
        onClose={() => filter.address.set({ event: undefined })}
        onChoose={(choice) => {
          filter.clear()
          filter.address.set({ ...choice, event: undefined })
        }}
      />
    </Page>
  )
}

/** Calls when an element comes near what is seen; where a browser cannot tell, the button is pressed. */
function whenSeen(element: HTMLElement, call: () => void) {
  if (typeof IntersectionObserver === "undefined") return
  const observer = new IntersectionObserver(
    (entries) => entries.some(({ isIntersecting }) => isIntersecting) && call(),
    { rootMargin: "400px" },
  )
  observer.observe(element)
  onCleanup(() => observer.disconnect())
}
