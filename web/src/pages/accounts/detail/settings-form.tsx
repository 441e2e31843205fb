import { createMemo, createSignal, Show } from "solid-js"
import { updateAccountDocument } from "#generated/web/graphql.ts"
import { Button } from "../../../components/button.tsx"
import { standAtFoot } from "../../../components/foot-bar.ts"
import { Field } from "../../../components/field.tsx"
import { createNumberWords, NumberField } from "../../../components/number-field.tsx"
import { ProblemNotice } from "../../../components/problem-notice.tsx"
import { showFirstWrong } from "../../../components/show-first-wrong.ts"
import { showToast } from "../../../components/toast.tsx"
import { createMutation, type Errors } from "../../../graphql/create-mutation.ts"
import { usePanel } from "../../../panel.tsx"
import type { AccountDetail } from "./create-account.ts"
import { ModelSwitches } from "./model-switches.tsx"
import { Part } from "./part.tsx"
import {
  type AccountSettings,
  bounds,
  draftOf,
  type NumberFieldName,
  numberFields,
  overwritten,
  readDraft,
  type SettingsDraft,
} from "./settings-draft.ts"
import { useWords } from "./words.ts"

interface SettingsFormProps {
  account: AccountDetail
  onChanged: () => Promise<void>
}

/** The account is a store that changes in place; a draft needs what it was. */
function settingsOf({ disabledModels, tags, ...account }: AccountDetail): AccountSettings {
  const { enabled, label, weight, priority, maxConcurrent, reserve, projectId } = account
  return {
    enabled,
    label,
    weight,
    priority,
    maxConcurrent,
    reserve,
    projectId,
    tags: [...tags],
    disabledModels: [...disabledModels],
  }
}

/** What an operator may say of an account; only what is changed is sent. Who may only look sees it and cannot change it. */
export function SettingsForm(props: SettingsFormProps) {
  const t = useWords()
  const { may } = usePanel()
  const numberWords = createNumberWords()
  // eslint-disable-next-line solid/reactivity -- what it was when somebody began to type
  const [base, setBase] = createSignal(settingsOf(props.account))
  const [edited, setEdited] = createSignal<SettingsDraft>()
  const [wrong, setWrong] = createSignal<Errors>({})
  const mutation = createMutation(updateAccountDocument, [
    ...numberFields,
    "label",
    "tags",
    "projectId",
    "disabledModels",
  ])
  const errors = createMemo((): Errors => ({ ...mutation.errors(), ...wrong() }))
  let form: HTMLFormElement | undefined
  showFirstWrong(() => form, errors)

  // Until somebody types it shows what is so, live.
  const now = () => settingsOf(props.account)
  const draft = () => edited() ?? draftOf(now())
  const change = (part: Partial<SettingsDraft>) => {
    if (edited() === undefined) setBase(now())
    setEdited({ ...draft(), ...part })
  }
  const changeNumber = (name: NumberFieldName, text: string) =>
    change({ numbers: { ...draft().numbers, [name]: text } })
  const isChanged = () => {
    const given = edited()
    if (given === undefined) return false
    const read = readDraft(given, base())
    return read.type === "wrong" || Object.keys(read.input).length > 0
  }
  const discard = () => {
    setEdited(undefined)
    setWrong({})
    mutation.setErrors({})
  }
  const changedMeanwhile = () => {
    const given = edited()
    return given === undefined ? [] : overwritten(given, base(), now())
  }
  const nameOf = (name: keyof AccountSettings) =>
    t(name === "disabledModels" ? "accountSettings.models" : `accountSettings.${name}`)

  const submit = async () => {
    const read = readDraft(draft(), base())
    if (read.type === "wrong") {
      const { label, ...numbers } = read.fields
      setWrong({
        ...(label === undefined ? {} : { label: t("accountSettings.labelMissing") }),
        ...Object.fromEntries(
          numberFields.flatMap((name) => {
            const problem = numbers[name]
            return problem === undefined ? [] : [[name, numberWords(problem, bounds[name])]]
          }),
        ),
      })
      return
    }
    setWrong({})
    const done = await mutation.run({ id: props.account.id, input: read.input })
    if (done === undefined) return
    await props.onChanged()
    discard()
    showToast({ text: t("accountSettings.saved") })
  }

  const number = (name: NumberFieldName, placeholder?: string) => (
    <NumberField
      label={t(`accountSettings.${name}`)}
      hint={t(`accountSettings.${name}Hint`)}
      value={draft().numbers[name]}
      onInput={(text) => changeNumber(name, text)}
      bounds={bounds[name]}
      unit={name === "reserve" ? "%" : undefined}
      error={errors()[name]}
      {...(placeholder === undefined ? {} : { placeholder })}
    />
  )

  return (
    <Part title={t("accountSettings.title")}>
      <form
        ref={(element) => (form = element)}
        autocomplete="off"
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
      >
        <fieldset class="flex flex-col gap-5 p-4.5" disabled={!may("OPERATE")}>
          <label class="flex items-start gap-2.5">
            <input
              type="checkbox"
              class="checkbox mt-0.5"
              checked={draft().enabled}
              onChange={(event) => change({ enabled: event.currentTarget.checked })}
            />
            <span>
              <span class="font-medium">{t("accountSettings.enabled")}</span>
              <span class="block text-xs text-faint">{t("accountSettings.enabledHint")}</span>
            </span>
          </label>
          <div class="grid gap-x-5 gap-y-5 sm:grid-cols-2 xl:grid-cols-3">
            <Field label={t("accountSettings.label")} error={errors()["label"]}>
              {(control) => (
                <input
                  {...control()}
                  class="input"
                  maxLength={100}
                  value={draft().label}
                  onInput={(event) => change({ label: event.currentTarget.value })}
                />
              )}
            </Field>
            <Field label={t("accountSettings.tags")} hint={t("accountSettings.tagsHint")} error={errors()["tags"]}>
              {(control) => (
                <input
                  {...control()}
                  class="input"
                  value={draft().tags}
                  onInput={(event) => change({ tags: event.currentTarget.value })}
                />
              )}
            </Field>
            <Field
              label={t("accountSettings.projectId")}
              hint={t("accountSettings.projectIdHint")}
              error={errors()["projectId"]}
            >
              {(control) => (
                <input
                  {...control()}
                  class="input font-mono text-[0.8125rem]"
                  spellcheck={false}
                  value={draft().projectId}
                  onInput={(event) => change({ projectId: event.currentTarget.value })}
                />
              )}
            </Field>
            {number("weight")}
            {number("priority")}
            {number("maxConcurrent", t("accountSettings.asForAll"))}
            {number("reserve", t("accountSettings.noReserve"))}
          </div>
          <ModelSwitches
            offered={props.account.models}
            disabled={draft().disabledModels}
            onChange={(disabledModels) => change({ disabledModels })}
            error={errors()["disabledModels"]}
          />
        </fieldset>
        <Show when={isChanged()}>
          <div
            ref={standAtFoot}
            class="sticky bottom-16 z-10 flex flex-col gap-3 rounded-b-large border-t border-line bg-surface px-4.5 py-3.5 lg:bottom-0"
          >
            <Show when={changedMeanwhile().length > 0}>
              <p role="status" class="notice tone-hand px-3 py-2 text-[0.8125rem]">
                {t("accountSettings.changedMeanwhile", changedMeanwhile().map(nameOf).join(", "))}
              </p>
            </Show>
            <ProblemNotice problem={errors()["form"]} />
            <div class="flex justify-end gap-2">
              <Button onClick={discard}>{t("accountSettings.discard")}</Button>
              <Button look="primary" type="submit" disabled={mutation.busy()}>
                {mutation.busy() ? t("accountSettings.saving") : t("accountSettings.save")}
              </Button>
            </div>
          </div>
        </Show>
      </form>
    </Part>
  )
}
