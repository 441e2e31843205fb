/** Digests that tell requests apart after a failure, without keeping anything of what they say. */
import { createHash } from "node:crypto"
import type { ChatRequest } from "../canonical/request.ts"
import type { Fingerprint } from "../pool/blame.ts"

/** Of a long body its ends and its length: pictures stand in the middle. */
const LOOKED_AT = 65_536

export function fingerprintOf(body: Buffer, system: ChatRequest["system"]): Fingerprint {
  const request = createHash("sha256")
    .update(`${body.length} `)
    .update(body.subarray(0, LOOKED_AT))
    .update(body.subarray(Math.max(LOOKED_AT, body.length - LOOKED_AT)))
    .digest("base64url")
  const text = system.length === 0 ? request : createHash("sha256").update(JSON.stringify(system)).digest("base64url")
  return { text, request }
}
