import { useI18n } from "../../i18n/i18n.tsx"
import { en } from "./en.ts"
import { zh } from "./zh.ts"

/** An action as people say it; one of a newer server is shown as it came. */
export function useActionName() {
  const { language } = useI18n()
  return (action: string): string => {
    const names: Readonly<Record<string, string>> = (language() === "zh" ? zh : en).auditAction
    return Object.hasOwn(names, action) ? (names[action] ?? action) : action
  }
}

/** All that have a name, for who chooses one. */
export const actions: readonly string[] = Object.keys(en.auditAction)
