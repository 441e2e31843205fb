/** Checks what `addAccount` is given. Pure; throws `InvalidInputError` with the field, or `RefusedError`. */
import type { AccountKind } from "#generated/sqlite/enums.ts"
import { Secret } from "#shared/secret.ts"
import { RefusedError } from "../failure.ts"
import { checkTags, refuseField } from "../input-checks.ts"
import { checkLabel, checkPriority, checkProject, checkWeight } from "./account-fields.ts"
import { checkOAuthClient, type OAuthClient } from "./oauth/clients.ts"

/** As GraphQL delivers it. */
export interface AddAccountInput {
  readonly kind: AccountKind
  readonly acknowledgedTerms?: boolean | null | undefined
  readonly apiKey?: string | null | undefined
  readonly baseUrl?: string | null | undefined
  readonly clientId?: string | null | undefined
  readonly clientSecret?: string | null | undefined
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
  /** The one that the refresh token came from; undefined: the one in force. */
  readonly client: OAuthClient | undefined
  readonly email: string | undefined
  readonly label: string | undefined
  readonly projectId: string | undefined
  readonly weight: number | undefined
  readonly priority: number | undefined
  readonly tags: readonly string[] | undefined
}

const MAX_TOKEN_LENGTH = 4_096

const refuse: (code: string, message: string, name: keyof AddAccountInput) => never = refuseField

/** Throws `InvalidInputError`, as all here. */
export function checkRefreshToken(value: string | null | undefined): Secret<string> {
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

export function checkEmail(value: string | null | undefined): string | undefined {
  const email = value?.trim().toLowerCase() ?? ""
  if (email === "") return undefined
  if (email.length > 254 || !/^[^\s@<>"]+@[^\s@<>"]+$/.test(email))
    refuse("malformed", "This is not an e-mail address.", "email")
  return email
}

function checkClient({ clientId, clientSecret }: AddAccountInput): OAuthClient | undefined {
  if (!clientId && !clientSecret) return undefined
  return checkOAuthClient(clientId ?? "", clientSecret ?? "", ["input"])
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
    client: checkClient(input),
    email: checkEmail(input.email),
    label: checkLabel(input.label),
    projectId: checkProject(input.projectId),
    weight: checkWeight(input.weight),
    priority: checkPriority(input.priority),
    tags: checkTags(input.tags),
  }
}
