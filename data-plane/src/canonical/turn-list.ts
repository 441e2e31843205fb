import { ADDED, systemReminder } from "./gateway-text.ts"
import type { Part, TextPart } from "./part.ts"
import type { Turn } from "./request.ts"

/**
 * Collects a conversation message by message into the shape of `ChatRequest`: leading system text apart, later system text as a
 * reminder in the user's turn at the same place, adjacent turns of one role merged, turns without parts left out.
 */
export class TurnList {
  readonly system: TextPart[] = []
  private readonly merged: { role: Turn["role"]; parts: Part[] }[] = []
  private conversationBegan = false
  private reminded = false

  /** Text of one system message, a string a block. */
  addSystem(texts: readonly string[]): void {
    const kept = texts.filter((text) => text !== "")
    if (!this.conversationBegan) {
      for (const text of kept) this.system.push({ type: "text", text })
    } else if (kept.length > 0) {
      this.reminded = true
      this.addTurn("user", [{ type: "text", text: systemReminder(kept.join("\n")) }])
    }
  }

  /** Call it for a message that lost all its parts too: system text after it is no longer leading. */
  addTurn(role: Turn["role"], parts: readonly Part[]): void {
    this.conversationBegan = true
    const kept = parts.filter((part) => part.type !== "text" || part.text !== "")
    if (kept.length === 0) return
    const last = this.merged.at(-1)
    // One by one: a message may hold more parts than a call takes arguments.
    if (last?.role === role) for (const part of kept) last.parts.push(part)
    else this.merged.push({ role, parts: kept })
  }

  get turns(): readonly Turn[] {
    return this.merged
  }

  /** What the gateway wrote, for `dropped`. */
  get added(): readonly string[] {
    return this.reminded ? [ADDED.systemReminder] : []
  }
}
