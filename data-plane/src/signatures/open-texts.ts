import { ADDED, compactionSummary } from "../canonical/gateway-text.ts"
import type { Part } from "../canonical/part.ts"
import type { ChatRequest } from "../canonical/request.ts"
import { TurnList } from "../canonical/turn-list.ts"
import type { Carried } from "./carrier.ts"
import type { Restored } from "./restore.ts"

/** Puts sealed texts of earlier answers in the clear, at their place. What does not open is left out and recorded by its field. */
export function openTexts(request: ChatRequest, open: (carrier: string) => Carried | undefined): Restored {
  if (!request.turns.some(({ parts }) => parts.some(isSealed))) return { request, dropped: [] }
  const dropped: string[] = []
  const opened = (part: Part): readonly Part[] => {
    if (part.type !== "sealed-text") return [part]
    const carried = open(part.carrier)
    if (carried?.kind !== "text") {
      dropped.push(part.param)
      return []
    }
    if (!dropped.includes(ADDED.compactionSummary)) dropped.push(ADDED.compactionSummary)
    return [{ type: "text", text: compactionSummary(carried.text) }]
  }
  const turns = new TurnList()
  for (const { role, parts } of request.turns) turns.addTurn(role, parts.flatMap(opened))
  return { request: { ...request, turns: turns.turns }, dropped }
}

function isSealed(part: Part): boolean {
  return part.type === "sealed-text"
}
