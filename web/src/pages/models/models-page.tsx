/** The models: what accounts offer, what names mean, where requests go, and why. */
import { Index, type JSX, Match, type ParentProps, Show, Switch } from "solid-js"
import { LeaveGuard } from "../../components/leave-guard.tsx"
import { Page } from "../../components/page.tsx"
import { ErrorView } from "../../components/states.tsx"
import { type Tab, Tabs } from "../../components/tabs.tsx"
import type { Loaded } from "../../graphql/live.ts"
import { problemOf } from "../../graphql/failure.ts"
import { createFormat } from "../../i18n/i18n.tsx"
import { Aliases } from "./aliases/aliases.tsx"
import { Catalogue } from "./catalogue/catalogue.tsx"
import { createModels } from "./catalogue/create-models.ts"
import { createRouting } from "./create-routing.ts"
import { Explain } from "./explain/explain.tsx"
import { Fallbacks } from "./fallbacks/fallbacks.tsx"
import { Rules } from "./rules/rules.tsx"
import { createModelNames } from "./model-names.ts"
import { useWords } from "./words.ts"

export default function ModelsPage() {
  const t = useWords()
  const format = createFormat()
  const catalogue = createModels()
  const routing = createRouting()
  const names = createModelNames(catalogue.models, routing.routing)
  const counted = (count: number | undefined) => (count === undefined ? undefined : format.number(count))
  // Made once, with what changes behind getters: a tab that is another object would be built anew under the reader's hand.
  const tabs: readonly Tab[] = [
    {
      id: "catalogue",
      get label() {
        return t("models.catalogue")
      },
      get count() {
        return counted(catalogue.state().type === "loading" ? undefined : catalogue.models().length)
      },
      content: () => (
        <Part
          state={catalogue.state()}
          isThere={catalogue.state().type === "data" || catalogue.models().length > 0}
          again={catalogue.again}
        >
          <Catalogue catalogue={catalogue} />
        </Part>
      ),
    },
    {
      id: "aliases",
      get label() {
        return t("models.aliases")
      },
      get count() {
        return counted(routing.routing()?.aliases.length)
      },
      content: () => inRouting(() => <Aliases routing={routing} models={names.models()} />),
    },
    {
      id: "rules",
      get label() {
        return t("models.rules")
      },
      get count() {
        return counted(routing.routing() === undefined ? undefined : routing.rules().length)
      },
      content: () => inRouting(() => <Rules routing={routing} names={names.all()} />),
    },
    {
      id: "fallbacks",
      get label() {
        return t("models.fallbacks")
      },
      get count() {
        return counted(routing.routing()?.fallbacks.length)
      },
      content: () => inRouting(() => <Fallbacks routing={routing} models={names.models()} />),
    },
    {
      id: "explain",
      get label() {
        return t("models.explain")
      },
      content: () => <Explain routing={routing} names={names.all()} />,
    },
  ]
  const inRouting = (content: () => JSX.Element) => (
    <Part state={routing.state()} isThere={routing.routing() !== undefined} again={routing.again}>
      {content()}
    </Part>
  )
  return (
    <Page summary={t("models.summary")}>
      <Tabs label={t("models.parts")} tabs={tabs} />
      {/* Here and not in its tab: a draft lasts while one looks at another. */}
      <Show when={routing.isDrafted()}>
        <LeaveGuard />
      </Show>
    </Page>
  )
}

interface PartProps {
  state: Loaded
  isThere: boolean
  again: () => void
}

/** A part of the page: its error above what was read before, and its shape while there is nothing. */
function Part(props: ParentProps<PartProps>) {
  const t = useWords()
  const failure = () => (props.state.type === "error" ? problemOf(props.state.error) : undefined)
  return (
    <div class="flex min-w-0 flex-col gap-5">
      <Show when={failure()}>{(problem) => <ErrorView problem={problem()} onRetry={() => props.again()} />}</Show>
      <Switch>
        <Match when={props.isThere}>{props.children}</Match>
        <Match when={props.state.type === "loading"}>
          <div class="card flex flex-col" role="status" aria-label={t("app.loading")}>
            <Index each={[0, 1, 2, 3]}>
              {() => (
                <div class="flex items-center gap-8 border-line px-4.5 py-4 not-first:border-t">
                  <div class="skeleton h-3.5 w-40" />
                  <div class="skeleton h-3.5 w-24" />
                  <div class="skeleton ml-auto hidden h-3.5 w-24 sm:block" />
                </div>
              )}
            </Index>
          </div>
        </Match>
      </Switch>
    </div>
  )
}
