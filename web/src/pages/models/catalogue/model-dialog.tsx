import { A } from "@solidjs/router"
import { For, Show } from "solid-js"
import { Fact } from "../../../components/fact.tsx"
import { Dialog, DialogActions, DialogBody } from "../../../components/dialog.tsx"
import { Time } from "../../../components/time.tsx"
import { createFormat } from "../../../i18n/i18n.tsx"
import { usePanel } from "../../../panel.tsx"
import type { createModels, Model } from "./create-models.ts"
import { ModelAccounts } from "./model-accounts.tsx"
import { Abilities, Quota } from "./model-parts.tsx"
import { useWords } from "../words.ts"

interface ModelDialogProps {
  model: Model | undefined
  quotaLeft: ReturnType<typeof createModels>["quotaLeft"]
  onClose: () => void
}

/** All that is known of one model, and where to go from it. */
export function ModelDialog(props: ModelDialogProps) {
  const t = useWords()
  const { may } = usePanel()
  return (
    <Dialog open={props.model !== undefined} onClose={() => props.onClose()} title={props.model?.id ?? ""} wide>
      <Show when={props.model}>
        {(model) => (
          <>
            <DialogBody>
              <ModelFacts model={model()} quotaLeft={props.quotaLeft} />
            </DialogBody>
            <DialogActions>
              <Show when={may("OPERATE") && model().goneAt === null}>
                <A
                  href={`/models?tab=rules&for=${encodeURIComponent(model().id)}`}
                  class="button button-secondary"
                  onClick={() => props.onClose()}
                >
                  {t("model.makeRule")}
                </A>
              </Show>
              <A
                href={`/models?tab=explain&model=${encodeURIComponent(model().id)}`}
                class="button button-primary"
                onClick={() => props.onClose()}
              >
                {t("model.explain")}
              </A>
            </DialogActions>
          </>
        )}
      </Show>
    </Dialog>
  )
}

function ModelFacts(props: { model: Model; quotaLeft: ModelDialogProps["quotaLeft"] }) {
  const t = useWords()
  const format = createFormat()
  const model = () => props.model
  return (
    <>
      <Show when={model().displayName !== null && model().displayName !== model().id}>
        <p class="text-soft">{model().displayName}</p>
      </Show>
      <dl class="grid grid-cols-2 gap-x-5 gap-y-3.5 tabular-nums sm:grid-cols-3">
        <Fact name={t("catalogue.context")}>{format.number(model().maxInputTokens)}</Fact>
        <Fact name={t("catalogue.output")}>{format.number(model().maxOutputTokens)}</Fact>
        <Fact name={t("model.thinking")}>
          {model().thinkingBudget === -1 ? t("model.thinkingAuto") : format.number(model().thinkingBudget)}
        </Fact>
        <Fact name={t("model.thinkingAtLeast")}>{format.number(model().minThinkingBudget)}</Fact>
        <Fact name={t("catalogue.can")}>
          <Abilities model={model()} />
        </Fact>
        <Fact name={t("model.usable")}>
          {t("catalogue.usable", format.number(model().usableBy), format.number(model().offeredBy))}
        </Fact>
        <Fact name={t("model.quota")}>
          <Quota model={model()} quotaLeft={props.quotaLeft} explained />
        </Fact>
        <Fact name={t("model.firstSeen")}>
          <Time at={model().firstSeenAt} otherwise="–" />
        </Fact>
        <Show when={model().goneAt}>
          {(at) => (
            <Fact name={t("model.gone")}>
              <Time at={at()} otherwise="–" />
            </Fact>
          )}
        </Show>
      </dl>
      <Show when={model().offeredBy > 0}>
        <ModelAccounts model={model().id} />
      </Show>
      <Names title={t("model.names")} names={model().aliases} otherwise={t("model.noNames")} />
      <Show when={model().retiredNames.length > 0}>
        <Names title={t("model.retired")} names={model().retiredNames} />
      </Show>
      <Names title={t("model.fallbacks")} names={model().fallbacks} otherwise={t("model.noFallbacks")} />
    </>
  )
}

function Names(props: { title: string; names: readonly string[]; otherwise?: string }) {
  return (
    <section class="flex flex-col gap-1.5">
      <h3 class="text-xs text-faint">{props.title}</h3>
      <Show when={props.names.length > 0} fallback={<p class="text-soft">{props.otherwise}</p>}>
        <ul class="flex flex-wrap gap-1.5">
          <For each={props.names}>
            {(name) => <li class="rounded-small bg-hover px-1.5 py-px font-mono text-xs wrap-anywhere">{name}</li>}
          </For>
        </ul>
      </Show>
    </section>
  )
}
