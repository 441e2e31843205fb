/**
 * Answers that are to be one JSON value, for models that were only told so in words: a code fence around the value goes, and with it
 * the words around the fence. Nothing is added, and an answer without such a fence passes as it is. Streaming-safe: what comes out
 * does not depend on how the text was cut. Works on the stream of parts, so a whole answer is treated alike.
 */
import type { StreamPart } from "../canonical/stream-part.ts"
import { restoreText } from "../schema/restore.ts"
import type { NormalisedSchema } from "../schema/normalise.ts"
import type { JsonAnswer } from "./dialect.ts"

/** Every text block is looked at by itself. Citations count letters of the text that came, so they go where letters went. */
export function bareJson(emit: (part: StreamPart) => void, { schema }: JsonAnswer): (part: StreamPart) => void {
  let text = createBlockText(schema)
  let hasChanged = false
  const pass = (block: number, piece: string): void => {
    if (piece !== "") emit({ type: "text-delta", block, text: piece })
  }
  return (part) => {
    switch (part.type) {
      case "text-start":
        text = createBlockText(schema)
        return emit(part)
      case "text-delta":
        return pass(part.block, text.push(part.text))
      case "text-end":
        pass(part.block, text.end())
        hasChanged ||= text.hasChanged
        return emit(part)
      case "grounding":
        return emit(hasChanged ? { ...part, grounding: { ...part.grounding, citations: [] } } : part)
      default:
        emit(part)
    }
  }
}

interface BlockText {
  /** What can be passed on after this piece. */
  push(piece: string): string
  /** What is left at the block's end. */
  end(): string
  /** What was passed on is not what came. */
  readonly hasChanged: boolean
}

function createBlockText(schema: NormalisedSchema | undefined): BlockText {
  const fence = new FenceRemover()
  // Values that stand for others can be turned back in a whole value only.
  return schema === undefined || schema.originals.size === 0 ? fence : new RestoredValue(fence, schema)
}

/** Letters of the text as they came, without a fence. */
class FenceRemover implements BlockText {
  hasChanged = false
  private state: "undecided" | "plain" | "value" | "after" | "dropped" = "undecided"
  /** Came while nothing was decided. */
  private held: string[] = []
  /** The end of that, as far as something may begin in it; short, whatever came. */
  private window = ""
  private hasLetters = false
  private readonly scanner = new ValueScanner()

  push(piece: string): string {
    switch (this.state) {
      case "undecided":
        return this.undecided(piece)
      case "plain":
        return piece
      case "value":
        return this.value(piece)
      case "after":
        return this.after(piece)
      case "dropped":
        return ""
    }
  }

  end(): string {
    if (this.state === "undecided") return this.held.join("")
    return this.state === "after" && this.window !== "" ? this.held.join("") : ""
  }

  /** A value that stands bare passes at once; before anything else a fence is waited for. */
  private undecided(piece: string): string {
    this.held.push(piece)
    if (!this.hasLetters) {
      const first = piece.trimStart()[0]
      if (first === undefined) return ""
      this.hasLetters = true
      if (beginsValue(first)) return this.plain()
    }
    this.window += piece
    let from = 0
    for (let at = this.window.indexOf(FENCE); at !== -1; at = this.window.indexOf(FENCE, from)) {
      const opening = OPENING.exec(this.window.slice(at))?.[0] ?? FENCE
      const first = this.window[at + opening.length]
      if (first === undefined) {
        const word = opening.trimEnd()
        this.window = word === opening ? word : `${word}\n`
        return ""
      }
      if (beginsValue(first)) {
        this.state = "value"
        this.hasChanged = true
        return this.value(this.window.slice(at + opening.length))
      }
      from = at + opening.length
    }
    // Two letters of a fence may have come.
    this.window = this.window.slice(Math.max(from, this.window.length - (FENCE.length - 1)))
    return ""
  }

  private value(piece: string): string {
    const length = this.scanner.endIn(piece)
    if (length === undefined) return piece
    this.state = "after"
    this.held = []
    this.window = ""
    return piece.slice(0, length) + this.after(piece.slice(length))
  }

  /** The fence closes here, and what follows belongs to no value. Where it does not close, nothing is lost. */
  private after(piece: string): string {
    this.held.push(piece)
    this.window = (this.window + piece).trimStart()
    if (this.window.startsWith(FENCE)) this.state = "dropped"
    else if (!FENCE.startsWith(this.window)) return this.plain()
    return ""
  }

  /** All that was held, and whatever comes. */
  private plain(): string {
    const text = this.held.join("")
    this.state = "plain"
    this.held = []
    return text
  }
}

const FENCE = "```"
/** With the name of a language; what goes on longer opens nothing. */
const OPENING = /^`{1,16}[\w+-]{0,40}\s*/

function beginsValue(letter: string): boolean {
  return letter === "{" || letter === "[" || letter === '"'
}

/** Where an object, a list or a text ends, found piece by piece. */
class ValueScanner {
  private depth = 0
  private isText = false
  private isEscaped = false

  /** The length of what belongs to the value; undefined: all of it, and more is to come. */
  endIn(piece: string): number | undefined {
    for (let index = 0; index < piece.length; index += 1) {
      const letter = piece[index]
      if (this.isEscaped) this.isEscaped = false
      else if (letter === '"') this.isText = !this.isText
      else if (this.isText) this.isEscaped = letter === "\\"
      else if (letter === "{" || letter === "[") this.depth += 1
      else if (letter === "}" || letter === "]") this.depth -= 1
      if (this.depth <= 0 && !this.isText && !this.isEscaped) return index + 1
    }
    return undefined
  }
}

/** A whole value with what the client's schema means by it. */
class RestoredValue implements BlockText {
  hasChanged = false
  private readonly inner: BlockText
  private readonly schema: NormalisedSchema
  private readonly pieces: string[] = []

  constructor(inner: BlockText, schema: NormalisedSchema) {
    this.inner = inner
    this.schema = schema
  }

  push(piece: string): string {
    this.pieces.push(this.inner.push(piece))
    return ""
  }

  end(): string {
    const text = this.pieces.join("") + this.inner.end()
    const restored = restoreText(text, this.schema)
    this.hasChanged = this.inner.hasChanged || restored !== text
    return restored
  }
}
