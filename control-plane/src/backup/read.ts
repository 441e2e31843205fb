/** Reads a backup from its beginning to its end, and believes it only when its counts and hashes are right. */
import { createHash } from "node:crypto"
import { Readable } from "node:stream"
import { createGunzip } from "node:zlib"
import type { Value } from "../database/raw.ts"
import { parseContents, parseSums, type Contents, type Manifest, type Sums } from "./manifest.ts"
import { BackupError, openSealedFile } from "./sealed-file.ts"

export interface TableRows {
  readonly table: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly Value[])[]
}

export interface Backup {
  readonly contents: Contents
  /** Some rows of one table at a time, in the order of the file. Throws `BackupError` at whatever is wrong, at the latest at the end. */
  readonly rows: AsyncGenerator<TableRows>
  /** After the last row. */
  manifest(): Manifest
}

/** Rows that are handed over together. */
const PAGE_ROWS = 200
/** Captured bodies have megabytes each. */
const PAGE_CHARACTERS = 32 * 1_048_576
/** Of one row; the longest are lists of models and records of requests. */
const MOST_LINE_BYTES = 64 * 1024 * 1024

/** Throws `BackupError` when it is none, or one of another master key. */
export async function readBackup(path: string, masterKey: Buffer): Promise<Backup> {
  const { facts, inside } = await openSealedFile(path, masterKey)
  const lines = splitLines(unpack(inside, path))
  const damaged = (cause?: unknown): BackupError =>
    cause instanceof BackupError
      ? cause
      : new BackupError(`The backup ${path} is damaged or not whole: use another one.`, { cause })
  let contents: Contents
  try {
    const first = await lines.next()
    contents = parseContents(first.done === true ? "" : first.value)
  } catch (error) {
    await lines.return(undefined)
    throw damaged(error)
  }
  let sums: Sums | undefined

  async function* readRows(): AsyncGenerator<TableRows> {
    const found = contents.tables.map(() => ({ hash: createHash("sha256"), rows: 0 }))
    let at = 0
    let page: (readonly Value[])[] = []
    let characters = 0
    const pageOf = (index: number): TableRows => {
      const { name, columns } = contents.tables[index] ?? { name: "", columns: [] }
      const rows = page
      page = []
      characters = 0
      return { table: name, columns, rows }
    }
    try {
      for await (const line of lines) {
        if (line.startsWith("{")) {
          sums = parseSums(line)
          continue
        }
        const [index, ...values] = JSON.parse(line) as [number, ...Value[]] // what write.ts writes, under a key of ours
        const sum = found[index]
        if (
          sums !== undefined ||
          sum === undefined ||
          index < at ||
          values.length !== contents.tables[index]?.columns.length
        ) {
          throw damaged()
        }
        if (page.length > 0 && (index !== at || page.length >= PAGE_ROWS || characters >= PAGE_CHARACTERS))
          yield pageOf(at)
        at = index
        sum.hash.update(`${line}\n`)
        sum.rows += 1
        page.push(values)
        characters += line.length
      }
    } catch (error) {
      throw damaged(error)
    }
    if (page.length > 0) yield pageOf(at)
    for (const [index, { hash, rows }] of found.entries()) {
      const expected = sums?.[contents.tables[index]?.name ?? ""]
      if (expected?.rows !== rows || expected.sha256 !== hash.digest("hex")) throw damaged()
    }
  }

  return {
    contents,
    rows: readRows(),
    manifest: () => {
      if (sums === undefined) throw new Error("the manifest is at the end of the rows")
      const { version, createdAt, database, migration } = facts
      return { version, createdAt, database, migration, without: contents.without, tables: sums }
    },
  }
}

async function* unpack(inside: AsyncGenerator<Buffer>, path: string): AsyncGenerator<Buffer> {
  const sealed = Readable.from(inside)
  const unpacked = createGunzip()
  sealed.on("error", (error) => unpacked.destroy(error))
  try {
    for await (const chunk of sealed.pipe(unpacked)) yield chunk as Buffer // a stream of bytes
  } catch (error) {
    if (error instanceof BackupError) throw error
    throw new BackupError(`The backup ${path} is damaged or not whole: use another one.`, { cause: error })
  } finally {
    sealed.destroy()
    unpacked.destroy()
  }
}

async function* splitLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let parts: Buffer[] = []
  let bytes = 0
  for await (const chunk of chunks) {
    let begin = 0
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, begin)) {
      parts.push(chunk.subarray(begin, end))
      yield Buffer.concat(parts).toString("utf8")
      parts = []
      bytes = 0
      begin = end + 1
    }
    const rest = chunk.subarray(begin)
    if (rest.length === 0) continue
    bytes += rest.length
    if (bytes > MOST_LINE_BYTES) throw new Error("a line is too long")
    parts.push(rest)
  }
  if (parts.length > 0) throw new Error("the last line has no end")
}
