/** The public convention for a signature on a tool call: `extra_content.google.thought_signature` beside the call's own fields. */
import { isObject, type WireObject } from "./read-wire.ts"

/** Of a call that a client gives back: the convention's place, else a bare `signature`. */
export function readCallSignature(call: WireObject): { readonly signature?: string } {
  const { extra_content: extra, signature } = call
  const google = isObject(extra) ? extra["google"] : undefined
  const value = isObject(google) ? google["thought_signature"] : signature
  return typeof value === "string" && value !== "" ? { signature: value } : {}
}

/** To be spread into a call that goes to a client. */
export function callSignature(signature: string | undefined): {
  readonly extra_content?: { readonly google: { readonly thought_signature: string } }
} {
  return signature === undefined ? {} : { extra_content: { google: { thought_signature: signature } } }
}
