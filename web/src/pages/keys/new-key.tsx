import { createSignal, For, onMount, Show } from "solid-js"
import { exampleModelsDocument } from "#generated/web/graphql.ts"
import { Button } from "../../components/button.tsx"
import { CodeBlock } from "../../components/code-block.tsx"
import { DialogActions, DialogBody } from "../../components/dialog.tsx"
import { SecretText } from "../../components/secret-text.tsx"
import { usePanel } from "../../panel.tsx"
import type { ApiKey } from "./create-keys.ts"
import { allowedDialects, allowedModels, dialectNames, exampleModel, firstRequest } from "./first-request.ts"
import { useWords } from "./words.ts"

interface NewKeyProps {
  /** What it may be used for. */
  apiKey: Pick<ApiKey, "models" | "dialects">
  secret: string
  gatewayUrl: string
  onDone: () => void
}

/** A secret to copy, and the command that proves it in each dialect that the key may speak. */
export function NewKey(props: NewKeyProps) {
  const t = useWords()
  const { client } = usePanel()
  const dialects = () => allowedDialects(props.apiKey.dialects)
  const [chosen, setChosen] = createSignal(dialects()[0])
  const [models, setModels] = createSignal<readonly string[]>([])
  const readModels = async () => {
    const result = await client.query(exampleModelsDocument, {}).toPromise()
    setModels(result.data?.accounts.edges.flatMap((edge) => edge.node.models) ?? [])
  }
  // No resource: the page behind the dialog would be taken away until it is there.
  onMount(() => void readModels())
  const command = () => {
    const dialect = chosen()
    if (dialect === undefined) return undefined
    const model = exampleModel(dialect, allowedModels(models(), props.apiKey.models))
    return firstRequest(dialect, props.gatewayUrl, props.secret, model)
  }

  return (
    <>
      <DialogBody>
        <SecretText text={props.secret} label={t("createKey.secret")} copyLabel={t("createKey.copySecret")} />
        <Show when={command()}>
          {(line) => (
            <section class="flex flex-col gap-2.5" aria-label={t("createKey.tryIt")}>
              <div class="flex flex-wrap items-end justify-between gap-x-4 gap-y-2">
                <div>
                  <h3 class="font-semibold">{t("createKey.tryIt")}</h3>
                  <p class="text-[0.8125rem] text-faint">{t("createKey.tryItHint")}</p>
                </div>
                <div class="flex gap-1" role="group" aria-label={t("createKey.dialect")}>
                  <For each={dialects()}>
                    {(one) => (
                      <button type="button" class="chip" aria-pressed={chosen() === one} onClick={() => setChosen(one)}>
                        {dialectNames[one]}
                      </button>
                    )}
                  </For>
                </div>
              </div>
              <CodeBlock text={line()} label={t("createKey.command")} copyLabel={t("createKey.copyCommand")} />
            </section>
          )}
        </Show>
      </DialogBody>
      <DialogActions>
        <Button look="primary" onClick={() => props.onDone()}>
          {t("action.done")}
        </Button>
      </DialogActions>
    </>
  )
}
