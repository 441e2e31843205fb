import type { AlertKind } from "#generated/web/graphql.ts"
import { createFormat, useI18n } from "../../i18n/i18n.tsx"
import { useNames } from "../../i18n/names.ts"
import type { AlertRule } from "./create-alerts.ts"
import { labelCodes } from "./evidence-place.ts"
import { kinds } from "./kinds.ts"
import { useWords } from "./words.ts"

/** What the control plane says of alerts, in the reader's language. */
export function useAlertWords() {
  const t = useWords()
  const { server } = useI18n()
  const named = useNames()
  const format = createFormat()
  const threshold = ({ kind, threshold: value }: Pick<AlertRule, "kind" | "threshold">): string => {
    const unit = kinds[kind].threshold?.unit
    if (value === null || unit === undefined) return ""
    if (unit === "share") return format.share(value)
    return unit === "seconds" ? format.duration(value * 1_000) : format.number(value)
  }
  return {
    /** The built-in names in both languages; one that somebody gave stays as it is. */
    name: (name: string) => server(`alertName.${name}`, name),
    wayOut: (kind: AlertKind, wayOut: string) => server(`alertWayOut.${kind}`, wayOut),
    label: (kind: AlertKind, label: string) =>
      labelCodes(kind, label)
        ?.map(([list, code]) => named(list, code))
        .join(", ") ?? label,
    /** When a rule raises, in one line. */
    condition: (rule: AlertRule): string =>
      [
        t(`met.${rule.kind}`, threshold(rule)),
        ...(rule.bucket === null ? [] : [named("bucket", rule.bucket)]),
        ...(rule.errorCode === null ? [] : [named("errorCode", rule.errorCode)]),
        ...(rule.windowMinutes === null
          ? []
          : [`${t("rule.windowMinutes")} ${format.duration(rule.windowMinutes * 60_000)}`]),
        rule.forSeconds === 0 ? t("rule.atOnce") : t("rule.after", format.duration(rule.forSeconds * 1_000)),
      ].join(" · "),
  }
}
