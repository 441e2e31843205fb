/**
 * Everything in the simulator that looks random: a function of the seed and of what it is for, never of time or order,
 * so that one seed and one prompt always give the same answer.
 */
import { createHash } from "node:crypto"

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

/** SHA-256 over the parts, each ended by a byte that does not occur in text. */
export function digest(...parts: readonly (string | number)[]): Buffer {
  const hash = createHash("sha256")
  // One after the other, so that a long prompt is not copied first.
  for (const part of parts) hash.update(String(part)).update("\u0000")
  return hash.digest()
}

/** The first `length` hexadecimal digits (at most 64) of the parts' digest. */
export function hexOf(length: number, ...parts: readonly (string | number)[]): string {
  return digest(...parts)
    .toString("hex")
    .slice(0, length)
}

/** `length` (at most 32) letters and digits made from the parts' digest. */
export function lettersOf(length: number, ...parts: readonly (string | number)[]): string {
  return [...digest(...parts).subarray(0, length)].map((byte) => letters[byte % letters.length] ?? "A").join("")
}

/** A generator of numbers in [0, 1), the same for the same parts (mulberry32). */
export function sequence(...parts: readonly (string | number)[]): () => number {
  let state = digest(...parts).readUInt32LE(0)
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
