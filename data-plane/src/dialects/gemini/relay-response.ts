import type { StreamPart } from "../../canonical/stream-part.ts"
import type { RelayContext, RelayedEvent, ResponseRelay } from "../dialect.ts"
import { isObject, type WireObject } from "../read-wire.ts"
import { eventRestorer, firstCandidate, partsOf, type EventRestorer } from "./relay-event.ts"
import { withModel } from "./relay-model.ts"
import { createUsageTap, type UsageTap } from "./relay-usage.ts"

/** Of these the first counts; of everything else the last. */
const FIRST_COUNTS: ReadonlySet<string> = new Set(["modelVersion", "responseId", "createTime"])
/** A part with nothing but these can be joined to its neighbour. */
const TEXT_FIELDS: ReadonlySet<string> = new Set(["text", "thought", "thoughtSignature", "thought_signature"])

export function relayResponse(context: RelayContext): ResponseRelay {
  return new EventFold(context)
}

/** All events folded to one: texts of a kind next to each other joined, everything else whole and in order. */
class EventFold implements ResponseRelay {
  private readonly restore: EventRestorer
  private readonly usage: UsageTap
  private readonly model: string
  private readonly root: Record<string, unknown> = {}
  private readonly candidate: Record<string, unknown> = {}
  private readonly parts: unknown[] = []
  /** Of the text part that may grow. */
  private open: { readonly isThought: boolean; readonly pieces: string[]; signature?: string } | undefined

  constructor(context: RelayContext) {
    this.restore = eventRestorer(context)
    this.usage = createUsageTap(context.estimatedInputTokens)
    this.model = context.model
  }

  part(part: StreamPart): void {
    this.usage.part(part)
  }

  event({ event }: RelayedEvent): void {
    const own = isObject(event) ? this.restore(event) : undefined
    if (own === undefined) return
    this.usage.event(own)
    const { candidates: _candidates, ...others } = own
    merge(this.root, others)
    const candidate = firstCandidate(own)
    for (const part of partsOf(candidate) ?? []) this.add(part)
    const { content: _content, ...fields } = candidate ?? {}
    merge(this.candidate, fields)
  }

  response(): unknown {
    this.close()
    const { root, candidate, parts } = this
    const hasCandidate = parts.length > 0 || Object.keys(candidate).length > 0
    const content = { role: "model", parts }
    const usage = this.usage.missingIn(root)
    return {
      ...(hasCandidate ? { candidates: [{ content, ...candidate }] } : {}),
      ...withModel(root, this.model),
      ...(usage === undefined ? {} : { usageMetadata: usage }),
    }
  }

  private add(part: unknown): void {
    if (!isObject(part) || typeof part["text"] !== "string" || !isPlainText(part)) {
      this.close()
      this.parts.push(part)
      return
    }
    const { text } = part
    const isThought = part["thought"] === true
    const signature = signatureOf(part)
    // A signature closes what it signs: the text after it is another.
    const isNext = this.open?.isThought !== isThought || (this.open.signature !== undefined && text !== "")
    if (isNext) {
      this.close()
      if (text === "" && signature === undefined) return
      this.open = { isThought, pieces: [] }
    }
    this.open?.pieces.push(text)
    if (this.open !== undefined && signature !== undefined) this.open.signature = signature
  }

  private close(): void {
    if (this.open === undefined) return
    const { isThought, pieces, signature } = this.open
    this.open = undefined
    this.parts.push({
      text: pieces.join(""),
      ...(isThought ? { thought: true } : {}),
      ...(signature === undefined ? {} : { thoughtSignature: signature }),
    })
  }
}

/** What holds nothing replaces nothing. What a search brought may come in pieces. */
function merge(into: Record<string, unknown>, fields: WireObject): void {
  for (const [name, value] of Object.entries(fields)) {
    const known = into[name]
    if (known === undefined) into[name] = value
    else if (FIRST_COUNTS.has(name) || isEmpty(value)) continue
    else if (name === "groundingMetadata" && isObject(known) && isObject(value)) {
      const whole = { ...known }
      merge(whole, value)
      into[name] = whole
    } else into[name] = value
  }
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0
}

function isPlainText(part: WireObject): boolean {
  return Object.keys(part).every((name) => TEXT_FIELDS.has(name))
}

function signatureOf(part: WireObject): string | undefined {
  const signature = part["thoughtSignature"] ?? part["thought_signature"]
  return typeof signature === "string" && signature !== "" ? signature : undefined
}
