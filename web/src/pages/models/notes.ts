import { useI18n } from "../../i18n/i18n.tsx"
import type { Problem, RoutingState, Warning } from "./create-routing.ts"
import { useWords } from "./words.ts"

export interface Note {
  readonly tone: "bad" | "hand"
  readonly text: string
}

/** What is wrong with an entry of a list, and what of it has no effect now, in the reader's language. */
export function createNotes(routing: RoutingState) {
  const t = useWords()
  const { said } = useI18n()
  const keyName = (id: string) => routing.keys().find(({ value }) => value === id)?.label ?? id
  const isAt = ({ path }: Problem | Warning, list: string, index: number) =>
    path[0] === list && path[1] === String(index)
  const warningText = ({ code, about }: Warning) =>
    t(`warning.${code}`, code === "NO_SUCH_KEY" ? keyName(about) : about)
  return (list: "aliases" | "rules" | "fallbacks", index: number): readonly Note[] => [
    ...routing
      .problems()
      .filter((one) => isAt(one, list, index))
      .map((one) => ({ tone: "bad" as const, text: said(one.message) })),
    ...routing
      .warnings()
      .filter((one) => isAt(one, list, index))
      .map((one) => ({ tone: "hand" as const, text: warningText(one) })),
  ]
}
