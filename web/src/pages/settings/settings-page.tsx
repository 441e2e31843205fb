/** The settings: what is in force, where it comes from and what it does; changes are collected, shown, and saved together. */
import Search from "lucide-solid/icons/search"
import { createMemo, createSignal, For, Match, Show, Switch } from "solid-js"
import type { SettingName } from "#generated/web/graphql.ts"
import { LoadingRows } from "../../components/loading-rows.tsx"
import { Button } from "../../components/button.tsx"
import { CopyButton } from "../../components/copy-button.tsx"
import { Page } from "../../components/page.tsx"
import { Empty, ErrorView } from "../../components/states.tsx"
import { problemOf } from "../../graphql/failure.ts"
import { useI18n } from "../../i18n/i18n.tsx"
import { createUrlState } from "../../lib/create-url-state.ts"
import { usePanel } from "../../panel.tsx"
import { createSettings } from "./create-settings.ts"
import type { Setting } from "./drafts.ts"
import { OAuthClientCard } from "./oauth-client-card.tsx"
import { SaveBar } from "./save-bar.tsx"
import { SettingRow } from "./setting-row.tsx"
import { useWords } from "./words.ts"

export default function SettingsPage() {
  const t = useWords()
  const { server } = useI18n()
  const { may } = usePanel()
  const model = createSettings()
  const address = createUrlState<"search">()
  const words = () => address.get("search") ?? ""
  const [refusals, setRefusals] = createSignal<Readonly<Partial<Record<SettingName, string>>>>({})
  const textOf = ({ name, meaning, group }: Setting) =>
    [name, t(`settingName.${name}`), server(`setting.${name}`, meaning), meaning, group].join(" ").toLowerCase()
  const wanted = (text: string) =>
    words()
      .toLowerCase()
      .split(/\s+/)
      .every((word) => text.includes(word))
  /** The groups in the order of the reference, each with what is searched for. */
  const groups = createMemo(() => {
    const names = [...new Set(model.entries().map(({ group }) => group))]
    return names
      .map((name) => ({
        name,
        settings: model.entries().filter((setting) => setting.group === name && wanted(textOf(setting))),
      }))
      .filter(({ settings }) => settings.length > 0)
  })
  const shownAddress = () => wanted(`${t("gateway.title")} ${t("gateway.hint")}`.toLowerCase())
  const shownClient = () =>
    model.oauthClient() !== undefined && wanted(`${t("oauthClient.title")} google_oauth_client oauth`.toLowerCase())
  const failure = () => {
    const now = model.state()
    return now.type === "error" ? problemOf(now.error) : undefined
  }
  return (
    <Page
      summary={may("ADMIN") ? t("settings.summary") : `${t("settings.summary")} ${t("settings.readOnly")}`}
      action={
        <label class="relative w-full sm:w-72">
          <span class="sr-only">{t("settings.search")}</span>
          <Search class="pointer-events-none absolute top-1/2 left-2.5 size-3.5 -translate-y-1/2 text-faint" />
          <input
            type="search"
            class="input min-h-8 py-1 pl-8"
            placeholder={t("settings.search")}
            value={words()}
            onInput={(event) => address.set({ search: event.currentTarget.value || undefined })}
          />
        </label>
      }
    >
      <Show when={failure()}>{(problem) => <ErrorView problem={problem()} onRetry={model.again} />}</Show>
      <Switch>
        <Match when={model.entries().length > 0}>
          <Show
            when={groups().length > 0 || shownAddress() || shownClient()}
            fallback={
              <div class="card overflow-hidden">
                <Empty title={t("settings.nothingFound")} hint={t("settings.nothingFoundHint")}>
                  <Button onClick={() => address.set({ search: undefined })}>{t("settings.showAll")}</Button>
                </Empty>
              </div>
            }
          >
            <Show when={shownAddress() || shownClient()}>
              <div class="card divide-y divide-line overflow-hidden">
                <Show when={shownAddress()}>
                  <GatewayAddress url={model.gatewayUrl()} />
                </Show>
                <Show when={shownClient() && model.oauthClient()}>
                  {(client) => <OAuthClientCard client={client()} onChanged={model.setOAuthClient} />}
                </Show>
              </div>
            </Show>
            <For each={groups()}>
              {(group) => (
                <section class="flex flex-col gap-3" aria-label={server(`settingGroup.${group.name}`, group.name)}>
                  <h2 class="text-[0.9375rem] font-semibold">{server(`settingGroup.${group.name}`, group.name)}</h2>
                  <ul class="card overflow-hidden">
                    <For each={group.settings}>
                      {(setting) => <SettingRow setting={setting} model={model} refusal={refusals()[setting.name]} />}
                    </For>
                  </ul>
                </section>
              )}
            </For>
          </Show>
          <SaveBar model={model} onRefused={(name, sentence) => setRefusals({ [name]: sentence })} />
        </Match>
        <Match when={model.state().type === "loading"}>
          <LoadingRows count={4}>
            {() => (
              <>
                <div class="skeleton h-3.5 w-44" />
                <div class="skeleton ml-auto h-8 w-40" />
              </>
            )}
          </LoadingRows>
        </Match>
      </Switch>
    </Page>
  )
}

function GatewayAddress(props: { url: string }) {
  const t = useWords()
  return (
    <div class="setting-cells">
      <div class="flex min-w-0 flex-col gap-1">
        <h3 class="font-medium">{t("gateway.title")}</h3>
        <p class="max-w-[72ch] text-[0.8125rem] text-soft">{t("gateway.hint")}</p>
      </div>
      <div class="flex min-w-0 items-start gap-2">
        <code class="min-w-0 flex-1 py-1.5 font-mono text-[0.8125rem] wrap-anywhere">{props.url}</code>
        <CopyButton text={props.url} label={t("gateway.copy")} />
      </div>
    </div>
  )
}
