/**
 * The outside of a backup file: one line that says what it is, one line of facts that are no secret, then pieces under AES-256-GCM.
 * The key is derived from the master key and a salt of the file; a piece is bound to the two lines, to its place, and to being the
 * last, so that a file that was cut, mixed or changed does not open.
 */
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from "node:crypto"
import { open as openFile, type FileHandle } from "node:fs/promises"
import { deriveKey } from "#shared/sealing.ts"
import { text, type FileFacts } from "./manifest.ts"

/** A backup cannot be made or read; the message is one sentence that says what to do. */
export class BackupError extends Error {
  override readonly name = "BackupError"
}

const MAGIC = "lagrange backup 1"
const PIECE_BYTES = 256 * 1024
const TAG_BYTES = 16
const MOST_HEAD_BYTES = 16 * 1024

interface Head extends FileFacts {
  readonly salt: string
  /** Tells a wrong key from a damaged file. */
  readonly keyCheck: string
}

interface FileKey {
  readonly key: Buffer
  readonly check: string
}

function fileKey(masterKey: Buffer, salt: Buffer): FileKey {
  const root = deriveKey(masterKey, "backup")
  const derive = (purpose: string): Buffer => Buffer.from(hkdfSync("sha256", root, salt, purpose, 32))
  return { key: derive("pieces"), check: derive("check").subarray(0, 8).toString("hex") }
}

/** Each piece has its own nonce, by its place; the key is the file's alone. */
function nonceOf(index: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12)
  nonce.writeBigUInt64BE(BigInt(index), 0)
  nonce[11] = isLast ? 1 : 0
  return nonce
}

/** Gives the file's bytes for the bytes inside, as they come. */
export async function* sealFile(
  masterKey: Buffer,
  facts: FileFacts,
  inside: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  const salt = randomBytes(32)
  const { key, check } = fileKey(masterKey, salt)
  const head: Head = { ...facts, salt: salt.toString("base64url"), keyCheck: check }
  const lines = Buffer.from(`${MAGIC}\n${JSON.stringify(head)}\n`)
  yield lines
  const bound = createHash("sha256").update(lines).digest()
  let index = 0
  const seal = (piece: Buffer, isLast: boolean): Buffer => {
    const cipher = createCipheriv("aes-256-gcm", key, nonceOf(index++, isLast), { authTagLength: TAG_BYTES })
    cipher.setAAD(bound)
    const sealed = Buffer.concat([cipher.update(piece), cipher.final(), cipher.getAuthTag()])
    const length = Buffer.alloc(4)
    length.writeUInt32BE(sealed.length)
    return Buffer.concat([length, sealed])
  }
  let waiting: Buffer[] = []
  let bytes = 0
  for await (const chunk of inside) {
    waiting.push(chunk)
    bytes += chunk.length
    if (bytes < PIECE_BYTES) continue
    const all = Buffer.concat(waiting)
    let at = 0
    for (; all.length - at >= PIECE_BYTES; at += PIECE_BYTES) yield seal(all.subarray(at, at + PIECE_BYTES), false)
    waiting = [all.subarray(at)]
    bytes = all.length - at
  }
  yield seal(Buffer.concat(waiting), true)
}

/** Reads a file from its beginning; never more than asked for. */
class FileReader {
  readonly #file: FileHandle
  #position = 0

  constructor(file: FileHandle) {
    this.#file = file
  }

  /** Fewer bytes only at the end of the file. */
  async take(length: number): Promise<Buffer> {
    const buffer = Buffer.alloc(length)
    let filled = 0
    while (filled < length) {
      const { bytesRead } = await this.#file.read(buffer, filled, length - filled, this.#position)
      if (bytesRead === 0) break
      filled += bytesRead
      this.#position += bytesRead
    }
    return buffer.subarray(0, filled)
  }

  back(bytes: number): void {
    this.#position -= bytes
  }
}

export interface OpenedFile {
  readonly facts: FileFacts
  /** The bytes inside. Ends by throwing `BackupError` where the file is not whole. */
  readonly inside: AsyncGenerator<Buffer>
}

/** Throws `BackupError` when it is no backup, or one of another master key. Reading `inside` to its end closes it. */
export async function openSealedFile(path: string, masterKey: Buffer): Promise<OpenedFile> {
  let file: FileHandle
  try {
    file = await openFile(path, "r")
  } catch (error) {
    throw new BackupError(
      `The backup ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
      },
    )
  }
  try {
    const reader = new FileReader(file)
    const { head, lines } = await readHead(path, reader)
    const { key, check } = fileKey(masterKey, Buffer.from(head.salt, "base64url"))
    if (check !== head.keyCheck) {
      throw new BackupError(
        `The backup ${path} was made under another master key: give the one of then with --backup-key-file.`,
      )
    }
    return { facts: head, inside: readPieces(path, file, reader, key, createHash("sha256").update(lines).digest()) }
  } catch (error) {
    await file.close()
    throw error
  }
}

async function readHead(path: string, reader: FileReader): Promise<{ readonly head: Head; readonly lines: Buffer }> {
  const begin = await reader.take(MOST_HEAD_BYTES)
  const first = begin.indexOf("\n")
  const second = begin.indexOf("\n", first + 1)
  if (first === -1 || second === -1 || !begin.subarray(0, first).toString().startsWith("lagrange backup ")) {
    throw new BackupError(`${path} is not a backup of Lagrange.`)
  }
  if (begin.subarray(0, first).toString() !== MAGIC) {
    throw new BackupError(`The backup ${path} was made by a newer version: restore it with that one.`)
  }
  reader.back(begin.length - second - 1)
  return { head: parseHead(path, begin.subarray(first + 1, second).toString()), lines: begin.subarray(0, second + 1) }
}

function parseHead(path: string, line: string): Head {
  try {
    const value = JSON.parse(line) as Record<string, unknown> // each field is looked at by `text`
    const field = (name: string): string => text(value[name], name)
    return {
      version: field("version"),
      createdAt: field("createdAt"),
      database: field("database"),
      migration: field("migration"),
      salt: field("salt"),
      keyCheck: field("keyCheck"),
    }
  } catch (error) {
    throw damaged(path, error)
  }
}

function damaged(path: string, cause?: unknown): BackupError {
  return new BackupError(`The backup ${path} is damaged or not whole: use another one.`, { cause })
}

async function* readPieces(
  path: string,
  file: FileHandle,
  reader: FileReader,
  key: Buffer,
  bound: Buffer,
): AsyncGenerator<Buffer> {
  try {
    for (let index = 0, isLast = false; !isLast; index += 1) {
      const length = (await reader.take(4)).toString("hex")
      const bytes = Number.parseInt(length || "0", 16)
      if (length.length !== 8 || bytes < TAG_BYTES || bytes > PIECE_BYTES + TAG_BYTES) throw damaged(path)
      const sealed = await reader.take(bytes)
      const next = await reader.take(1)
      reader.back(next.length)
      isLast = next.length === 0
      if (sealed.length !== bytes) throw damaged(path)
      const decipher = createDecipheriv("aes-256-gcm", key, nonceOf(index, isLast), { authTagLength: TAG_BYTES })
      decipher.setAAD(bound)
      decipher.setAuthTag(sealed.subarray(bytes - TAG_BYTES))
      const opened = decipher.update(sealed.subarray(0, bytes - TAG_BYTES))
      try {
        decipher.final()
      } catch (error) {
        throw damaged(path, error)
      }
      yield opened
    }
  } finally {
    await file.close()
  }
}
