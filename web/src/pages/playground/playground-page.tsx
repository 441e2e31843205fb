import Eraser from "lucide-solid/icons/eraser"
import { createSignal, For, Show } from "solid-js"
import { nodeChangedDocument, playgroundDocument, type PlaygroundQuery } from "#generated/web/graphql.ts"
import { Button } from "../../components/button.tsx"
import { LoadingCard } from "../../components/loading-card.tsx"
import { Page } from "../../components/page.tsx"
import { Empty, ErrorView } from "../../components/states.tsx"
import { problemOf } from "../../graphql/failure.ts"
import { createLive, createLoaded } from "../../graphql/live.ts"
import { usePanel } from "../../panel.tsx"
import { exampleModel } from "../keys/first-request.ts"
import { Composer } from "./composer.tsx"
import { createTalk } from "./create-talk.ts"
import { RawCard } from "./raw-card.tsx"
import { SettingsCard } from "./settings-card.tsx"
import { TurnView } from "./turn-view.tsx"
import { useWords } from "./words.ts"

/** A conversation with a model through the gateway, in any dialect, with what goes over the wire beside it. */
export default function PlaygroundPage() {
  const t = useWords()
  const { client, session } = usePanel()
  const signedIn = session.state()
  const talk = createTalk(signedIn.type === "signed-in" ? signedIn.viewer.name : "")
  const [world, setWorld] = createSignal<PlaygroundQuery>()
  const { state, again } = createLoaded(async () => {
    const result = await client.query(playgroundDocument, {}).toPromise()
    if (result.error !== undefined) throw result.error
    if (result.data === undefined) return
    setWorld(result.data)
    if (talk.settings.model === "") talk.change({ model: exampleModel(talk.settings.dialect, modelIds()) })
  })
  createLive(nodeChangedDocument, {}, again)
  const offered = () => world()?.models.filter(({ isInternal, goneAt }) => !isInternal && goneAt === null) ?? []
  const modelIds = () => offered().map(({ id }) => id)
  const suggestions = () =>
    offered().map(({ id, displayName }) => ({ value: id, ...(displayName === null ? {} : { hint: displayName }) }))
  const nodes = () => world()?.nodes.filter(({ connected }) => connected) ?? []
  const error = () => {
    const now = state()
    return now.type === "error" ? now.error : undefined
  }
  return (
    <Page
      summary={t("playground.summary")}
      action={
        <Show when={talk.turns.length > 0}>
          <Button onClick={() => talk.cutTo(0)}>
            <Eraser />
            {t("playground.clear")}
          </Button>
        </Show>
      }
    >
      <Show when={error()}>
        {(found) => <ErrorView problem={problemOf(found())} onRetry={again} compact={world() !== undefined} />}
      </Show>
      <Show when={world()} fallback={<Show when={state().type === "loading"}>{<LoadingCard />}</Show>}>
        {(known) => (
          <div class="grid items-start gap-5 lg:grid-cols-[minmax(0,1fr)_minmax(18rem,24rem)]">
            <div
              class="flex min-w-0 flex-col gap-4 lg:order-1"
              // Before the first message it is as tall as what stands beside it.
              classList={{ "lg:self-stretch": talk.turns.length === 0 }}
            >
              <section
                class="flex min-w-0 flex-col gap-4"
                classList={{ "lg:flex-1": talk.turns.length === 0 }}
                aria-label={t("playground.conversation")}
              >
                <For each={talk.turns}>{(turn, index) => <TurnView talk={talk} turn={turn} index={index()} />}</For>
                <Show when={talk.turns.length === 0}>
                  <div class="card flex flex-1 flex-col overflow-hidden *:flex-1 *:justify-center">
                    <Show
                      when={nodes().length > 0}
                      fallback={<Empty title={t("playground.noNode")} hint={t("playground.noNodeHint")} small />}
                    >
                      <Empty title={t("playground.empty")} hint={t("playground.emptyHint")} small />
                    </Show>
                  </div>
                </Show>
              </section>
              <Composer talk={talk} />
            </div>
            <div class="flex min-w-0 flex-col gap-5 lg:order-2">
              <SettingsCard talk={talk} models={suggestions()} nodes={nodes()} />
              <RawCard raw={talk.raw()} gatewayUrl={known().gatewayUrl} />
            </div>
          </div>
        )}
      </Show>
    </Page>
  )
}
