import type { AlertKind } from "#generated/web/graphql.ts"
import { createFormat, useI18n } from "../../i18n/i18n.tsx"
import { useNames } from "../../i18n/names.ts"
import { formatLength } from "../../lib/format-length.ts"
import type { AlertRule } from "./create-alerts.ts"
import { labelCodes } from "./evidence-place.ts"
import { kinds } from "./kinds.ts"
import { useWords } from "./words.ts"

/** What the control plane says of alerts, in the reader's language. */
export function useAlertWords() {
  const t = useWords()
  const { said, locale } = useI18n()
  const named = useNames()
  const format = createFormat()
  const length = (seconds: number) => formatLength(seconds, locale())
  const threshold = ({ kind, threshold: value }: Pick<AlertRule, "kind" | "threshold">): string => {
    const unit = kinds[kind].threshold?.unit
    if (value === null || unit === undefined) return ""
    if (unit === "share") return format.share(value)
    return unit === "seconds" ? length(value) : format.number(value)
  }
  return {
    /** The built-in names in both languages; one that somebody gave stays as it is. */
    name: said,
    wayOut: said,
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
        ...(rule.windowMinutes === null ? [] : [t("rule.within", length(rule.windowMinutes * 60))]),
        rule.forSeconds === 0 ? t("rule.atOnce") : t("rule.after", length(rule.forSeconds)),
      ].join(" · "),
  }
}
