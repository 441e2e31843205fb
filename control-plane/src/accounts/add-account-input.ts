/** Checks what `addAccount` is given. Pure; throws `InvalidInputError` with the field, or `RefusedError`. */
import type { AccountKind } from "#generated/sqlite/enums.ts"
import { Secret } from "#shared/secret.ts"
import { checkName } from "../api-keys/api-keys.ts"
import { InvalidInputError, RefusedError } from "../failure.ts"

/** As GraphQL delivers it. */
export interface AddAccountInput {
  readonly kind: AccountKind
  readonly acknowledgedTerms?: boolean | null | undefined
  readonly apiKey?: string | null | undefined
  readonly baseUrl?: string | null | undefined
  readonly email?: string | null | undefined
  readonly label?: string | null | undefined
  readonly priority?: number | null | undefined
  readonly projectId?: string | null | undefined
  readonly refreshToken?: string | null | undefined
  readonly tags?: readonly string[] | null | undefined
  readonly weight?: number | null | undefined
}

/** What was given and may be taken; undefined is what was not given. */
export interface CheckedAccount {
  readonly kind: AccountKind
  readonly refreshToken: Secret<string>
  readonly email: string | undefined
  readonly label: string | undefined
  readonly projectId: string | undefined
  readonly weight: number | undefined
  readonly priority: number | undefined
  readonly tags: readonly string[] | undefined
}

const MAX_TOKEN_LENGTH = 4_096
const MAX_TAGS = 20
const MAX_TAG_LENGTH = 50

function refuse(code: string, message: string, name: keyof AddAccountInput): never {
  throw new InvalidInputError(code, message, ["input", name])
}

function checkRange(
  value: number | null | undefined,
  name: "weight" | "priority",
  low: number,
  high: number,
): number | undefined {
  if (value === null || value === undefined) return undefined
  if (value < low || value > high) refuse("out_of_range", `The ${name} is a whole number from ${low} to ${high}.`, name)
  return value
}

function checkRefreshToken(value: string | null | undefined): Secret<string> {
  const token = value?.trim() ?? ""
  if (token === "") refuse("required", "A refresh token is needed for this kind of account.", "refreshToken")
  if (token.length > MAX_TOKEN_LENGTH || !/^[\x21-\x7e]+$/.test(token)) {
    refuse(
      "malformed",
      "This is not a refresh token: it is one line of printable characters without spaces.",
      "refreshToken",
    )
  }
  return new Secret(token)
}

function checkEmail(value: string | null | undefined): string | undefined {
  const email = value?.trim().toLowerCase() ?? ""
  if (email === "") return undefined
  if (email.length > 254 || !/^[^\s@<>"]+@[^\s@<>"]+$/.test(email))
    refuse("malformed", "This is not an e-mail address.", "email")
  return email
}

function checkProject(value: string | null | undefined): string | undefined {
  const id = value?.trim() ?? ""
  if (id === "") return undefined
  if (!/^[a-z0-9][a-z0-9.:-]{0,99}$/i.test(id)) {
    refuse("malformed", "A project id holds letters, digits, hyphens, dots and colons only.", "projectId")
  }
  return id
}

function checkTags(value: readonly string[] | null | undefined): readonly string[] | undefined {
  if (value === null || value === undefined) return undefined
  if (value.length > MAX_TAGS) refuse("too_many", `An account has at most ${MAX_TAGS} tags.`, "tags")
  return [...new Set(value.map((tag) => checkName(tag, ["input", "tags"], MAX_TAG_LENGTH)))]
}

/** The account that the input describes, or a throw that says what is wrong with it. */
export function checkAddAccount(input: AddAccountInput): CheckedAccount {
  if (input.kind !== "ANTIGRAVITY") {
    throw new RefusedError("kind_not_supported", `Accounts of the kind ${input.kind} cannot be added in this version.`)
  }
  if (input.acknowledgedTerms !== true) {
    refuse(
      "terms_not_acknowledged",
      "Read the terms notice and acknowledge it to add this account.",
      "acknowledgedTerms",
    )
  }
  if (input.apiKey) refuse("not_used", "Accounts of this kind have a refresh token, not an API key.", "apiKey")
  if (input.baseUrl) refuse("not_used", "The address of this kind is set by ANTIGRAVITY_BASE_URLS.", "baseUrl")
  return {
    kind: input.kind,
    refreshToken: checkRefreshToken(input.refreshToken),
    email: checkEmail(input.email),
    label: input.label ? checkName(input.label, ["input", "label"]) : undefined,
    projectId: checkProject(input.projectId),
    weight: checkRange(input.weight, "weight", 1, 1_000),
    priority: checkRange(input.priority, "priority", -1_000, 1_000),
    tags: checkTags(input.tags),
  }
}
