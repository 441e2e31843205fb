/**
 * A text under a passphrase: scrypt makes a key of it, AES-256-GCM seals the text, and what was used for both stands beside it in the
 * clear and is bound to it. The file may lie about for years, so the key costs more to guess than a sign-in's does.
 */
import { randomBytes } from "node:crypto"
import { open, seal, SealError } from "#shared/sealing.ts"
import { keyOfPassphrase, MAX_PASSWORD_LENGTH, passwordWeakness } from "../../auth/password.ts"
import { InvalidInputError } from "../../failure.ts"
import { numberField, textField } from "../../json.ts"

/** 128 MiB and about half a second. */
const LOG2_N = 17
/** What is opened of others: a file must not be able to take the machine. */
const MIN_LOG2_N = 14
const MAX_LOG2_N = 18

export interface SealedText {
  readonly keyFrom: "scrypt"
  readonly log2N: number
  /** base64url. */
  readonly salt: string
  readonly cipher: "aes-256-gcm"
  /** As `shared/src/sealing.ts` writes it. */
  readonly text: string
}

function refusePassphrase(code: string, message: string): never {
  throw new InvalidInputError(code, message, ["input", "passphrase"])
}

/** Throws `InvalidInputError` for one that could be guessed. */
export function checkPassphrase(passphrase: string): void {
  if (passphrase.length > MAX_PASSWORD_LENGTH) {
    refusePassphrase("too_long", `A passphrase has at most ${MAX_PASSWORD_LENGTH} characters.`)
  }
  const weakness = passwordWeakness(passphrase)
  if (weakness !== undefined) {
    refusePassphrase(
      "too_weak",
      `The passphrase ${weakness}: take at least 12 uncommon characters, such as four words.`,
    )
  }
}

const contextOf = ({ keyFrom, log2N, salt, cipher }: Omit<SealedText, "text">): string[] => {
  return ["accounts under a passphrase", keyFrom, String(log2N), salt, cipher]
}

export async function sealUnderPassphrase(passphrase: string, text: string, log2N = LOG2_N): Promise<SealedText> {
  const salt = randomBytes(16)
  const head = { keyFrom: "scrypt", log2N, salt: salt.toString("base64url"), cipher: "aes-256-gcm" } as const
  const key = await keyOfPassphrase(passphrase, salt, log2N)
  return { ...head, text: seal(key, text, contextOf(head)) }
}

/** Throws `InvalidInputError`: the passphrase is another one, or the file was changed. */
export async function openUnderPassphrase(passphrase: string, sealed: unknown): Promise<string> {
  const { log2N, salt, text } = readSealed(sealed)
  if (passphrase.length > MAX_PASSWORD_LENGTH) refuseWrong()
  const key = await keyOfPassphrase(passphrase, Buffer.from(salt, "base64url"), log2N)
  try {
    return open(key, text, contextOf({ keyFrom: "scrypt", log2N, salt, cipher: "aes-256-gcm" })).toString("utf8")
  } catch (error) {
    if (error instanceof SealError) refuseWrong()
    throw error
  }
}

function refuseWrong(): never {
  refusePassphrase(
    "wrong_passphrase",
    "The passphrase does not open this export. Give the one that it was made with; if that is what you gave, the file was changed or cut.",
  )
}

function readSealed(json: unknown): Pick<SealedText, "log2N" | "salt" | "text"> {
  const log2N = numberField(json, "log2N")
  const salt = textField(json, "salt")
  const text = textField(json, "text")
  const isKnown = textField(json, "keyFrom") === "scrypt" && textField(json, "cipher") === "aes-256-gcm"
  const isInRange = log2N !== undefined && Number.isInteger(log2N) && log2N >= MIN_LOG2_N && log2N <= MAX_LOG2_N
  if (!isKnown || !isInRange || salt === undefined || !/^[\w-]{16,128}$/.test(salt) || text === undefined) {
    throw new InvalidInputError(
      "malformed",
      "This export is sealed in a way that this gateway does not know, or was cut. Export it anew.",
      ["input", "document"],
    )
  }
  return { log2N, salt, text }
}
