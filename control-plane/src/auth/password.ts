/**
 * Passwords: hashed slowly (scrypt), at most two at once, with a short queue, so that guessing cannot take the machine. A password is never
 * kept or logged.
 */
import { randomBytes, scrypt, timingSafeEqual } from "node:crypto"
import { RefusedError } from "../failure.ts"

const LOG2_N = 15
const BLOCK_SIZE = 8
const PARALLEL = 1
const KEY_BYTES = 32
const MAX_RUNNING = 2
const MAX_WAITING = 32
/** Longer ones are refused before hashing. */
export const MAX_PASSWORD_LENGTH = 1_024
export const MIN_PASSWORD_LENGTH = 12

let running = 0
const waiting: (() => void)[] = []

async function takeTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  if (running >= MAX_RUNNING) {
    if (waiting.length >= MAX_WAITING)
      throw new RefusedError("busy", "Too many sign-ins at the same time; try again in a moment.")
    await new Promise<void>((resolve) => waiting.push(resolve))
  } else {
    running += 1
  }
  try {
    return await work()
  } finally {
    // The turn passes to the next in line without becoming free in between.
    const next = waiting.shift()
    if (next === undefined) running -= 1
    else next()
  }
}

interface Parameters {
  readonly log2N: number
  readonly blockSize: number
  readonly parallel: number
}

function derive(password: string, salt: Buffer, length: number, parameters: Parameters): Promise<Buffer> {
  const N = 2 ** parameters.log2N
  const options = { N, r: parameters.blockSize, p: parameters.parallel, maxmem: 256 * N * parameters.blockSize }
  return takeTurn(
    () =>
      new Promise((resolve, reject) => {
        scrypt(password.normalize("NFKC"), salt, length, options, (error, key) =>
          error === null ? resolve(key) : reject(error),
        )
      }),
  )
}

/** `scrypt$<log2 N>$<r>$<p>$<salt>$<hash>`, salt and hash as base64url. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const key = await derive(password, salt, KEY_BYTES, { log2N: LOG2_N, blockSize: BLOCK_SIZE, parallel: PARALLEL })
  return ["scrypt", LOG2_N, BLOCK_SIZE, PARALLEL, salt.toString("base64url"), key.toString("base64url")].join("$")
}

/** Whether `password` made `encoded`; false for a text that `hashPassword` did not write. */
export async function verifyPassword(password: string, encoded: string): Promise<boolean> {
  const match = /^scrypt\$(\d{1,2})\$(\d{1,2})\$(\d{1,2})\$([\w-]+)\$([\w-]+)$/.exec(encoded)
  if (match === null) return false
  const [, log2N, blockSize, parallel, salt, hash] = match
  const expected = Buffer.from(hash ?? "", "base64url")
  const key = await derive(password, Buffer.from(salt ?? "", "base64url"), expected.length, {
    log2N: Number(log2N),
    blockSize: Number(blockSize),
    parallel: Number(parallel),
  })
  return timingSafeEqual(key, expected)
}

/** A key of 32 bytes for what is sealed under a passphrase; it waits its turn with the sign-ins. */
export function keyOfPassphrase(passphrase: string, salt: Buffer, log2N: number): Promise<Buffer> {
  return derive(passphrase, salt, KEY_BYTES, { log2N, blockSize: BLOCK_SIZE, parallel: PARALLEL })
}

let decoy: Promise<string> | undefined

/** Takes as long as `verifyPassword` and says no: what an unknown name costs. */
export async function verifyNobody(password: string): Promise<false> {
  decoy ??= hashPassword(randomBytes(16).toString("base64url"))
  await verifyPassword(password, await decoy)
  return false
}

/** Words that a guesser tries first; a password that is one of them, repeated or with digits around it, is weak. */
const COMMON = [
  "password",
  "passwort",
  "lagrange",
  "administrator",
  "admin",
  "antigravity",
  "changeme",
  "letmein",
  "welcome",
  "qwertyuiop",
  "qwerty",
  "iloveyou",
  "superman",
  "football",
  "baseball",
  "secret",
  "default",
  "master",
  "monkey",
  "dragon",
  "sunshine",
  "princess",
  "gateway",
  "abc",
]

/** Why a password is too weak for a listener that others can reach; undefined when it is not. */
export function passwordWeakness(password: string): string | undefined {
  if (password.length < MIN_PASSWORD_LENGTH) return `is shorter than ${MIN_PASSWORD_LENGTH} characters`
  const plain = password
    .toLowerCase()
    .replaceAll("0", "o")
    .replaceAll("@", "a")
    .replaceAll("$", "s")
    .replaceAll("!", "i")
  if (new Set(plain).size < 5) return "repeats few characters"
  const rest = COMMON.reduce((text, word) => text.replaceAll(word, ""), plain).replace(/[\d\W_oil]/g, "")
  if (rest.length < 3 && COMMON.some((word) => plain.includes(word))) return "is one of the most common"
  if (/^(?:0?123456789\d*|qwertyuiop.*|asdfghjkl.*|abcdefgh.*)/.test(password.toLowerCase()))
    return "is one of the most common"
  return undefined
}

/** A password for the first start: 24 characters, 120 random bits, without look-alikes. */
export function generatePassword(): string {
  const alphabet = "abcdefghjkmnpqrstuvwxyz23456789x"
  const text = Array.from(randomBytes(24), (byte) => alphabet.charAt(byte & 31)).join("")
  return text.replace(/(.{6})(?=.)/g, "$1-")
}
