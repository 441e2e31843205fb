import { A } from "@solidjs/router"
import { createEffect, createSignal, For, on, Show } from "solid-js"
import { createStore } from "solid-js/store"
import { modelAccountsDocument, type ModelAccountsQuery, switchModelDocument } from "#generated/web/graphql.ts"
import { ProblemNotice } from "../../../components/problem-notice.tsx"
import { Switch } from "../../../components/switch.tsx"
import { createMutation } from "../../../graphql/create-mutation.ts"
import { sentenceOf } from "../../../graphql/failure.ts"
import { createFormat, useI18n } from "../../../i18n/i18n.tsx"
import { usePanel } from "../../../panel.tsx"
import { useWords } from "../words.ts"

type Account = ModelAccountsQuery["accounts"]["edges"][number]["node"]

/** More than one looks through here. */
const most = 25

/** Who offers a model, and the switch of each account for it. */
export function ModelAccounts(props: { model: string }) {
  const t = useWords()
  const i18n = useI18n()
  const format = createFormat()
  const { client, may } = usePanel()
  const [store, setStore] = createStore<{ accounts: Account[]; total: number }>({ accounts: [], total: 0 })
  const [problem, setProblem] = createSignal<string>()
  const switching = createMutation(switchModelDocument)
  const read = async (model: string) => {
    const result = await client.query(modelAccountsDocument, { first: most, filter: { models: [model] } }).toPromise()
    if (model !== props.model) return
    setProblem(result.data === undefined ? sentenceOf(result.error, i18n) : undefined)
    if (result.data === undefined) return
    setStore({
      accounts: result.data.accounts.edges.map(({ node }) => ({ ...node })),
      total: result.data.accounts.totalCount,
    })
  }
  createEffect(
    on(
      () => props.model,
      (model) => void read(model),
    ),
  )

  /** This model alone: another one may have been switched since this dialog was opened. */
  const switchOver = async ({ id }: Account, isServed: boolean) => {
    const input = isServed ? { enableModels: [props.model] } : { disableModels: [props.model] }
    const done = await switching.run({ id, input })
    if (done === undefined) return
    const { disabledModels } = done.account
    setStore("accounts", (account) => account.id === id, { disabledModels })
  }
  const left = () => store.total - store.accounts.length
  return (
    <section class="flex flex-col gap-1.5" aria-labelledby="model-accounts">
      <h3 id="model-accounts" class="text-xs text-faint">
        {t("model.accounts")}
      </h3>
      <ProblemNotice problem={problem() ?? switching.error()} />
      <Show when={store.accounts.length > 0}>
        <ul class="flex flex-col rounded-medium ring-1 ring-line">
          <For each={store.accounts}>
            {(account) => {
              const isServed = () => !account.disabledModels.includes(props.model)
              return (
                <li class="flex flex-wrap items-center gap-x-3 gap-y-1 border-line px-3 py-2 not-first:border-t">
                  <div class="flex min-w-0 flex-1 flex-col">
                    <A href={`/accounts/${account.id}`} class="self-start wrap-anywhere hover:underline">
                      {account.label}
                    </A>
                    <Show when={account.email !== account.label && account.email}>
                      {(email) => <span class="text-xs text-faint wrap-anywhere">{email()}</span>}
                    </Show>
                  </div>
                  <Show when={account.state !== "READY"}>
                    <span class="text-xs text-faint">{t(`accountState.${account.state}`)}</span>
                  </Show>
                  <Show
                    when={may("OPERATE")}
                    fallback={
                      <Show when={!isServed()}>
                        <span class="text-xs text-faint">{t("model.off")}</span>
                      </Show>
                    }
                  >
                    <Switch
                      checked={isServed()}
                      disabled={switching.busy()}
                      label={t("model.serves", account.label, props.model)}
                      isLabelHidden
                      onChange={(wanted) => void switchOver(account, wanted)}
                    />
                  </Show>
                </li>
              )
            }}
          </For>
        </ul>
      </Show>
      <Show when={left() > 0}>
        <p class="text-xs text-faint">{t("model.moreAccounts", format.number(left()))}</p>
      </Show>
    </section>
  )
}
