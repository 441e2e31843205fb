import { useI18n } from "../../i18n/i18n.tsx"
import { useNames } from "../../i18n/names.ts"
import type { Setting } from "./drafts.ts"
import { readMap } from "./map-text.ts"
import { useWords } from "./words.ts"

/** A word of a choice or of a map as people call it; what has no name is shown as it is. */
export function useWord() {
  const name = useNames()
  const t = useWords()
  return (text: string): string => {
    if (text === "drop" || text === "keep") return t(`settings.${text}`)
    const code = text.toUpperCase().replaceAll("-", "_")
    for (const kind of ["strategy", "bucket"] as const) {
      const found = name(kind, code)
      if (found !== code) return found
    }
    return text
  }
}

/** What a switch takes for on. */
export const isOn = (text: string): boolean => ["on", "true", "1", "yes"].includes(text.toLowerCase())

/** A value in a few words: of a map with many entries there is none. */
export function useShownValue() {
  const t = useWords()
  const { locale } = useI18n()
  const word = useWord()
  return ({ form }: Setting, value: string | null): string | undefined => {
    if (value === null) return t("settings.none")
    if (form.kind === "SWITCH") return t(isOn(value) ? "settings.on" : "settings.off")
    if (form.kind === "CHOICE") return word(value)
    if (form.kind === "INTEGER") return Number(value).toLocaleString(locale())
    const map = form.kind === "MAP" ? readMap(value, form.keys) : undefined
    if (map === undefined) return value
    return Object.keys(map.named).length === 0 ? word(map.alone) : undefined
  }
}
