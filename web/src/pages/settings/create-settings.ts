import { createMemo, createSignal, onCleanup, onMount } from "solid-js"
import { createStore, reconcile } from "solid-js/store"
import { type ClientStateFragment, settingsDocument, type SettingName } from "#generated/web/graphql.ts"
import type { SettingsStateFragment } from "#generated/web/graphql.ts"
import { createLoaded } from "../../graphql/live.ts"
import { usePanel } from "../../panel.tsx"
import { conflictsOf, type Drafts, type Setting, stillWanted, withDraft } from "./drafts.ts"

/** The settings and what is drafted over them; read anew when somebody comes back, so that what others changed is seen before saving. */
export function createSettings() {
  const { client } = usePanel()
  const [store, setStore] = createStore<{ entries: Setting[] }>({ entries: [] })
  const [revision, setRevision] = createSignal("")
  const [gatewayUrl, setGatewayUrl] = createSignal("")
  const [oauthClient, setOAuthClient] = createSignal<ClientStateFragment>()
  const [drafts, setDrafts] = createSignal<Drafts>(new Map())

  const take = (settings: SettingsStateFragment) => {
    setStore("entries", reconcile([...settings.entries], { key: "name" }))
    setRevision(settings.revision)
    setDrafts((now) => stillWanted(settings.entries, now))
  }
  const { state, again } = createLoaded(async () => {
    const result = await client.query(settingsDocument, {}).toPromise()
    if (result.data === undefined) throw result.error
    setGatewayUrl(result.data.gatewayUrl)
    setOAuthClient(result.data.oauthClient)
    take(result.data.settings)
  })
  onMount(() => window.addEventListener("focus", again))
  onCleanup(() => window.removeEventListener("focus", again))

  const draft = (setting: Setting, text: string | null) => setDrafts((now) => withDraft(now, setting, text))
  /** One's own value goes on over what somebody else set meanwhile. */
  const keep = ({ name, value }: Setting) =>
    setDrafts((now) => {
      const own = now.get(name)
      return own === undefined ? now : new Map(now).set(name, { ...own, base: value })
    })
  const drop = (name: SettingName) => setDrafts((now) => new Map([...now].filter(([other]) => other !== name)))
  const conflicts = createMemo(() => conflictsOf(store.entries, drafts()))
  return {
    state,
    again,
    entries: () => store.entries,
    revision,
    gatewayUrl,
    oauthClient,
    setOAuthClient,
    drafts,
    draft,
    keep,
    drop,
    discard: () => setDrafts(new Map()),
    conflicts,
    take,
  }
}

export type SettingsModel = ReturnType<typeof createSettings>
