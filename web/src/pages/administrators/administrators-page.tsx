/** Who may enter: administrators and tokens for owners; one's sessions and password for everybody. */
import { Show } from "solid-js"
import { LoadingCard } from "../../components/loading-card.tsx"
import { Page } from "../../components/page.tsx"
import { ErrorView } from "../../components/states.tsx"
import { Tabs } from "../../components/tabs.tsx"
import { problemOf } from "../../graphql/failure.ts"
import { usePanel } from "../../panel.tsx"
import { createAdministrators } from "./create-administrators.ts"
import { People } from "./people.tsx"
import { Sessions } from "./sessions.tsx"
import { Tokens } from "./tokens.tsx"
import { useWords } from "./words.ts"

export default function AdministratorsPage() {
  const t = useWords()
  const { may } = usePanel()
  return (
    <Page summary={t(may("ADMIN") ? "administrators.summary" : "administrators.summaryOwn")}>
      <Show when={may("ADMIN")} fallback={<Sessions />}>
        <OwnersParts />
      </Show>
    </Page>
  )
}

function OwnersParts() {
  const t = useWords()
  const model = createAdministrators()
  const failure = () => {
    const now = model.state()
    return now.type === "error" ? problemOf(now.error) : undefined
  }
  return (
    <>
      <Show when={failure()}>{(problem) => <ErrorView problem={problem()} onRetry={model.again} />}</Show>
      <Tabs
        label={t("administrators.parts")}
        tabs={[
          {
            id: "people",
            label: t("administrators.people"),
            content: () => (
              <Show
                when={model.people().length > 0}
                fallback={
                  <Show when={model.state().type === "loading"}>
                    <LoadingCard />
                  </Show>
                }
              >
                <People people={model.people()} onChanged={model.again} />
              </Show>
            ),
          },
          {
            id: "tokens",
            label: t("token.title"),
            content: () => (
              <Show when={model.state().type !== "loading"} fallback={<LoadingCard />}>
                <Tokens tokens={model.tokens()} onChanged={model.again} />
              </Show>
            ),
          },
          { id: "sessions", label: t("session.title"), content: () => <Sessions /> },
        ]}
      />
    </>
  )
}
