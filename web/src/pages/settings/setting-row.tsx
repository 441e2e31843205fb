import RotateCcw from "lucide-solid/icons/rotate-ccw"
import Undo from "lucide-solid/icons/undo-2"
import { createMemo, createUniqueId, Show } from "solid-js"
import { Badge, type Tone } from "../../components/badge.tsx"
import { Button } from "../../components/button.tsx"
import { createNumberWords } from "../../components/number-field.tsx"
import { Time } from "../../components/time.tsx"
import { useI18n } from "../../i18n/i18n.tsx"
import { formatLength } from "../../lib/format-length.ts"
import { usePanel } from "../../panel.tsx"
import type { SettingsModel } from "./create-settings.ts"
import { boundsOf, draftedValue, numberProblem, type Setting, unitOf, unsetValue } from "./drafts.ts"
import { Meaning } from "./meaning.tsx"
import { SettingField } from "./setting-field.tsx"
import { useShownValue } from "./use-word.ts"
import { useWords } from "./words.ts"

interface SettingRowProps {
  setting: Setting
  model: SettingsModel
  /** What the control plane said of it when it was to be saved. */
  refusal: string | undefined
}

/** One setting: what it does, what is in force and where it comes from, and the field that changes it. */
export function SettingRow(props: SettingRowProps) {
  const t = useWords()
  const { server } = useI18n()
  const { may } = usePanel()
  const numberWords = createNumberWords()
  const id = createUniqueId()
  const setting = () => props.setting
  const name = () => t(`settingName.${setting().name}`)
  const draft = () => props.model.drafts().get(setting().name)
  const text = () => draft()?.text ?? (draft() === undefined ? setting().value : unsetValue(setting())) ?? ""
  const error = createMemo(() => {
    const problem = numberProblem(setting(), draft())
    return problem === undefined ? props.refusal : numberWords(problem, boundsOf(setting().form))
  })
  return (
    <li
      class="setting-cells border-line not-first:border-t"
      classList={{ "bg-hover": draft() !== undefined }}
      data-setting={setting().name}
    >
      <div class="flex min-w-0 flex-col gap-1">
        <span class="flex flex-wrap items-center gap-x-2.5 gap-y-1">
          <label for={`${id}-field`} class="font-medium">
            {name()}
          </label>
          <Origin setting={setting()} isDrafted={draft() !== undefined} />
        </span>
        <code class="font-mono text-xs text-faint wrap-anywhere">{setting().name}</code>
        <p id={`${id}-meaning`} class="max-w-[72ch] text-[0.8125rem] text-soft wrap-anywhere">
          <Meaning text={server(`setting.${setting().name}`, setting().meaning)} />
        </p>
      </div>
      <div class="flex min-w-0 flex-col gap-1.5">
        <Show
          when={may("ADMIN")}
          fallback={
            <code class="font-mono text-[0.8125rem] wrap-anywhere">{setting().value ?? t("settings.none")}</code>
          }
        >
          <SettingField
            setting={setting()}
            text={text()}
            label={name()}
            control={{
              id: `${id}-field`,
              "aria-describedby": [error() !== undefined && `${id}-error`, `${id}-meaning`, `${id}-facts`]
                .filter(Boolean)
                .join(" "),
              "aria-invalid": error() === undefined ? undefined : "true",
            }}
            onInput={(typed) => props.model.draft(setting(), typed)}
          />
        </Show>
        <Show when={error()}>
          {(sentence) => (
            <p id={`${id}-error`} role="alert" class="tone-bad text-[0.8125rem] text-tone wrap-anywhere">
              {sentence()}
            </p>
          )}
        </Show>
        <span class="flex flex-wrap items-center gap-x-3 gap-y-1 text-xs text-faint">
          <Facts id={`${id}-facts`} setting={setting()} value={draftedValue(setting(), draft())} />
          <Show when={may("ADMIN")}>
            <BackButtons {...props} name={name()} />
          </Show>
        </span>
      </div>
    </li>
  )
}

/** To what was in force, or to what counts where nothing is set here. */
function BackButtons(props: SettingRowProps & { name: string }) {
  const t = useWords()
  const draft = () => props.model.drafts().get(props.setting.name)
  return (
    <Show
      when={draft()}
      fallback={
        <Show when={props.setting.origin === "SET"}>
          <Button
            look="plain"
            class="-my-1 ml-auto min-h-7 px-2"
            aria-label={t("settings.reset", props.name)}
            onClick={() => props.model.draft(props.setting, null)}
          >
            <RotateCcw />
            {t("settings.resetShort")}
          </Button>
        </Show>
      }
    >
      <Button
        look="plain"
        class="-my-1 ml-auto min-h-7 px-2"
        aria-label={t("settings.undo", props.name)}
        onClick={() => props.model.drop(props.setting.name)}
      >
        <Undo />
        {t("settings.undoShort")}
      </Button>
    </Show>
  )
}

function Origin(props: { setting: Setting; isDrafted: boolean }) {
  const t = useWords()
  const view = (): { tone: Tone; label: string; title?: string } => {
    if (props.isDrafted) return { tone: "hand", label: t("settings.changed") }
    if (props.setting.origin === "SET") return { tone: "cool", label: t("settings.set") }
    if (props.setting.origin === "DEFAULT") return { tone: "quiet", label: t("settings.fromDefault") }
    const title = t("settings.fromEnvironmentHint", props.setting.name)
    return { tone: "begin", label: t("settings.fromEnvironment"), title }
  }
  return <Badge {...view()} />
}

/** What counts otherwise, what is allowed, and how long a number of milliseconds is. */
function Facts(props: { id: string; setting: Setting; value: string | null }) {
  const t = useWords()
  const { locale } = useI18n()
  const shown = useShownValue()
  const words = (): string[] => {
    const { defaultValue, environmentValue, form, name, origin } = props.setting
    const isLong = unitOf(name) === "milliseconds" && Number(props.value) >= 1_000
    const { low, high } = boundsOf(form)
    const number = (value: number) => value.toLocaleString(locale())
    const shownDefault = shown(props.setting, defaultValue)
    const fromEnvironment = origin === "SET" && environmentValue !== null && shown(props.setting, environmentValue)
    return [
      ...(isLong ? [t("settings.isLong", formatLength(Number(props.value) / 1_000, locale()))] : []),
      ...(fromEnvironment ? [t("settings.environmentIs", fromEnvironment)] : []),
      ...(shownDefault === undefined ? [] : [t("settings.defaultIs", shownDefault)]),
      ...(form.kind === "INTEGER" ? [t("settings.range", number(low), number(high))] : []),
    ]
  }
  return (
    <span id={props.id} class="min-w-0 wrap-anywhere">
      {words().join(" · ")}
      <Show when={props.setting.changedAt}>
        {(at) => (
          <>
            {" · "}
            <Time at={at()} otherwise="" />
          </>
        )}
      </Show>
    </span>
  )
}
