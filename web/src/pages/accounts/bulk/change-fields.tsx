import { createNumberWords, NumberField } from "../../../components/number-field.tsx"
import { Field } from "../../../components/field.tsx"
import type { NumberProblem } from "../../../lib/read-number.ts"
import { useWords } from "../words.ts"
import { type ChangeDraft, numberBounds, type NumberName } from "./change-draft.ts"

interface ChangeFieldsProps {
  draft: ChangeDraft
  problems: Partial<Record<NumberName, NumberProblem>>
  onDraft: (draft: ChangeDraft) => void
}

/** What many accounts can be given at once; what stays empty stays as it is. */
export function ChangeFields(props: ChangeFieldsProps) {
  return (
    <>
      <div class="grid gap-4 sm:grid-cols-2">
        <TagField {...props} name="addTags" />
        <TagField {...props} name="removeTags" />
      </div>
      <div class="grid gap-4 sm:grid-cols-2">
        <AmountField {...props} name="priority" />
        <AmountField {...props} name="weight" />
        <AmountField {...props} name="maxConcurrent" />
        <AmountField {...props} name="reserve" unit="%" />
      </div>
    </>
  )
}

function TagField(props: ChangeFieldsProps & { name: "addTags" | "removeTags" }) {
  const t = useWords()
  return (
    <Field label={t(`bulk.field.${props.name}`)} hint={t("bulk.field.tagsHint")}>
      {(control) => (
        <input
          {...control()}
          class="input"
          autocomplete="off"
          value={props.draft[props.name]}
          onInput={(event) => props.onDraft({ ...props.draft, [props.name]: event.currentTarget.value })}
        />
      )}
    </Field>
  )
}

function AmountField(props: ChangeFieldsProps & { name: NumberName; unit?: string }) {
  const t = useWords()
  const numberWords = createNumberWords()
  const error = () => {
    const problem = props.problems[props.name]
    return problem === undefined ? undefined : numberWords(problem, numberBounds[props.name])
  }
  return (
    <NumberField
      label={t(`bulk.field.${props.name}`)}
      hint={t(`bulk.field.${props.name}Hint`)}
      placeholder={t("bulk.field.asItIs")}
      unit={props.unit}
      bounds={numberBounds[props.name]}
      error={error()}
      value={props.draft[props.name]}
      onInput={(value) => props.onDraft({ ...props.draft, [props.name]: value })}
    />
  )
}
