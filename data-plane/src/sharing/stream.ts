/** The commands on the one stream of facts, and what is made of their replies. */
import { StoreFailure, type Command } from "./connection.ts"
import { ErrorReply, type Reply } from "./resp.ts"

/** Entries that are asked for at a time: a page is read at once. */
const PAGE = 16

export interface StreamEntry {
  readonly id: string
  /** The process that wrote it, and its facts, sealed. Undefined: it is no entry of ours, or larger than any of them. */
  readonly by: string | undefined
  readonly facts: string | undefined
}

/** `oldest`: what is before it goes. */
export function append(stream: string, oldest: string, by: string, facts: string): Command {
  return ["XADD", stream, "MINID", "~", oldest, "*", "by", by, "facts", facts]
}

export function newest(stream: string): Command {
  return ["XREVRANGE", stream, "+", "-", "COUNT", 1]
}

/** `waitMs`: for the next entry where there is none; 0: not at all. */
export function readAfter(stream: string, last: string, waitMs: number): Command {
  return ["XREAD", "COUNT", PAGE, ...(waitMs === 0 ? [] : ["BLOCK", waitMs]), "STREAMS", stream, last]
}

/** Throws `StoreFailure` where a reply is not what was asked for. */
export function readNewest(reply: Reply | undefined): string | undefined {
  return readEntries(reply).at(-1)?.id
}

export function readPage(reply: Reply | undefined): StreamEntry[] {
  if (reply === null) return []
  const [page] = asList(reply)
  const [, entries] = asList(page)
  return readEntries(entries)
}

function readEntries(reply: Reply | undefined): StreamEntry[] {
  return asList(reply).map((entry) => {
    const [id, fields] = asList(entry)
    if (typeof id !== "string") throw new StoreFailure("it answers what was not asked for")
    // A deleted entry has no fields.
    const [, by, , facts] = Array.isArray(fields) ? fields : []
    return { id, by: asText(by), facts: asText(facts) }
  })
}

function asList(reply: Reply | undefined): readonly Reply[] {
  if (reply instanceof ErrorReply || reply === undefined || reply === null || typeof reply !== "object")
    throw new StoreFailure("it answers what was not asked for")
  return reply
}

function asText(reply: Reply | undefined): string | undefined {
  return typeof reply === "string" ? reply : undefined
}
