/**
 * Reads one account of a JSON document. The programs that people come from differ in the names of their fields, not in what they
 * mean, so there is one table of names for all. Pure; what cannot be kept is named, and no message repeats a value.
 */
import { Secret } from "#shared/secret.ts"
import { InvalidInputError } from "../../failure.ts"
import { checkTags } from "../../input-checks.ts"
import { booleanField, field, numberField, textField, texts } from "../../json.ts"
import * as fields from "../account-fields.ts"
import { checkEmail, checkRefreshToken } from "../add-account-input.ts"
import { checkOAuthClient, type OAuthClient } from "../oauth/clients.ts"
import type { ImportedAccount } from "./imported-row.ts"

export type ReadEntry =
  | { readonly type: "account"; readonly account: ImportedAccount; readonly notCarried: readonly string[] }
  | { readonly type: "invalid"; readonly email: string | undefined; readonly message: string }

export interface EntryOptions {
  /** It is our own export: what it says was an operator's word. */
  readonly isOurs: boolean
  /** The OAuth clients that came with the document, by fingerprint. */
  readonly clients: ReadonlyMap<string, OAuthClient>
}

/** Names of what has a place here. */
const KNOWN = new Set(
  `type kind email refresh_token refreshToken token project_id projectId managedProjectId label custom_label note enabled disabled
  proxy_disabled weight priority maxConcurrent reserve disabledModels excluded_models excluded-models tags oauthClient client_id
  client_secret`.split(/\s+/),
)
/** Names of what is found anew by itself, or says nothing about the account: to leave it out loses nothing. */
const MADE_ANEW = new Set(
  `id access_token accessToken expires_in timestamp expired expiry expiry_timestamp token_type token_uri id_token scope scopes
  session_id is_gcp_tos quota created_at createdAt added_at addedAt last_used lastUsed source dbPath disabled_reason disabled_at
  proxy_disabled_reason proxy_disabled_at validation_blocked validation_blocked_until validation_blocked_reason validation_url
  live_limited_models skip_project_header isInvalid invalidReason modelRateLimits rateLimitResetTimes subscription
  exportedAt`.split(/\s+/),
)
const MAX_NOT_CARRIED = 20
/** What else than a number or a list a known field holds; anything else in it is no value of its. */
const TEXTS =
  `email project_id projectId managedProjectId label custom_label note oauthClient client_id client_secret`.split(" ")
const BOOLEANS = ["enabled", "disabled", "proxy_disabled"]
const LABELS = ["label", "custom_label", "note"]
const WRONG_KIND = "Accounts of this kind cannot be added in this version; only those of Antigravity can."

/** Reads it, or says in a sentence what is wrong. Total: any JSON gives an answer. */
export function readEntry(json: unknown, options: EntryOptions): ReadEntry {
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    return { type: "invalid", email: undefined, message: "This is no account: an object with a refresh token is." }
  }
  const token = field(json, "token")
  const inner = typeof token === "object" && token !== null ? token : {}
  const email = emailOf(json, inner)
  const invalid = (message: string): ReadEntry => ({ type: "invalid", email, message })
  const type = textField(json, "type")?.toLowerCase()
  const kind = textField(json, "kind")
  // `authorized_user` is what Google's own libraries write.
  if (
    (type !== undefined && type !== "antigravity" && type !== "authorized_user") ||
    (kind ?? "ANTIGRAVITY") !== "ANTIGRAVITY"
  ) {
    return invalid(WRONG_KIND)
  }
  const given = textField(json, "refresh_token") ?? textField(json, "refreshToken") ?? textField(inner, "refresh_token")
  if (given === undefined) {
    return invalid("There is no refresh token in it. Export it anew with its token, or sign in to the account.")
  }
  // Some programs write the projects behind the token.
  const [text = "", ...projects] = given.split("|").map((part) => part.trim())
  const wrong = notARefreshToken(text)
  if (wrong !== undefined) return invalid(wrong)
  const notCarried = [...leftOver(json, inner), ...otherwiseTyped(json), ...otherLabels(json)]
  const keep = <Value>(name: string, check: () => Value): Value | undefined => {
    try {
      return check()
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error
      notCarried.push(`${name} (${error.message})`)
      return undefined
    }
  }
  if (email === undefined && textField(json, "email") !== undefined)
    notCarried.push("email (This is not an e-mail address.)")
  const project = textField(json, "project_id") ?? textField(json, "projectId") ?? textField(inner, "project_id")
  const account: ImportedAccount = {
    email,
    refreshToken: new Secret(text),
    label: keep("label", () => fields.checkLabel(labelOf(json))),
    projectId: keep("project", () =>
      fields.checkProject(project ?? textField(json, "managedProjectId") ?? projects.find((one) => one !== "")),
    ),
    projectIsGiven: options.isOurs,
    enabled: enabledOf(json, options.isOurs),
    weight: keep("weight", () => fields.checkWeight(wholeNumber(json, "weight"))),
    priority: keep("priority", () => fields.checkPriority(wholeNumber(json, "priority"))),
    maxConcurrent: keep("maxConcurrent", () => fields.checkMaxConcurrent(wholeNumber(json, "maxConcurrent"))),
    reserve: keep("reserve", () => fields.checkReserve(numberIn(json, "reserve"))),
    disabledModels: keep("disabledModels", () => fields.checkDisabledModels(modelsOf(json, notCarried))),
    tags: keep("tags", () => checkTags(listOf(json, "tags", notCarried))),
    client: keep("OAuth client", () => clientOf(json, options)),
  }
  const more = notCarried.length - MAX_NOT_CARRIED
  const shown = more > 0 ? [...notCarried.slice(0, MAX_NOT_CARRIED), `and ${more} more`] : notCarried
  return { type: "account", account, notCarried: shown }
}

/** Why a text is no refresh token; undefined when it may be one. */
export function notARefreshToken(text: string): string | undefined {
  if (text.startsWith("ya29.")) {
    return "This is an access token, which works for an hour at most. The refresh token beside it is needed."
  }
  if (/^AIza[\w-]{20,}$/.test(text)) return "This is an API key, not a refresh token of an account."
  try {
    checkRefreshToken(text)
    return undefined
  } catch (error) {
    if (error instanceof InvalidInputError) return error.message
    throw error
  }
}

function emailOf(json: object, inner: object): string | undefined {
  try {
    return checkEmail(textField(json, "email") ?? textField(inner, "email"))
  } catch (error) {
    if (error instanceof InvalidInputError) return undefined
    throw error
  }
}

/** Only a name that somebody chose: an address is none, and neither is a person's own name. */
function labelOf(json: object): string | undefined {
  return LABELS.map((name) => textField(json, name)).find((text) => text !== undefined)
}

/** An account has one label; what else might have been it is told. */
function otherLabels(json: object): string[] {
  const taken = labelOf(json)
  return LABELS.filter((name) => textField(json, name) !== undefined).filter(
    (name, index) => index > 0 && textField(json, name) !== taken,
  )
}

/** Names of fields that hold what they never hold, and are therefore not understood. */
function otherwiseTyped(json: object): string[] {
  const isOther = (name: string, type: "string" | "boolean"): boolean => {
    const value = field(json, name)
    return value !== undefined && value !== null && typeof value !== type
  }
  const all = [
    ...TEXTS.filter((name) => isOther(name, "string")),
    ...BOOLEANS.filter((name) => isOther(name, "boolean")),
  ]
  return all.map((name) => `${name} (not understood)`)
}

/** Of another program it is told only where it switched an account off: that it did not is no word of an operator's. */
function enabledOf(json: object, isOurs: boolean): boolean | undefined {
  const isOff = ["disabled", "proxy_disabled"].some((name) => booleanField(json, name) === true)
  const enabled = booleanField(json, "enabled")
  if (isOff || enabled === false) return false
  return isOurs ? enabled : undefined
}

function numberIn(json: object, name: string): number | undefined {
  if ((field(json, name) ?? undefined) === undefined) return undefined
  const number = numberField(json, name)
  if (number === undefined) throw new InvalidInputError("malformed", "This is not a number.", [name])
  return number
}

function wholeNumber(json: object, name: string): number | undefined {
  const number = numberIn(json, name)
  if (number !== undefined && !Number.isInteger(number)) {
    throw new InvalidInputError("malformed", "This is not a whole number.", [name])
  }
  return number
}

function listOf(json: object, name: string, notCarried: string[]): string[] | undefined {
  const list = field(json, name)
  if (list === undefined || list === null) return undefined
  const kept = texts(list)
  if (!Array.isArray(list) || kept.length < list.length) notCarried.push(`${name} (what is no text in it)`)
  return Array.isArray(list) ? kept : undefined
}

/** Ids; a pattern stands for models that nobody can name today. */
function modelsOf(json: object, notCarried: string[]): string[] | undefined {
  const lists = ["disabledModels", "excluded_models", "excluded-models"].map((name) => listOf(json, name, notCarried))
  const all = lists.find((list) => list !== undefined)
  if (all?.some((id) => id.includes("*")) === true) notCarried.push("excluded models (patterns; name the models)")
  return all?.filter((id) => !id.includes("*"))
}

function clientOf(json: object, { clients, isOurs }: EntryOptions): OAuthClient | undefined {
  const fingerprint = isOurs ? textField(json, "oauthClient") : undefined
  if (fingerprint !== undefined) {
    const client = clients.get(fingerprint)
    if (client === undefined) {
      throw new InvalidInputError("not_found", "The document does not bring it; the one in force is tried.", [])
    }
    return client
  }
  const clientId = textField(json, "client_id")
  const clientSecret = textField(json, "client_secret")
  if (clientId === undefined && clientSecret === undefined) return undefined
  return checkOAuthClient(clientId ?? "", clientSecret ?? "", ["document"])
}

/** Names of what has no place here, as far as they can be shown. */
function leftOver(json: object, inner: object): string[] {
  const isSaid = (holder: object, name: string): boolean => {
    const value = field(holder, name)
    const isEmpty = value === undefined || value === null || value === "" || value === false
    return !isEmpty && !(typeof value === "object" && Object.keys(value ?? {}).length === 0)
  }
  const names = (holder: object): string[] =>
    Object.keys(holder).filter((name) => !KNOWN.has(name) && !MADE_ANEW.has(name) && isSaid(holder, name))
  const all = [...names(json), ...names(inner).map((name) => `token.${name}`)]
  return all.map((name) => (/^[\w.-]{1,40}$/.test(name) ? name : "(a field with an unusual name)"))
}
