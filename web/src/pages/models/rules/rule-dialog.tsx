import { createEffect, createSignal, on, Show } from "solid-js"
import { Dialog, DialogBody } from "../../../components/dialog.tsx"
import { DialogForm } from "../../../components/dialog-form.tsx"
import { ProblemNotice } from "../../../components/problem-notice.tsx"
import { SubmitActions } from "../../../components/submit-actions.tsx"
import type { Suggestion } from "../../../components/suggestions.ts"
import type { Errors } from "../../../graphql/create-mutation.ts"
import { useI18n } from "../../../i18n/i18n.tsx"
import type { RoutingState } from "../create-routing.ts"
import type { DraftRule } from "./rule-changes.ts"
import { RuleFields, ruleFields } from "./rule-fields.tsx"
import { finished, missing } from "./rule-form-draft.ts"
import type { Written } from "./rules.tsx"
import { useWords } from "../words.ts"

interface RuleDialogProps {
  written: Written | undefined
  routing: RoutingState
  names: readonly Suggestion[]
  onClose: () => void
  onTake: (rule: DraftRule) => void
}

/** Writes a rule; before it joins the list the list is checked with it. */
export function RuleDialog(props: RuleDialogProps) {
  const t = useWords()
  return (
    <Dialog
      open={props.written !== undefined}
      onClose={() => props.onClose()}
      title={
        props.written?.place === undefined
          ? t("rule.addTitle")
          : t("rule.editTitle", props.written.rule.was ?? props.written.rule.name)
      }
      description={t("rule.hint")}
      wide
    >
      <Show when={props.written} keyed>
        {(written) => <RuleForm {...props} written={written} />}
      </Show>
    </Dialog>
  )
}

function RuleForm(props: RuleDialogProps & { written: Written }) {
  const t = useWords()
  const i18n = useI18n()
  // eslint-disable-next-line solid/reactivity -- the form is made anew for another rule
  const [rule, setRule] = createSignal<DraftRule>(props.written.rule)
  // eslint-disable-next-line solid/reactivity -- the same
  const [isRefusing, setRefusing] = createSignal(props.written.rule.action.refuse !== null)
  const [errors, setErrors] = createSignal<Errors>({})
  const [busy, setBusy] = createSignal(false)
  createEffect(on(isRefusing, () => setErrors({}), { defer: true }))

  const said = {
    name: () => t("rule.nameMissing"),
    refuse: () => t("rule.refusalMissing"),
    action: () => t("rule.actionMissing"),
  }
  const submit = async () => {
    if (busy()) return
    const done = finished(rule(), isRefusing())
    const lacks = missing(done, isRefusing())
    if (lacks.length > 0) {
      setErrors(Object.fromEntries(lacks.map((field) => [field, said[field]()])))
      return
    }
    setBusy(true)
    const all = props.routing.rules()
    const place = props.written.place ?? all.length
    const check = await props.routing.check([...all.slice(0, place), done, ...all.slice(place + 1)])
    setBusy(false)
    if (check === undefined) {
      setErrors({ form: t("rule.unreachable") })
      return
    }
    const own = check.problems.filter(({ path }) => path[0] === "rules" && path[1] === String(place))
    if (own.length === 0) props.onTake(done)
    else setErrors(Object.fromEntries(own.map((one) => [fieldOf(one.path), i18n.said(one.message)])))
  }
  const fieldOf = (path: readonly string[]) => ruleFields.find((field) => field === path.at(-1)) ?? "form"
  return (
    <DialogForm errors={errors()} onSubmit={() => void submit()}>
      <DialogBody>
        <RuleFields
          rule={rule()}
          isRefusing={isRefusing()}
          errors={errors()}
          routing={props.routing}
          names={props.names}
          onChange={setRule}
          onRefusing={setRefusing}
        />
        <ProblemNotice problem={errors()["form"]} />
      </DialogBody>
      <SubmitActions
        onCancel={() => props.onClose()}
        busy={busy()}
        submit={t("rule.submit")}
        submitting={t("rule.submitting")}
      />
    </DialogForm>
  )
}
