import { createMemo, createSignal, For, Show } from "solid-js"
import { connectDocument, type ConnectQuery } from "#generated/web/graphql.ts"
import { LoadingCard } from "../../components/loading-card.tsx"
import { Page } from "../../components/page.tsx"
import { ErrorView } from "../../components/states.tsx"
import { problemOf } from "../../graphql/failure.ts"
import { createLoaded } from "../../graphql/live.ts"
import { createUrlState } from "../../lib/create-url-state.ts"
import { usePanel } from "../../panel.tsx"
import { allowedModels, exampleModel } from "../keys/first-request.ts"
import { Arrival } from "./arrival.tsx"
import { ClientSettings } from "./client-settings.tsx"
import { clientGroups, clients, UNKNOWN_KEY } from "./clients.ts"
import { type ChosenKey, KeyCard } from "./key-card.tsx"
import { useWords } from "./words.ts"

/** From a tool to its first request: which client, which key, what to type, and the request when it comes. */
export default function ConnectPage() {
  const t = useWords()
  const { client } = usePanel()
  const url = createUrlState<"client" | "key">()
  const [world, setWorld] = createSignal<ConnectQuery>()
  const [made, setMade] = createSignal<readonly ChosenKey[]>([])
  const { state, again } = createLoaded(async () => {
    const result = await client.query(connectDocument, {}).toPromise()
    if (result.error !== undefined) throw result.error
    if (result.data !== undefined) setWorld(result.data)
  })
  const error = () => {
    const now = state()
    return now.type === "error" ? now.error : undefined
  }
  const keys = createMemo((): readonly ChosenKey[] => {
    const known = world()?.apiKeys.edges.flatMap(({ node }) => (node.enabled ? [node] : [])) ?? []
    return [...made(), ...known.filter(({ id }) => !made().some((one) => one.id === id))]
  })
  const chosenKey = createMemo(() => keys().find(({ id }) => id === url.get("key")))
  const chosen = () => clients.find(({ id }) => id === url.get("client")) ?? clients[0]
  const models = () => world()?.models.filter(({ isInternal, goneAt }) => !isInternal && goneAt === null) ?? []
  const wanted = (gatewayUrl: string) => {
    const ids = allowedModels(
      models().map(({ id }) => id),
      chosenKey()?.models ?? null,
    )
    return {
      url: gatewayUrl.replace(/\/+$/, ""),
      key: chosenKey()?.secret ?? UNKNOWN_KEY,
      gemini: exampleModel("chat", ids),
      claude: exampleModel("messages", ids),
    }
  }
  const choose = (key: ChosenKey | undefined) => {
    if (key?.secret !== undefined) setMade((all) => [key, ...all])
    url.set({ key: key?.id })
  }
  return (
    <Page summary={t("connect.summary")}>
      <Show when={error()}>
        {(found) => <ErrorView problem={problemOf(found())} onRetry={again} compact={world() !== undefined} />}
      </Show>
      <Show when={world()} fallback={<Show when={state().type === "loading"}>{<LoadingCard />}</Show>}>
        {(known) => (
          <div class="grid items-start gap-5 lg:grid-cols-[15rem_minmax(0,1fr)]">
            <nav class="card flex flex-col gap-3 p-3" aria-label={t("connect.client")}>
              <For each={clientGroups}>
                {(group) => (
                  <div>
                    <h2 class="px-2.5 pb-1 text-xs font-semibold text-faint">{t(`connect.${group}`)}</h2>
                    <div class="flex flex-wrap gap-0.5 lg:flex-col">
                      <For each={clients.filter((one) => one.group === group)}>
                        {(one) => (
                          <button
                            type="button"
                            class="chip justify-start"
                            aria-pressed={one.id === chosen()?.id}
                            onClick={() => url.set({ client: one.id })}
                          >
                            {one.name}
                          </button>
                        )}
                      </For>
                    </div>
                  </div>
                )}
              </For>
            </nav>
            <div class="flex min-w-0 flex-col gap-5">
              <KeyCard keys={keys()} chosen={chosenKey()} onChoose={choose} />
              <Show when={chosen()}>
                {(one) => (
                  <section class="card flex min-w-0 flex-col gap-3.5 p-4.5">
                    <h2 class="font-semibold">{t("connect.settingsTitle", one().name)}</h2>
                    <ClientSettings client={one()} wanted={wanted(known().gatewayUrl)} />
                    <Show when={/\/\/(?:127\.|localhost|\[::1\])/.test(known().gatewayUrl)}>
                      <p class="text-xs text-faint">{t("connect.local")}</p>
                    </Show>
                  </section>
                )}
              </Show>
              <section class="card p-4.5" aria-label={t("arrival.title")}>
                <Show
                  when={chosenKey()?.id}
                  keyed
                  fallback={<p class="text-[0.8125rem] text-faint">{t("arrival.choose")}</p>}
                >
                  {(id) => <Arrival keyId={id} keyName={chosenKey()?.name ?? ""} />}
                </Show>
              </section>
            </div>
          </div>
        )}
      </Show>
    </Page>
  )
}
