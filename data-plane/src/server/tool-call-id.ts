import { randomBytes } from "node:crypto"

/** Bytes that become 24 characters of the URL alphabet, which every vendor takes in ids. */
const RANDOM_BYTES = 18

/** A new id of a tool call, unlike any other, so that what is kept under it is found again from it alone. */
export function mintToolCallId(prefix: string): string {
  return prefix + randomBytes(RANDOM_BYTES).toString("base64url")
}
