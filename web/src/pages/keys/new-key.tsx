import { createResource, createSignal, For } from "solid-js"
import { exampleModelsDocument } from "#generated/web/graphql.ts"
import { Button } from "../../components/button.tsx"
import { CopyButton } from "../../components/copy-button.tsx"
import { DialogActions, DialogBody } from "../../components/dialog.tsx"
import { useI18n } from "../../i18n/i18n.tsx"
import { usePanel } from "../../panel.tsx"
import { dialectNames, type ExampleDialect, exampleDialects, exampleModel, firstRequest } from "./first-request.ts"

interface NewKeyProps {
  secret: string
  gatewayUrl: string
  onDone: () => void
}

/** A secret to copy, and the command that proves it in each dialect. */
export function NewKey(props: NewKeyProps) {
  const { t } = useI18n()
  const { client } = usePanel()
  const [dialect, setDialect] = createSignal<ExampleDialect>("chat")
  const [models] = createResource(
    async () => {
      const result = await client.query(exampleModelsDocument, {}).toPromise()
      return result.data?.accounts.edges.flatMap((edge) => edge.node.models) ?? []
    },
    { initialValue: [] },
  )
  const command = () => firstRequest(dialect(), props.gatewayUrl, props.secret, exampleModel(dialect(), models()))

  return (
    <>
      <DialogBody>
        <div class="flex items-center gap-2 rounded-medium bg-sunken p-1.5 pl-3.5 ring-1 ring-line-strong">
          <code
            role="textbox"
            aria-readonly="true"
            aria-label={t("createKey.secret")}
            tabIndex={0}
            class="min-w-0 flex-1 font-mono text-[0.8125rem] select-all wrap-anywhere"
          >
            {props.secret}
          </code>
          <CopyButton text={props.secret} label={t("createKey.copySecret")} />
        </div>
        <section class="flex flex-col gap-2.5" aria-label={t("createKey.tryIt")}>
          <div class="flex flex-wrap items-end justify-between gap-x-4 gap-y-2">
            <div>
              <h3 class="font-semibold">{t("createKey.tryIt")}</h3>
              <p class="text-[0.8125rem] text-faint">{t("createKey.tryItHint")}</p>
            </div>
            <div class="flex gap-1" role="group" aria-label={t("createKey.dialect")}>
              <For each={exampleDialects}>
                {(one) => (
                  <button type="button" class="chip" aria-pressed={dialect() === one} onClick={() => setDialect(one)}>
                    {dialectNames[one]}
                  </button>
                )}
              </For>
            </div>
          </div>
          <pre
            class="max-h-56 overflow-auto rounded-medium bg-sunken p-3.5 font-mono text-xs leading-relaxed whitespace-pre-wrap ring-1 ring-line wrap-anywhere"
            tabIndex={0}
            role="group"
            aria-label={t("createKey.command")}
          >
            {command()}
          </pre>
          <div>
            <CopyButton text={command()} label={t("createKey.copyCommand")} />
          </div>
        </section>
      </DialogBody>
      <DialogActions>
        <Button look="primary" onClick={() => props.onDone()}>
          {t("action.done")}
        </Button>
      </DialogActions>
    </>
  )
}
