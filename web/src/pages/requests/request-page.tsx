import { A } from "@solidjs/router"
import ArrowLeft from "lucide-solid/icons/arrow-left"
import { type JSX, Match, Show, Switch } from "solid-js"
import { LoadingCard } from "../../components/loading-card.tsx"
import { Page } from "../../components/page.tsx"
import { Empty, ErrorView } from "../../components/states.tsx"
import { problemOf } from "../../graphql/failure.ts"
import { useI18n } from "../../i18n/i18n.tsx"
import { useNames } from "../../i18n/names.ts"
import { CaptureCard } from "./capture/capture-card.tsx"
import { createRecord, type RequestRecord } from "./create-record.ts"
import { ExplanationText } from "./explanation-text.tsx"
import { listAddress } from "./last-list.ts"
import { hasLeftOut, LeftOut } from "./left-out.tsx"
import { RequestFacts } from "./request-facts.tsx"
import { Way } from "./way.tsx"
import { useWords } from "./words.ts"

/** One request at an address of its own: what it was, what went wrong, where its time went, what was decided, and what it said. */
export function RequestPage(props: { id: string }) {
  const t = useWords()
  // eslint-disable-next-line solid/reactivity -- the page is made anew for another request
  const { state, again, follow, record, isGone } = createRecord(props.id)
  follow()
  const failure = () => {
    const now = state()
    return now.type === "error" ? problemOf(now.error) : undefined
  }
  return (
    <Page
      title={t("requests.one")}
      action={
        <A href={listAddress()} class="button button-secondary">
          <ArrowLeft aria-hidden="true" />
          {t("requests.toAll")}
        </A>
      }
    >
      <Show when={failure()}>{(problem) => <ErrorView problem={problem()} onRetry={again} />}</Show>
      <Switch>
        <Match when={record()}>
          {(found) => (
            <>
              <RequestFacts record={found()} />
              <WentWrong record={found()} />
              <Card title={t("detail.way")}>
                <Way record={found()} />
              </Card>
              <Show when={hasLeftOut(found())}>
                <Card title={t("detail.leftOut")}>
                  <LeftOut record={found()} />
                </Card>
              </Show>
              <CaptureCard record={found()} />
            </>
          )}
        </Match>
        <Match when={state().type === "loading"}>
          <LoadingCard />
        </Match>
        <Match when={isGone()}>
          <div class="card overflow-hidden">
            <Empty title={t("requests.goneTitle")} hint={t("requests.goneHint")} />
          </div>
        </Match>
      </Switch>
    </Page>
  )
}

function Card(props: { title: string; children: JSX.Element }) {
  return (
    <section class="card flex min-w-0 flex-col gap-4 p-4.5 text-[0.8125rem]">
      <h2 class="text-[0.9375rem] font-semibold">{props.title}</h2>
      {props.children}
    </section>
  )
}

/** The error that the client was told, with what it means and what helps. */
function WentWrong(props: { record: RequestRecord }) {
  const names = useNames()
  const { said } = useI18n()
  return (
    <Show when={props.record.errorCode}>
      {(code) => (
        <section class="notice tone-bad flex flex-col gap-2 px-4.5 py-3.5">
          <h2 class="flex flex-wrap items-baseline gap-x-2.5 font-semibold">
            {names("errorCode", code())}
            <code class="font-mono text-xs font-normal">{code()}</code>
          </h2>
          <Show when={props.record.errorMessage}>
            {(message) => <p class="font-mono text-[0.8125rem] wrap-anywhere">{said(message())}</p>}
          </Show>
          <ExplanationText kind="errorCode" code={code()} />
        </section>
      )}
    </Show>
  )
}
