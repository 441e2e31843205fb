/** Why an account was chosen, out of the sentence that its record has: one of ours is told in the reader's words, any other as it came. Pure. */

const FIRST = "; the first after a rest"

/** Whether it was the one that tries what had rested, before all others do. */
export const isFirstAfterRest = (reason: string): boolean => reason.endsWith(FIRST)

export type Choice =
  | { kind: "home" }
  | { kind: "standsIn" }
  | { kind: "strategy"; strategy: string; count: number; priority: number | undefined }
  | { kind: "other"; text: string }

export function choiceOf(told: string): Choice {
  const reason = told.replace(FIRST, "")
  if (reason === "the conversation lives there") return { kind: "home" }
  if (reason === "stands in for the conversation's own account") return { kind: "standsIn" }
  const [, name, count, priority] = /^([a-z-]+), chosen .+ of (\d+)(?:, priority (-?\d+))?$/.exec(reason) ?? []
  if (name === undefined) return { kind: "other", text: told }
  return {
    kind: "strategy",
    strategy: name.replaceAll("-", "_").toUpperCase(),
    count: Number(count),
    priority: priority === undefined ? undefined : Number(priority),
  }
}
