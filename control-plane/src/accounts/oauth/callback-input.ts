/** Reads what a sign-in came back with: the address of the browser, or what a person copied of it. Pure. */
import { redactPrivate } from "#shared/redact.ts"
import { Secret } from "#shared/secret.ts"

export interface Callback {
  /** Undefined: none was given. */
  readonly state: string | undefined
  readonly answer:
    | { readonly type: "code"; readonly code: Secret<string> }
    /** The owner said no. */
    | { readonly type: "denied" }
    /** The provider said no; its own words. */
    | { readonly type: "error"; readonly message: string }
    | { readonly type: "none" }
}

const MAX_LENGTH = 8_192
const MAX_CODE_LENGTH = 2_048

/** The query of a callback. A parameter that is there twice counts as none. */
export function readCallback(query: URLSearchParams): Callback {
  const one = (name: string): string | undefined => {
    const values = query.getAll(name)
    return values.length === 1 && values[0] !== "" ? values[0] : undefined
  }
  return { state: one("state"), answer: readAnswer(one("code"), one("error"), one("error_description")) }
}

function readAnswer(
  code: string | undefined,
  error: string | undefined,
  description: string | undefined,
): Callback["answer"] {
  if (error === "access_denied") return { type: "denied" }
  if (error !== undefined) {
    const words = description === undefined ? error : `${description} (${error})`
    return { type: "error", message: redactPrivate(words.slice(0, 1_000)).slice(0, 300) }
  }
  return code !== undefined && isCode(code) ? { type: "code", code: new Secret(code) } : { type: "none" }
}

const isCode = (text: string): boolean => text.length <= MAX_CODE_LENGTH && /^[\x21-\x7e]+$/.test(text)

/** What a person pasted: a whole address, a part of its query, or the code alone with or without what follows it there. */
export function readPasted(text: string): Callback {
  const pasted = text.trim().replaceAll(/\s+/g, "").replace(/#.*$/, "")
  if (pasted.length > MAX_LENGTH) return { state: undefined, answer: { type: "none" } }
  const at = pasted.indexOf("?")
  if (at !== -1) return readCallback(new URLSearchParams(pasted.slice(at + 1)))
  if (/(?:^|&)(?:code|error)=/.test(pasted)) return readCallback(new URLSearchParams(pasted))
  if (pasted.includes("://")) return { state: undefined, answer: { type: "none" } }
  // Google's codes begin with "4/", which is written "4%2F" in an address; a plus in a code is one.
  return readCallback(new URLSearchParams(`code=${pasted.replaceAll("+", "%2B")}`))
}
