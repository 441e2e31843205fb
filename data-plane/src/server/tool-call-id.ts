import { randomBytes } from "node:crypto"

/** Bytes that become 24 characters of the URL alphabet, which every vendor takes in ids. */
const RANDOM_BYTES = 18

/** An upstream's own id that is shorter may be used again in another answer. */
const UNIQUE_LENGTH = 16

/**
 * The id under which a client knows a call, and what is kept of it is found: a new one with the dialect's prefix; without a prefix the
 * upstream's own, as far as no other call has it.
 */
export function clientCallId(prefix: string | undefined, upstreamId: string | undefined): string {
  if (prefix !== undefined) return mintToolCallId(prefix)
  return upstreamId !== undefined && upstreamId.length >= UNIQUE_LENGTH ? upstreamId : mintToolCallId("")
}

/** A new id of a tool call, unlike any other, so that what is kept under it is found again from it alone. */
export function mintToolCallId(prefix: string): string {
  return prefix + randomBytes(RANDOM_BYTES).toString("base64url")
}
