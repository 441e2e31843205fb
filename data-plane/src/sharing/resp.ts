/**
 * RESP2, the protocol of Valkey and Redis: commands as they are written, and replies as they are read from bytes that are cut anywhere.
 * The store is not trusted: what is larger than anything of ours is read past and is null, so that nobody who writes to it can make
 * a reply that is never got through; only what is no RESP at all is an error.
 */

/** An error that the store answered, by the word that it begins with: the rest of it may name a user or a key. */
export class ErrorReply {
  readonly code: string

  constructor(line: string) {
    this.code = /^[A-Z][A-Z0-9_]{0,31}(?= |$)/.exec(line)?.[0] ?? "ERR"
  }
}

/** Texts are read as Latin letters: what we write there has no others. */
export type Reply = string | number | null | ErrorReply | readonly Reply[]

export class NotResp extends Error {
  override readonly name = "NotResp"
}

export interface ReplyLimits {
  /** A longer text is null. */
  readonly textBytes: number
  /** What one reply holds altogether; texts beyond it are null. */
  readonly replyBytes: number
}

const LINE_BYTES = 4 * 1024
/** The longest text and list that a store has by itself. */
const MOST_BYTES = 512 * 1024 * 1024
const MOST_ITEMS = 2 * 1024 * 1024
const MOST_DEPTH = 8
const LINE_END = 2
const LF = 0x0a

export function encodeCommand(words: readonly (string | number)[]): string {
  let text = `*${words.length}\r\n`
  for (const word of words) text += `$${Buffer.byteLength(String(word))}\r\n${word}\r\n`
  return text
}

interface OpenList {
  readonly items: Reply[]
  readonly length: number
}

/** A text on its way. */
interface OpenText {
  readonly length: number
  /** Undefined: it is read past. */
  readonly bytes: Buffer | undefined
  /** With the end of its line. */
  filled: number
}

/** Gives each reply when it is whole. `push` throws `NotResp`; nothing may be pushed after that. */
export class ReplyDecoder {
  readonly #onReply: (reply: Reply) => void
  readonly #limits: ReplyLimits
  readonly #lists: OpenList[] = []
  #line = ""
  #text: OpenText | undefined
  #bytesOfReply = 0

  constructor(limits: ReplyLimits, onReply: (reply: Reply) => void) {
    this.#limits = limits
    this.#onReply = onReply
  }

  push(chunk: Buffer): void {
    for (let at = 0; at < chunk.length;) {
      at = this.#text === undefined ? this.#readLine(chunk, at) : this.#fill(this.#text, chunk, at)
    }
  }

  #readLine(chunk: Buffer, from: number): number {
    const end = chunk.indexOf(LF, from)
    const part = chunk.toString("latin1", from, end < 0 ? chunk.length : end)
    if (this.#line.length + part.length > LINE_BYTES) throw new NotResp("a line is too long")
    this.#line += part
    if (end < 0) return chunk.length
    const line = this.#line
    this.#line = ""
    if (!line.endsWith("\r")) throw new NotResp("a line does not end")
    this.#begin(line.slice(0, 1), line.slice(1, -1))
    return end + 1
  }

  #begin(kind: string, rest: string): void {
    switch (kind) {
      case "+":
        return this.#done(this.#isKept(rest.length) ? rest : null)
      case "-":
        return this.#done(new ErrorReply(rest))
      case ":":
        return this.#done(wholeNumber(rest))
      case "$": {
        const length = lengthOf(rest, MOST_BYTES)
        if (length < 0) return this.#done(null)
        const bytes = this.#isKept(length) ? Buffer.allocUnsafe(length + LINE_END) : undefined
        this.#text = { length, bytes, filled: 0 }
        return
      }
      case "*": {
        const length = lengthOf(rest, MOST_ITEMS)
        if (length < 0) return this.#done(null)
        if (length === 0) return this.#done([])
        if (this.#lists.length === MOST_DEPTH) throw new NotResp("lists are too deep")
        this.#lists.push({ items: [], length })
        return
      }
      default:
        throw new NotResp("a reply of an unknown kind")
    }
  }

  /** Counts it. */
  #isKept(length: number): boolean {
    const { textBytes, replyBytes } = this.#limits
    if (length > textBytes || this.#bytesOfReply + length > replyBytes) return false
    this.#bytesOfReply += length
    return true
  }

  #fill(text: OpenText, chunk: Buffer, from: number): number {
    const whole = text.length + LINE_END
    const end = Math.min(chunk.length, from + whole - text.filled)
    if (text.bytes !== undefined) chunk.copy(text.bytes, text.filled, from, end)
    text.filled += end - from
    if (text.filled < whole) return end
    this.#text = undefined
    const { bytes, length } = text
    if (bytes !== undefined && bytes.toString("latin1", length) !== "\r\n") throw new NotResp("a text does not end")
    this.#done(bytes === undefined ? null : bytes.toString("latin1", 0, length))
    return end
  }

  #done(value: Reply): void {
    let reply = value
    for (let list = this.#lists.at(-1); list !== undefined; list = this.#lists.at(-1)) {
      list.items.push(reply)
      if (list.items.length < list.length) return
      this.#lists.pop()
      reply = list.items
    }
    this.#bytesOfReply = 0
    this.#onReply(reply)
  }
}

function wholeNumber(text: string): number {
  if (!/^-?\d{1,15}$/.test(text)) throw new NotResp("a number is none")
  return Number(text)
}

/** -1: there is none. */
function lengthOf(text: string, most: number): number {
  const length = wholeNumber(text)
  if (length < -1 || length > most) throw new NotResp("a length is none")
  return length
}
