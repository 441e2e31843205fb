import { createSignal, For, Show } from "solid-js"
import { createAlertRuleDocument, updateAlertRuleDocument } from "#generated/web/graphql.ts"
import type { QuotaBucket } from "#generated/web/graphql.ts"
import { Combobox } from "../../components/combobox.tsx"
import { Dialog, DialogBody } from "../../components/dialog.tsx"
import { DialogForm } from "../../components/dialog-form.tsx"
import { Field } from "../../components/field.tsx"
import { createNumberWords, NumberField } from "../../components/number-field.tsx"
import { ProblemNotice } from "../../components/problem-notice.tsx"
import { SubmitActions } from "../../components/submit-actions.tsx"
import { Switch } from "../../components/switch.tsx"
import { createMutation, type Errors } from "../../graphql/create-mutation.ts"
import { names, useNames } from "../../i18n/names.ts"
import type { AlertRule, Webhook } from "./create-alerts.ts"
import { alertKinds, kinds } from "./kinds.ts"
import { boundsOfField, draftOfKind, draftOfRule, type NumberField as NumberName, readRule } from "./rule-draft.ts"
import type { RuleDraft } from "./rule-draft.ts"
import { useWords } from "./words.ts"

const fields = ["name", "threshold", "forSeconds", "windowMinutes", "errorCode", "bucket", "webhookId"]
const buckets: readonly QuotaBucket[] = ["GEMINI", "THIRD_PARTY", "IMAGE"]

interface RuleDialogProps {
  rule: AlertRule | "new"
  webhooks: readonly Webhook[]
  onClose: () => void
  onSaved: () => void
}

/** A rule with the fields that its kind has, each with what it means. */
export function RuleDialog(props: RuleDialogProps) {
  const t = useWords()
  const named = useNames()
  const numberWords = createNumberWords()
  // eslint-disable-next-line solid/reactivity -- a form begins with what was there when it was opened
  const given = props.rule
  const [draft, setDraft] = createSignal<RuleDraft>(
    given === "new" ? draftOfKind("ACCOUNT_ATTENTION") : draftOfRule(given),
  )
  const creating = createMutation(createAlertRuleDocument, fields)
  const updating = createMutation(updateAlertRuleDocument, fields)
  const mutation = given === "new" ? creating : updating
  const set = (change: Partial<RuleDraft>) => setDraft((now) => ({ ...now, ...change }))
  const facts = () => kinds[draft().kind]
  const submit = async () => {
    const read = readRule(draft())
    if ("problems" in read) {
      const sentences = Object.entries(read.problems).map(([field, problem]) => {
        const bounds = boundsOfField(draft().kind, field as NumberName) // the record's own keys
        return [field, bounds === undefined ? "" : numberWords(problem, bounds)]
      })
      return mutation.setErrors(Object.fromEntries(sentences))
    }
    if (given !== "new" && draft().name.trim() === "") return mutation.setErrors({ name: t("rule.nameMissing") })
    const done =
      given === "new"
        ? await creating.run({ input: { ...read.input, kind: draft().kind } })
        : await updating.run({ id: given.id, input: read.input })
    if (done === undefined) return undefined
    props.onSaved()
    return props.onClose()
  }
  const thresholdUnit = () => {
    const unit = facts().threshold?.unit
    return unit === "share" ? "%" : unit === "seconds" ? t("rule.seconds") : undefined
  }
  const errorCodes = Object.keys(names.errorCode).map((code) => ({ value: code, hint: named("errorCode", code) }))
  return (
    <Dialog
      open
      onClose={props.onClose}
      title={given === "new" ? t("rule.createTitle") : t("rule.editTitle", given.name)}
      description={t(`about.${draft().kind}`)}
    >
      <DialogForm errors={mutation.errors()} onSubmit={() => void submit()}>
        <DialogBody>
          <Show when={given === "new"}>
            <Field label={t("rule.kind")}>
              {(control) => (
                <select
                  {...control()}
                  class="input"
                  onChange={(event) => {
                    const kind = alertKinds.find((one) => one === event.currentTarget.value)
                    if (kind !== undefined)
                      set({ ...draftOfKind(kind), name: draft().name, webhookId: draft().webhookId })
                  }}
                >
                  <For each={alertKinds}>
                    {(kind) => (
                      <option value={kind} selected={draft().kind === kind}>
                        {named("alertKind", kind)}
                      </option>
                    )}
                  </For>
                </select>
              )}
            </Field>
          </Show>
          <Field
            label={t("rule.name")}
            error={mutation.errors()["name"]}
            {...(given === "new" ? { hint: t("rule.nameHint"), optional: true } : {})}
          >
            {(control) => (
              <input
                {...control()}
                class="input"
                autocomplete="off"
                value={draft().name}
                onInput={(event) => set({ name: event.currentTarget.value })}
              />
            )}
          </Field>
          <div class="grid gap-4 sm:grid-cols-2">
            <Show when={facts().threshold}>
              <RuleNumber
                field="threshold"
                label={t("rule.threshold")}
                unit={thresholdUnit()}
                hint={t(`thresholdHint.${draft().kind}`)}
                draft={draft()}
                errors={mutation.errors()}
                onChange={set}
              />
            </Show>
            <Show when={facts().takesWindow}>
              <RuleNumber
                field="windowMinutes"
                label={t("rule.windowMinutes")}
                unit={t("rule.minutes")}
                draft={draft()}
                errors={mutation.errors()}
                onChange={set}
              />
            </Show>
            <Show when={facts().takesBucket}>
              <Field label={t("rule.bucket")} error={mutation.errors()["bucket"]}>
                {(control) => (
                  <select
                    {...control()}
                    class="input"
                    onChange={(event) =>
                      set({ bucket: buckets.find((one) => one === event.currentTarget.value) ?? "" })
                    }
                  >
                    <option value="" selected={draft().bucket === ""}>
                      {t("rule.eachBucket")}
                    </option>
                    <For each={buckets}>
                      {(bucket) => (
                        <option value={bucket} selected={draft().bucket === bucket}>
                          {named("bucket", bucket)}
                        </option>
                      )}
                    </For>
                  </select>
                )}
              </Field>
            </Show>
          </div>
          <Show when={facts().takesWindow}>
            <Field
              label={t("rule.errorCode")}
              hint={t("rule.errorCodeHint")}
              error={mutation.errors()["errorCode"]}
              optional
            >
              {(control) => (
                <Combobox
                  {...control()}
                  value={draft().errorCode}
                  suggestions={errorCodes}
                  onInput={(errorCode) => set({ errorCode })}
                />
              )}
            </Field>
          </Show>
          <RuleNumber
            field="forSeconds"
            label={t("rule.forSeconds")}
            unit={t("rule.seconds")}
            hint={t("rule.forSecondsHint")}
            draft={draft()}
            errors={mutation.errors()}
            onChange={set}
          />
          <Field label={t("rule.webhook")} error={mutation.errors()["webhookId"]}>
            {(control) => (
              <select {...control()} class="input" onChange={(event) => set({ webhookId: event.currentTarget.value })}>
                <option value="" selected={draft().webhookId === ""}>
                  {t("rule.nowhere")}
                </option>
                <For each={props.webhooks}>
                  {({ id, name }) => (
                    <option value={id} selected={draft().webhookId === id}>
                      {name}
                    </option>
                  )}
                </For>
              </select>
            )}
          </Field>
          <Switch checked={draft().enabled} label={t("rule.enabled")} onChange={(enabled) => set({ enabled })} />
          <ProblemNotice problem={mutation.error()} />
        </DialogBody>
        <SubmitActions
          onCancel={() => props.onClose()}
          busy={mutation.busy()}
          submit={t("rule.submit")}
          submitting={t("rule.submitting")}
        />
      </DialogForm>
    </Dialog>
  )
}

interface RuleNumberProps {
  field: NumberName
  label: string
  unit: string | undefined
  hint?: string
  draft: RuleDraft
  errors: Errors
  onChange: (change: Partial<RuleDraft>) => void
}

function RuleNumber(props: RuleNumberProps) {
  return (
    <NumberField
      label={props.label}
      unit={props.unit}
      value={props.draft[props.field]}
      bounds={boundsOfField(props.draft.kind, props.field)}
      error={props.errors[props.field]}
      {...(props.hint === undefined ? {} : { hint: props.hint })}
      onInput={(value) => props.onChange({ [props.field]: value })}
    />
  )
}
