/** The API keys: what clients send to be let in. A secret is seen once, when its key is made. */
import Plus from "lucide-solid/icons/plus"
import { createMemo, createSignal, For, Match, Show, Switch } from "solid-js"
import { endCaptureDocument, removeApiKeyDocument, updateApiKeyDocument } from "#generated/web/graphql.ts"
import { LoadingRows } from "../../components/loading-rows.tsx"
import { Button } from "../../components/button.tsx"
import { MutationDialog } from "../../components/mutation-dialog.tsx"
import { Page } from "../../components/page.tsx"
import { Empty, ErrorView } from "../../components/states.tsx"
import { showToast } from "../../components/toast.tsx"
import { createMutation } from "../../graphql/create-mutation.ts"
import { problemOf } from "../../graphql/failure.ts"
import { createUrlState } from "../../lib/create-url-state.ts"
import { offerActions } from "../../lib/page-actions.ts"
import { usePanel } from "../../panel.tsx"
import { CaptureDialog } from "./capture-dialog.tsx"
import { CreateKeyDialog } from "./create-key-dialog.tsx"
import { createKeyUsage } from "./create-key-usage.ts"
import { type ApiKey, createKeys } from "./create-keys.ts"
import { EditKeyDialog } from "./edit-key-dialog.tsx"
import { KeyTable } from "./key-table.tsx"
import { RotateKeyDialog } from "./rotate-key-dialog.tsx"
import { ProblemNotice } from "../../components/problem-notice.tsx"
import { useWords } from "./words.ts"

export default function KeysPage() {
  const t = useWords()
  const { state, again, keys, gatewayUrl, add, change, remove } = createKeys()
  const [creating, setCreating] = createSignal(false)
  const [editing, setEditing] = createSignal<ApiKey>()
  const [rotating, setRotating] = createSignal<ApiKey>()
  const [removing, setRemoving] = createSignal<ApiKey>()
  const { may } = usePanel()
  const usage = createKeyUsage()
  const address = createUrlState<"tag" | "sort" | "capture">()
  /** The one to be captured stands in the address: a request's page leads here. */
  const capturing = () => (may("ADMIN") ? keys().find(({ id }) => id === address.get("capture")) : undefined)
  const tag = () => address.get("tag")
  const tags = createMemo(() => [...new Set(keys().flatMap((key) => key.tags))].toSorted())
  /** Those with the chosen tag, as long as there is one with it. */
  const shown = createMemo(() => {
    const chosen = tag()
    return chosen !== undefined && tags().includes(chosen) ? keys().filter((key) => key.tags.includes(chosen)) : keys()
  })
  const switching = createMutation(updateApiKeyDocument)
  const switchOver = async ({ id, enabled, name }: ApiKey) => {
    const done = await switching.run({ id, input: { enabled: !enabled } })
    if (done === undefined) return
    change(done.apiKey)
    showToast({
      text: enabled ? t("keys.isDisabled", name) : t("keys.isEnabled", name),
      action: { label: t("action.undo"), run: () => void switchOver(done.apiKey) },
    })
  }
  const ending = createMutation(endCaptureDocument)
  const endCapture = async ({ id, name }: ApiKey) => {
    const done = await ending.run({ id })
    if (done === undefined) return
    change(done.apiKey)
    showToast({ text: t("keys.isNotCaptured", name) })
  }
  offerActions(() => (may("OPERATE") ? [{ label: t("keys.create"), run: () => setCreating(true) }] : []))
  const isEmpty = () => state().type === "data" && keys().length === 0
  const failure = () => {
    const now = state()
    return now.type === "error" ? problemOf(now.error) : undefined
  }
  const createButton = () => (
    <Button look="primary" onClick={() => setCreating(true)}>
      <Plus />
      {t("keys.create")}
    </Button>
  )
  return (
    <Page summary={t("keys.summary")} action={<Show when={!isEmpty() && may("OPERATE")}>{createButton()}</Show>}>
      <Show when={failure()}>{(problem) => <ErrorView problem={problem()} onRetry={again} />}</Show>
      <Switch>
        <Match when={keys().length > 0}>
          <Show when={tags().length > 0}>
            <div class="-mx-1 flex flex-wrap gap-1 px-1" role="group" aria-label={t("keys.tags")}>
              <button
                type="button"
                class="chip"
                aria-pressed={shown() === keys()}
                onClick={() => address.set({ tag: undefined })}
              >
                {t("keys.all")}
              </button>
              <For each={tags()}>
                {(one) => (
                  <button
                    type="button"
                    class="chip"
                    aria-pressed={shown() !== keys() && tag() === one}
                    onClick={() => address.set({ tag: one })}
                  >
                    {one}
                  </button>
                )}
              </For>
            </div>
          </Show>
          <ProblemNotice problem={switching.error() ?? ending.error()} />
          <div class="card overflow-hidden">
            <KeyTable
              keys={shown()}
              usageOf={usage.of}
              sort={address.get("sort")}
              onSort={(sort) => address.set({ sort })}
              onEdit={setEditing}
              onRotate={setRotating}
              onSwitch={(key) => void switchOver(key)}
              onRemove={setRemoving}
              onCapture={(key) => address.set({ capture: key.id })}
              onEndCapture={(key) => void endCapture(key)}
            />
          </div>
        </Match>
        <Match when={state().type === "loading"}>
          <LoadingRows count={3}>
            {() => (
              <>
                <div class="skeleton h-3.5 w-32" />
                <div class="skeleton h-3.5 w-28" />
                <div class="skeleton ml-auto hidden h-3.5 w-24 sm:block" />
              </>
            )}
          </LoadingRows>
        </Match>
        <Match when={isEmpty()}>
          <div class="card overflow-hidden">
            <Empty title={t("keys.emptyTitle")} hint={t("keys.emptyHint")}>
              <Show when={may("OPERATE")}>{createButton()}</Show>
            </Empty>
          </div>
        </Match>
      </Switch>
      <CreateKeyDialog
        open={creating()}
        gatewayUrl={gatewayUrl()}
        onClose={() => {
          setCreating(false)
          again()
        }}
        onCreated={add}
      />
      <EditKeyDialog
        apiKey={editing()}
        onClose={() => setEditing(undefined)}
        onChanged={(key) => {
          change(key)
          showToast({ text: t("keys.isSaved", key.name) })
        }}
      />
      <CaptureDialog
        apiKey={capturing()}
        onClose={() => address.set({ capture: undefined })}
        onChanged={(key) => {
          change(key)
          showToast({ text: t("keys.isCaptured", key.name) })
        }}
      />
      <RotateKeyDialog
        apiKey={rotating()}
        gatewayUrl={gatewayUrl()}
        onClose={() => {
          setRotating(undefined)
          again()
        }}
        onRotated={change}
      />
      <RemoveKeyDialog apiKey={removing()} onClose={() => setRemoving(undefined)} onRemoved={remove} />
    </Page>
  )
}

interface RemoveKeyDialogProps {
  apiKey: ApiKey | undefined
  onClose: () => void
  onRemoved: (id: string) => void
}

function RemoveKeyDialog(props: RemoveKeyDialogProps) {
  const t = useWords()
  return (
    <MutationDialog
      about={props.apiKey}
      document={removeApiKeyDocument}
      variables={({ id }) => ({ id })}
      title={({ name }) => t("keys.removeTitle", name)}
      description={() => t("keys.removeHint")}
      submit={t("keys.removeSubmit")}
      submitting={t("keys.removing")}
      onDone={({ apiKeyId }, { name }) => {
        showToast({ text: t("keys.isRemoved", name) })
        props.onRemoved(apiKeyId)
      }}
      onClose={props.onClose}
    />
  )
}
