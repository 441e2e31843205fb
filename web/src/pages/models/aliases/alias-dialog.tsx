import { createSignal, Show } from "solid-js"
import { Combobox } from "../../../components/combobox.tsx"
import { Dialog, DialogBody } from "../../../components/dialog.tsx"
import { DialogForm } from "../../../components/dialog-form.tsx"
import { Field } from "../../../components/field.tsx"
import { ProblemNotice } from "../../../components/problem-notice.tsx"
import { SubmitActions } from "../../../components/submit-actions.tsx"
import type { Suggestion } from "../../../components/suggestions.ts"
import { showToast } from "../../../components/toast.tsx"
import type { WrittenAlias } from "./aliases.tsx"
import type { RoutingState } from "../create-routing.ts"
import { useWords } from "../words.ts"

interface AliasDialogProps {
  written: WrittenAlias | undefined
  routing: RoutingState
  models: readonly Suggestion[]
  onClose: () => void
}

const fields = ["name", "target", "note"] as const

/** Makes an alias or changes one, at once. */
export function AliasDialog(props: AliasDialogProps) {
  const t = useWords()
  return (
    <Dialog
      open={props.written !== undefined}
      onClose={() => props.onClose()}
      title={
        props.written?.alias === undefined ? t("aliases.addTitle") : t("aliases.editTitle", props.written.alias.name)
      }
      description={t("aliases.dialogHint")}
    >
      <Show when={props.written} keyed>
        {(written) => <AliasForm {...props} written={written} />}
      </Show>
    </Dialog>
  )
}

function AliasForm(props: AliasDialogProps & { written: WrittenAlias }) {
  const t = useWords()
  // eslint-disable-next-line solid/reactivity -- the form is made anew for another alias
  const { alias: before } = props.written
  const [draft, setDraft] = createSignal({
    name: before?.name ?? "",
    target: before?.target ?? "",
    note: before?.note ?? "",
  })
  const saving = props.routing.createReplacing(fields)
  const change = (part: Partial<ReturnType<typeof draft>>) => setDraft((now) => ({ ...now, ...part }))

  /** What somebody else made of it meanwhile. */
  const theirs = (name: string) => {
    const now = props.routing.routing()?.aliases.find((one) => one.name === (before?.name ?? name))
    if (now === undefined) return t("aliases.theirsGone")
    return before === undefined ? t("aliases.theirsTaken") : t("aliases.theirs", now.target)
  }
  const submit = async () => {
    const alias = { name: draft().name.trim(), target: draft().target.trim(), note: draft().note.trim() || null }
    if (alias.name === "" || alias.target === "") {
      saving.setErrors({
        ...(alias.name === "" ? { name: t("aliases.nameMissing") } : {}),
        ...(alias.target === "" ? { target: t("aliases.targetMissing") } : {}),
      })
      return
    }
    // Of a new one a double is told as such; once somebody else added it meanwhile it is meant to be replaced.
    const replaced = before?.name ?? (isTaken ? alias.name : undefined)
    const outcome = await saving.replace({
      make: ({ aliases }) =>
        aliases.some(({ name }) => name === replaced)
          ? { aliases: aliases.map((one) => (one.name === replaced ? alias : one)) }
          : { aliases: [...aliases, alias] },
      about: ({ aliases }) => JSON.stringify(aliases.filter(({ name }) => name === (before?.name ?? alias.name))),
    })
    if (outcome === "conflict") {
      isTaken = true
      saving.setErrors({ form: theirs(alias.name) })
    }
    if (outcome !== "done") return
    showToast({ text: t("aliases.saved", alias.name) })
    props.onClose()
  }
  let isTaken = false
  return (
    <DialogForm errors={saving.errors()} onSubmit={() => void submit()}>
      <DialogBody>
        <Field label={t("aliases.name")} hint={t("aliases.nameHint")} error={saving.errors()["name"]}>
          {(control) => (
            <input
              {...control()}
              class="input font-mono text-[0.8125rem]"
              autocomplete="off"
              spellcheck={false}
              value={draft().name}
              onInput={(event) => change({ name: event.currentTarget.value })}
            />
          )}
        </Field>
        <Field label={t("aliases.target")} hint={t("aliases.targetHint")} error={saving.errors()["target"]}>
          {(control) => (
            <Combobox
              {...control()}
              value={draft().target}
              suggestions={props.models}
              onInput={(target) => change({ target })}
            />
          )}
        </Field>
        <Field label={t("aliases.note")} hint={t("aliases.noteHint")} optional error={saving.errors()["note"]}>
          {(control) => (
            <input
              {...control()}
              class="input"
              maxLength={1000}
              value={draft().note}
              onInput={(event) => change({ note: event.currentTarget.value })}
            />
          )}
        </Field>
        <ProblemNotice problem={saving.error()} />
      </DialogBody>
      <SubmitActions
        onCancel={() => props.onClose()}
        busy={saving.busy()}
        submit={t("aliases.save")}
        submitting={t("aliases.saving")}
      />
    </DialogForm>
  )
}
