import { createSignal, For, Show } from "solid-js"
import { updateSettingsDocument } from "#generated/web/graphql.ts"
import { Button } from "../../components/button.tsx"
import { Dialog, DialogBody } from "../../components/dialog.tsx"
import { DiffView } from "../../components/diff-view.tsx"
import { standAtFoot } from "../../components/foot-bar.ts"
import { LeaveGuard } from "../../components/leave-guard.tsx"
import { ProblemNotice } from "../../components/problem-notice.tsx"
import { SubmitActions } from "../../components/submit-actions.tsx"
import { showToast } from "../../components/toast.tsx"
import { createMutation } from "../../graphql/create-mutation.ts"
import { useI18n } from "../../i18n/i18n.tsx"
import type { SettingsModel } from "./create-settings.ts"
import { changesOf, draftedValue, numberProblem, type Setting, updateOf } from "./drafts.ts"
import { useWords } from "./words.ts"

interface SaveBarProps {
  model: SettingsModel
  /** Tells the one that a save was refused for, with the sentence. */
  onRefused: (name: string, sentence: string) => void
}

/** How many changes wait, and the way to save them: what becomes what is shown first. */
export function SaveBar(props: SaveBarProps) {
  const t = useWords()
  const [isReviewing, setReviewing] = createSignal(false)
  const count = () => props.model.drafts().size
  const isWrong = () =>
    props.model
      .entries()
      .some((setting) => numberProblem(setting, props.model.drafts().get(setting.name)) !== undefined)
  return (
    <Show when={count() > 0}>
      <div
        role="region"
        aria-label={t("save.unsaved", count())}
        ref={standAtFoot}
        class="sticky bottom-20 z-10 flex flex-wrap items-center gap-3 rounded-large bg-raised px-4 py-3 shadow-float lg:bottom-5"
      >
        <span class="min-w-0 flex-1 basis-40">
          <span class="font-medium">{t("save.unsaved", count())}</span>
          <Show when={isWrong()}>
            <span class="tone-bad ml-2 text-[0.8125rem] text-tone">{t("save.wrong")}</span>
          </Show>
        </span>
        <Button onClick={() => props.model.discard()}>{t("save.discard")}</Button>
        <Button look="primary" disabled={isWrong()} onClick={() => setReviewing(true)}>
          {t("save.review")}
        </Button>
      </div>
      <SaveDialog {...props} open={isReviewing()} onClose={() => setReviewing(false)} />
      <LeaveGuard />
    </Show>
  )
}

function SaveDialog(props: SaveBarProps & { open: boolean; onClose: () => void }) {
  const t = useWords()
  const { said } = useI18n()
  const mutation = createMutation(updateSettingsDocument)
  const count = () => props.model.drafts().size
  const changes = () =>
    changesOf(props.model.entries(), props.model.drafts()).map((change) => ({
      ...change,
      label: t(`settingName.${change.field as Setting["name"]}`), // the changes of settings
    }))
  const close = () => {
    mutation.setErrors({})
    props.onClose()
  }
  const save = async () => {
    const saved = count()
    const update = updateOf(props.model.entries(), props.model.drafts())
    const done = await mutation.run({ input: { ...update, revision: props.model.revision() } })
    if (done !== undefined) {
      close()
      showToast({ text: t("save.saved", saved) })
      // Everything that was drafted is in force, or was set meanwhile.
      props.model.take(done.settings)
      return
    }
    const failure = mutation.failure()
    if (failure?.code === "changed_meanwhile") return props.model.again()
    const [, list, index] = failure?.path ?? []
    const refused = list === "set" ? update.set[Number(index)] : undefined
    if (failure === undefined || refused === undefined) return undefined
    const why = said(failure.message)
    props.onRefused(refused.name, why)
    mutation.setErrors({ form: `${t("save.someRefused", t(`settingName.${refused.name}`))} ${why}` })
    return undefined
  }
  return (
    <Dialog open={props.open} onClose={close} title={t("save.title", count())} description={t("save.hint")} wide>
      <DialogBody>
        <Show when={props.model.conflicts().length > 0} fallback={<DiffView changes={changes()} />}>
          <Conflicts model={props.model} />
        </Show>
        <ProblemNotice problem={props.model.conflicts().length > 0 ? undefined : problem()} />
      </DialogBody>
      <SubmitActions
        onCancel={close}
        busy={mutation.busy()}
        disabled={props.model.conflicts().length > 0}
        submit={t("save.submit")}
        submitting={t("save.submitting")}
        onSubmit={() => void save()}
      />
    </Dialog>
  )

  /** Once the other's change is read there is nothing more to say of it: it is shown, or touches nothing here. */
  function problem(): string | undefined {
    return mutation.failure()?.code === "changed_meanwhile" ? t("save.conflictChosen") : mutation.error()
  }
}

function Conflicts(props: { model: SettingsModel }) {
  const t = useWords()
  const shown = (value: string | null) => value ?? t("settings.none")
  return (
    <section class="notice tone-hand flex flex-col gap-3 px-4 py-3" aria-labelledby="conflicts">
      <div>
        <h3 id="conflicts" class="font-semibold">
          {t("save.conflictTitle")}
        </h3>
        <p class="text-[0.8125rem]">{t("save.conflictHint")}</p>
      </div>
      <ul class="flex flex-col gap-3 text-ink">
        <For each={props.model.conflicts()}>
          {(setting) => (
            <li class="flex flex-col gap-2 rounded-medium bg-surface px-3 py-2.5 ring-1 ring-line">
              <span class="font-medium">{t(`settingName.${setting.name}`)}</span>
              <span class="text-[0.8125rem] text-soft wrap-anywhere">
                {t(
                  "save.conflict",
                  shown(setting.value),
                  shown(draftedValue(setting, props.model.drafts().get(setting.name))),
                )}
              </span>
              <span class="flex flex-wrap gap-2">
                <Button onClick={() => props.model.keep(setting)}>{t("save.keepMine")}</Button>
                <Button onClick={() => props.model.drop(setting.name)}>{t("save.takeTheirs")}</Button>
              </span>
            </li>
          )}
        </For>
      </ul>
    </section>
  )
}
