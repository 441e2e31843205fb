import ChevronRight from "lucide-solid/icons/chevron-right"
import { createUniqueId, For, type JSX, Show } from "solid-js"
import { Field, type FieldControl } from "../../components/field.tsx"
import { ProblemNotice } from "../../components/problem-notice.tsx"
import type { Errors } from "../../graphql/create-mutation.ts"
import { dialectLabels, dialects } from "../../lib/dialects.ts"
import { type CountField, type Expiry, type KeyDraft } from "./key-draft.ts"
import { useWords } from "./words.ts"

const expiryDays = [30, 90, 365]

interface KeyFieldsProps {
  draft: KeyDraft
  errors: Errors
  onChange: (change: Partial<KeyDraft>) => void
  /** Limits are shown without being asked for. */
  unfolded: boolean
  /** When it expires now, as a person reads it; undefined: never. */
  expires?: string | undefined
}

/** Name and expiry, and folded away what a key can be limited to. */
export function KeyFields(props: KeyFieldsProps) {
  const t = useWords()
  const text = (name: "models" | "addresses" | "tags", placeholder: string) => (control: () => FieldControl) => (
    <input
      {...control()}
      class="input font-mono text-[0.8125rem]"
      placeholder={placeholder}
      spellcheck={false}
      value={props.draft[name]}
      onInput={(event) => props.onChange({ [name]: event.currentTarget.value })}
    />
  )
  return (
    <>
      <Field label={t("createKey.name")} hint={t("createKey.nameHint")} error={props.errors["name"]}>
        {(control) => (
          <input
            {...control()}
            class="input"
            maxLength={100}
            value={props.draft.name}
            onInput={(event) => props.onChange({ name: event.currentTarget.value })}
          />
        )}
      </Field>
      <ExpiryField {...props} />
      <details class="group rounded-medium ring-1 ring-line" open={props.unfolded}>
        <summary class="flex cursor-pointer list-none items-center gap-2 px-3 py-2.5 text-[0.8125rem] font-medium [&::-webkit-details-marker]:hidden">
          <ChevronRight class="size-3.5 text-faint transition-transform group-open:rotate-90" aria-hidden="true" />
          {t("keyLimits.title")}
          <span class="ml-auto text-xs font-normal text-faint">{t("keyLimits.titleHint")}</span>
        </summary>
        <div class="flex flex-col gap-4 border-t border-line px-3 py-4">
          <Field label={t("keyLimits.models")} hint={t("keyLimits.modelsHint")} error={props.errors["models"]}>
            {text("models", "claude-* gemini-3-flash")}
          </Field>
          <DialectBoxes {...props} />
          <div class="grid grid-cols-1 gap-x-3 gap-y-4 min-[26rem]:grid-cols-2">
            <CountInput name="requestsPerMinute" {...props} />
            <CountInput name="maxConcurrent" {...props} />
            <CountInput name="tokensPerMinute" {...props} />
            <CountInput name="tokensPerDay" {...props} />
            <CountInput name="tokensPerMonth" {...props} />
          </div>
          <Field label={t("keyLimits.addresses")} hint={t("keyLimits.addressesHint")} error={props.errors["addresses"]}>
            {text("addresses", "10.0.0.0/8 2001:db8::/32")}
          </Field>
          <label class="flex items-start gap-2.5">
            <input
              type="checkbox"
              class="checkbox mt-0.5"
              checked={props.draft.mayExplain}
              onChange={(event) => props.onChange({ mayExplain: event.currentTarget.checked })}
            />
            <span>
              {t("keyLimits.mayExplain")}
              <span class="block text-xs text-faint">{t("keyLimits.mayExplainHint")}</span>
            </span>
          </label>
          <Field label={t("keyLimits.tags")} hint={t("keyLimits.tagsHint")} error={props.errors["tags"]}>
            {text("tags", "team-a, ci")}
          </Field>
          <Field label={t("keyLimits.note")} error={props.errors["note"]}>
            {(control) => (
              <textarea
                {...control()}
                class="input"
                rows={2}
                maxLength={1000}
                value={props.draft.note}
                onInput={(event) => props.onChange({ note: event.currentTarget.value })}
              />
            )}
          </Field>
        </div>
      </details>
      <ProblemNotice problem={props.errors["form"]} />
    </>
  )
}

function ExpiryField(props: Pick<KeyFieldsProps, "draft" | "errors" | "onChange" | "expires">): JSX.Element {
  const t = useWords()
  const choose = (value: string): Expiry => (value === "never" || value === "kept" ? value : Number(value))
  return (
    <Field label={t("createKey.expiry")} error={props.errors["expiresAt"]}>
      {(control) => (
        <select
          {...control()}
          class="input"
          onChange={(event) => props.onChange({ expiry: choose(event.currentTarget.value) })}
        >
          <Show when={props.expires}>
            {(expires) => (
              <option value="kept" selected={props.draft.expiry === "kept"}>
                {expires()}
              </option>
            )}
          </Show>
          <option value="never" selected={props.draft.expiry === "never"}>
            {t("createKey.expiryNever")}
          </option>
          <For each={expiryDays}>
            {(count) => (
              <option value={count} selected={props.draft.expiry === count}>
                {t("createKey.expiryDays", count)}
              </option>
            )}
          </For>
        </select>
      )}
    </Field>
  )
}

function CountInput(props: KeyFieldsProps & { name: CountField }) {
  const t = useWords()
  return (
    <Field label={t(`keyLimits.${props.name}`)} error={props.errors[props.name]}>
      {(control) => (
        <input
          {...control()}
          class="input tabular-nums"
          inputMode="numeric"
          placeholder={t("keyLimits.unlimited")}
          value={props.draft.counts[props.name]}
          onInput={(event) =>
            props.onChange({ counts: { ...props.draft.counts, [props.name]: event.currentTarget.value } })
          }
        />
      )}
    </Field>
  )
}

function DialectBoxes(props: Pick<KeyFieldsProps, "draft" | "errors" | "onChange">) {
  const t = useWords()
  const id = createUniqueId()
  return (
    <fieldset class="flex flex-col gap-1.5" aria-describedby={id}>
      <legend class="mb-1.5 text-[0.8125rem] font-medium">{t("keyLimits.dialects")}</legend>
      <div class="grid grid-cols-2 gap-x-3 gap-y-2 min-[26rem]:grid-cols-3">
        <For each={dialects}>
          {(dialect) => (
            <label class="flex items-center gap-2 text-[0.8125rem]">
              <input
                type="checkbox"
                class="checkbox"
                checked={props.draft.dialects.includes(dialect)}
                onChange={(event) => {
                  const others = props.draft.dialects.filter((one) => one !== dialect)
                  props.onChange({ dialects: event.currentTarget.checked ? [...others, dialect] : others })
                }}
              />
              {dialectLabels[dialect]}
            </label>
          )}
        </For>
      </div>
      <p id={id} class="text-xs text-faint">
        {props.errors["dialects"] ?? t("keyLimits.dialectsHint")}
      </p>
    </fieldset>
  )
}
