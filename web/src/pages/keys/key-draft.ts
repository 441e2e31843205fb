/** What the form of a key holds, as texts that a person types, and the input that becomes of it. Pure. */
import type { Dialect, UpdateApiKeyInput } from "#generated/web/graphql.ts"
import type { ApiKey } from "./create-keys.ts"

/** Whole numbers that may stand empty. */
export const countFields = [
  "requestsPerMinute",
  "tokensPerMinute",
  "tokensPerDay",
  "tokensPerMonth",
  "maxConcurrent",
] as const

export type CountField = (typeof countFields)[number]

/** Days from now, never, or as it is. */
export type Expiry = number | "never" | "kept"

export interface KeyDraft {
  readonly name: string
  readonly expiry: Expiry
  readonly models: string
  /** None chosen: all. */
  readonly dialects: readonly Dialect[]
  readonly addresses: string
  readonly counts: Readonly<Record<CountField, string>>
  readonly tags: string
  readonly note: string
  readonly mayExplain: boolean
}

export const emptyDraft: KeyDraft = {
  name: "",
  expiry: "never",
  models: "",
  dialects: [],
  addresses: "",
  counts: { requestsPerMinute: "", tokensPerMinute: "", tokensPerDay: "", tokensPerMonth: "", maxConcurrent: "" },
  tags: "",
  note: "",
  mayExplain: true,
}

export function draftOf(key: ApiKey): KeyDraft {
  const text = (count: number | string | null): string => (count === null ? "" : String(count))
  return {
    name: key.name,
    expiry: key.expiresAt === null ? "never" : "kept",
    models: key.models?.join(" ") ?? "",
    dialects: key.dialects ?? [],
    addresses: key.addresses?.join(" ") ?? "",
    counts: {
      requestsPerMinute: text(key.requestsPerMinute),
      tokensPerMinute: text(key.tokensPerMinute),
      tokensPerDay: text(key.tokensPerDay),
      tokensPerMonth: text(key.tokensPerMonth),
      maxConcurrent: text(key.maxConcurrent),
    },
    tags: key.tags.join(", "),
    note: key.note ?? "",
    mayExplain: key.mayExplain,
  }
}

type Read = { readonly type: "input"; readonly input: UpdateApiKeyInput & { name: string } } | Wrong
interface Wrong {
  readonly type: "wrong"
  /** Fields that hold no whole number; `name` when there is none. */
  readonly fields: readonly (CountField | "name")[]
}

const dayMs = 86_400_000

/** An empty field takes a limit back. */
export function readDraft(draft: KeyDraft, nowMs: number): Read {
  const name = draft.name.trim()
  const wrong = countFields.filter((field) => countOf(draft.counts[field]) === undefined)
  if (name === "" || wrong.length > 0) {
    return { type: "wrong", fields: [...(name === "" ? ["name" as const] : []), ...wrong] }
  }
  const { requestsPerMinute, maxConcurrent, ...tokens } = draft.counts
  const input = {
    name,
    models: listOf(draft.models, /[\s,]+/),
    dialects: draft.dialects.length === 0 ? null : draft.dialects,
    addresses: listOf(draft.addresses, /[\s,]+/),
    requestsPerMinute: smallOf(requestsPerMinute),
    maxConcurrent: smallOf(maxConcurrent),
    tokensPerMinute: countOf(tokens.tokensPerMinute) ?? null,
    tokensPerDay: countOf(tokens.tokensPerDay) ?? null,
    tokensPerMonth: countOf(tokens.tokensPerMonth) ?? null,
    tags: listOf(draft.tags, /[,\n]+/) ?? [],
    note: draft.note.trim() === "" ? null : draft.note.trim(),
    mayExplain: draft.mayExplain,
    ...expiresAt(draft.expiry, nowMs),
  }
  return { type: "input", input }
}

function expiresAt(expiry: Expiry, nowMs: number): Pick<UpdateApiKeyInput, "expiresAt"> {
  if (expiry === "kept") return {}
  return { expiresAt: expiry === "never" ? null : new Date(nowMs + expiry * dayMs).toISOString() }
}

/** Digits, in groups of thousands (or as in India) where a person wrote them so: `1.5` is none, and must not become 15. */
const WHOLE_NUMBER = /^(?:\d+|\d{1,3}(?:[\s,._']\d{2,3})*[\s,._']\d{3})$/

/** Null: empty. Undefined: no whole number. */
function countOf(text: string): string | null | undefined {
  const typed = text.trim()
  if (typed === "") return null
  const digits = typed.replace(/\D/g, "")
  return WHOLE_NUMBER.test(typed) && digits.length <= 18 ? digits : undefined
}

/** GraphQL's own; what is too large for a limit is told by the control plane, which knows how large it may be. */
const LARGEST_INT = 2_147_483_647

function smallOf(text: string): number | null {
  const count = countOf(text)
  return count === null || count === undefined ? null : Math.min(Number(count), LARGEST_INT)
}

function listOf(text: string, between: RegExp): string[] | null {
  const entries = text.split(between).map((entry) => entry.trim())
  const given = entries.filter((entry) => entry !== "")
  return given.length === 0 ? null : given
}
