import { randomBytes } from "node:crypto"
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readSync,
  unlinkSync,
  writeSync,
} from "node:fs"
import { dirname, join } from "node:path"
import { SealError } from "./seal-error.ts"
import { syncDirectoryOf } from "./sync-directory.ts"

export interface MasterKeySource {
  /** 32 bytes as base64, base64url or hex. */
  readonly masterKey?: string | undefined
  readonly masterKeyFile?: string | undefined
  /** Where a key file is made when neither of the others is given. */
  readonly dataDirectory: string
  /** None is made; a missing file is an error. */
  readonly mustExist?: boolean
}

export interface MasterKey {
  readonly key: Buffer
  /** True when this call made the key file. */
  readonly generated: boolean
  readonly file?: string
}

const KEY_BYTES = 32
const FILE_NAME = "master.key"
const MAX_FILE_BYTES = 4_096

/**
 * The root of all secrets at rest: the given key, else the given file, else `master.key` in the data directory, made there
 * (mode 0600, whole or not at all, the first of several starters wins) when it is missing. Throws `SealError`.
 */
export function loadMasterKey(source: MasterKeySource): MasterKey {
  const { masterKey, masterKeyFile } = source
  if (masterKey !== undefined && masterKeyFile !== undefined) {
    throw new SealError("MASTER_KEY and MASTER_KEY_FILE are both set: keep one.")
  }
  if (masterKey !== undefined) return { key: parseKey(masterKey, "MASTER_KEY"), generated: false }
  if (masterKeyFile !== undefined) {
    const content = readKeyFile(masterKeyFile)
    if (content === undefined) throw new SealError(`The master key file ${masterKeyFile} does not exist.`)
    return { key: parseKey(content, masterKeyFile), generated: false, file: masterKeyFile }
  }
  const file = join(source.dataDirectory, FILE_NAME)
  const content = readKeyFile(file)
  if (content !== undefined) return { key: parseKey(content, file), generated: false, file }
  if (source.mustExist === true) {
    throw new SealError(`There is no master key: put its file at ${file}, or set MASTER_KEY or MASTER_KEY_FILE.`)
  }
  return generateKeyFile(file)
}

/** Whether one is given or was made; it may still be one that cannot be read. */
export function hasMasterKey({ masterKey, masterKeyFile, dataDirectory }: MasterKeySource): boolean {
  return masterKey !== undefined || masterKeyFile !== undefined || existsSync(join(dataDirectory, FILE_NAME))
}

/** A new key in a new file, or the one of another starter who was faster. */
export function generateKeyFile(file: string): MasterKey {
  const directory = dirname(file)
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const key = randomBytes(KEY_BYTES)
  const draft = `${file}.${process.pid}.${randomBytes(6).toString("hex")}`
  const descriptor = openSync(draft, "wx", 0o600)
  try {
    writeSync(descriptor, `${key.toString("base64")}\n`)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
  try {
    // Unlike a rename, a link never replaces a file that another starter made meanwhile.
    linkSync(draft, file)
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw new SealError(`The master key file ${file} cannot be made.`, { cause: error })
    const content = readKeyFile(file)
    if (content === undefined)
      throw new SealError(`The master key file ${file} vanished while it was read.`, { cause: error })
    return { key: parseKey(content, file), generated: false, file }
  } finally {
    unlinkSync(draft)
  }
  syncDirectoryOf(file)
  return { key, generated: true, file }
}

function readKeyFile(file: string): string | undefined {
  let descriptor: number
  try {
    descriptor = openSync(file, constants.O_RDONLY)
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined
    throw new SealError(`The master key file ${file} cannot be read (${codeOf(error)}).`, { cause: error })
  }
  try {
    const status = fstatSync(descriptor)
    if (!status.isFile()) throw new SealError(`The master key file ${file} is not a file.`)
    // Windows has no such bits: its answer says nothing about who may read.
    if (process.platform !== "win32" && (status.mode & 0o077) !== 0) {
      throw new SealError(`The master key file ${file} is open to other users: run chmod 600 on it.`)
    }
    const buffer = Buffer.alloc(MAX_FILE_BYTES)
    return buffer.toString("utf8", 0, readSync(descriptor, buffer, 0, MAX_FILE_BYTES, 0))
  } finally {
    closeSync(descriptor)
  }
}

function parseKey(text: string, origin: string): Buffer {
  const trimmed = text.trim()
  const isHex = /^[0-9a-f]{64}$/i.test(trimmed)
  if (!isHex && !/^[A-Za-z0-9+/_-]{43}=?$/.test(trimmed)) {
    throw new SealError(`${origin} must hold 32 random bytes as base64 or hex, e.g. from: openssl rand -base64 32`)
  }
  const key = Buffer.from(trimmed, isHex ? "hex" : "base64")
  if (isPoor(key)) {
    throw new SealError(`${origin} is not random enough to be a key: make one with openssl rand -base64 32`)
  }
  return key
}

/** Nothing a random generator gives in practice: few different bytes, even steps, or plain text. */
function isPoor(key: Buffer): boolean {
  const steps = key.map((byte, index) => (byte - (key[index - 1] ?? 0)) & 0xff)
  const isText = key.every((byte) => byte >= 0x20 && byte < 0x7f)
  return new Set(key).size < 16 || new Set(steps).size < 8 || isText
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown"
}
