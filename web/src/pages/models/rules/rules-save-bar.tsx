import { createSignal, Show } from "solid-js"
import { Button } from "../../../components/button.tsx"
import { standAtFoot } from "../../../components/foot-bar.ts"
import { Dialog, DialogBody } from "../../../components/dialog.tsx"
import { ProblemNotice } from "../../../components/problem-notice.tsx"
import { SubmitActions } from "../../../components/submit-actions.tsx"
import { showToast } from "../../../components/toast.tsx"
import type { RoutingState } from "../create-routing.ts"
import { inputOf, type RuleChange } from "./rule-changes.ts"
import { RuleDiff } from "./rule-diff.tsx"
import { useWords } from "../words.ts"

interface RulesSaveBarProps {
  routing: RoutingState
  changes: readonly RuleChange[]
}

/** How many changes wait, and the way to save them: what becomes what is shown first. */
export function RulesSaveBar(props: RulesSaveBarProps) {
  const t = useWords()
  const [isReviewing, setReviewing] = createSignal(false)
  const isWrong = () => props.routing.problems().length > 0
  return (
    <>
      <Show when={props.routing.isDrafted()}>
        <div
          role="region"
          aria-label={t("rules.unsaved", props.changes.length)}
          ref={standAtFoot}
          class="sticky bottom-20 z-10 flex flex-wrap items-center gap-3 rounded-large bg-raised px-4 py-3 shadow-float lg:bottom-5"
        >
          <span class="min-w-0 flex-1 basis-40">
            <span class="font-medium">{t("rules.unsaved", props.changes.length)}</span>
            <Show when={isWrong()}>
              <span class="tone-bad ml-2 text-[0.8125rem] text-tone">{t("rules.wrong")}</span>
            </Show>
          </span>
          <Button onClick={() => props.routing.discard()}>{t("rules.discard")}</Button>
          <Button look="primary" disabled={isWrong() || props.routing.isConflict()} onClick={() => setReviewing(true)}>
            {t("rules.review")}
          </Button>
        </div>
      </Show>
      <SaveDialog {...props} open={isReviewing() && props.routing.isDrafted()} onClose={() => setReviewing(false)} />
    </>
  )
}

function SaveDialog(props: RulesSaveBarProps & { open: boolean; onClose: () => void }) {
  const t = useWords()
  // eslint-disable-next-line solid/reactivity -- the page has one for as long as it is there
  const saving = props.routing.createReplacing()
  const close = () => {
    saving.setErrors({})
    props.onClose()
  }
  const save = async () => {
    const rules = props.routing.rules().map(inputOf)
    const outcome = await saving.replace({
      make: () => ({ rules }),
      about: (routing) => JSON.stringify(routing.rules),
    })
    if (outcome === "failed") return
    close()
    // Where somebody else was there first the page says so, above the rules.
    if (outcome === "done") showToast({ text: t("rules.saved") })
  }
  return (
    <Dialog open={props.open} onClose={close} title={t("rules.saveTitle")} description={t("rules.saveHint")} wide>
      <DialogBody>
        <RuleDiff changes={props.changes} keys={props.routing.keys} />
        <ProblemNotice problem={saving.error()} />
      </DialogBody>
      <SubmitActions
        onCancel={close}
        busy={saving.busy()}
        submit={t("rules.save")}
        submitting={t("rules.saving")}
        onSubmit={() => void save()}
      />
    </Dialog>
  )
}
