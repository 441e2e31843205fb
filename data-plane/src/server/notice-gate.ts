/**
 * Holds the first words of an answer while they could still become the upstream's notice that the client's version or the model
 * is retired: such a notice comes as an ordinary answer, cut anywhere, and must never reach a client as one. Nearly every
 * answer is let through with its first word.
 */
import { mayBecomeVersionText, readVersionText } from "#shared/upstream-failure.ts"
import type { StreamPart } from "../canonical/stream-part.ts"

export interface NoticeGate {
  /** Passes the part on, now or with a later one. The notice's text when the answer has turned out to be one; nothing is passed then. */
  part(part: StreamPart): string | undefined
}

export function createNoticeGate(pass: (part: StreamPart) => void): NoticeGate {
  let held: StreamPart[] | undefined = []
  let text = ""

  function release(): void {
    const parts = held ?? []
    held = undefined
    for (const part of parts) pass(part)
  }

  return {
    part(part) {
      if (held === undefined) {
        pass(part)
        return undefined
      }
      held.push(part)
      if (part.type === "text-delta") {
        text += part.text
        if (readVersionText(text) !== "no") return text
        if (!mayBecomeVersionText(text)) release()
      } else if (part.type !== "response-start" && part.type !== "text-start" && part.type !== "usage") {
        // A notice is one piece of plain text: a thought, an end or an error makes it something else.
        release()
      }
      return undefined
    },
  }
}
