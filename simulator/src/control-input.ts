/** Reads the bodies of the control endpoints. Everything here throws a RangeError that says what is wrong. */
import { accountStates, projectSources } from "./accounts.ts"
import type { AccountInput, AccountState, QuotaCapacity, SimulatedAccount } from "./accounts.ts"
import type { QuotaBucket } from "./catalogue.ts"
import type { FaultScript } from "./faults.ts"
import { isObject, listOf, numberOf, objectOf, stringOf } from "./json.ts"
import type { JsonObject } from "./json.ts"
import type { World } from "./world.ts"

/** The account a body names. */
export function accountIn(world: World, body: JsonObject): SimulatedAccount {
  const email = stringOf(body["email"]) ?? ""
  const account = world.accounts.of(email)
  if (!account) throw new RangeError(`no account ${email}`)
  return account
}

/** A new account; members of another type than theirs are refused. */
export function accountInput(body: JsonObject): AccountInput {
  const email = text(body, "email")
  if (!email) throw new RangeError("email is required")
  const projectSource = oneOf(body, "projectSource", projectSources)
  const onboardingCalls = numberOf(body["onboardingCalls"])
  const models = body["models"] === undefined ? undefined : listOf(body["models"]).map(String)
  return {
    ...members(body, ["refreshToken", "tier"]),
    email,
    ...(body["projectId"] === null ? { projectId: null } : members(body, ["projectId"])),
    ...(projectSource ? { projectSource } : {}),
    ...(models ? { models } : {}),
    ...(body["quota"] === undefined ? {} : { quota: quotaIn(objectOf(body["quota"])) }),
    ...(stateIn(body) ? { state: stateIn(body) ?? "ok" } : {}),
    rotatesRefreshToken: body["rotatesRefreshToken"] === true,
    withholdsRefreshToken: body["withholdsRefreshToken"] === true,
    ...(onboardingCalls === undefined ? {} : { onboardingCalls }),
  }
}

/** The state a body names; undefined when it names none. */
export function stateIn(body: JsonObject): AccountState | undefined {
  return oneOf(body, "state", accountStates)
}

/** The bucket a body names. */
export function bucketIn(body: JsonObject): QuotaBucket {
  const bucket = oneOf(body, "bucket", buckets)
  if (bucket === undefined) throw new RangeError("bucket is required")
  return bucket
}

/** A scripted fault. */
export function scriptIn(body: JsonObject): FaultScript {
  const fault = body["fault"]
  const kind = isObject(fault) ? stringOf(fault["kind"]) : undefined
  if (!isObject(fault) || kind === undefined) throw new RangeError("fault.kind is required")
  const [skip, times] = [numberOf(body["skip"]), numberOf(body["times"])]
  const share = shareIn(body)
  return {
    fault: { ...fault, kind },
    match: members(objectOf(body["match"]), ["account", "model", "method"]),
    ...(skip === undefined ? {} : { skip }),
    ...(times === undefined ? {} : { times }),
    ...(share === undefined ? {} : { share }),
  }
}

function shareIn(body: JsonObject): number | undefined {
  if (body["share"] === undefined) return undefined
  const share = numberOf(body["share"])
  if (share === undefined || share < 0 || share > 1) throw new RangeError("share is a number from 0 to 1")
  return share
}

const buckets = ["gemini", "third_party", "image"] as const

function quotaIn(body: JsonObject): QuotaCapacity {
  return Object.fromEntries(
    buckets.flatMap((bucket) => {
      const capacity = objectOf(body[bucket])
      const [fiveHours, weekly] = [numberOf(capacity["fiveHours"]), numberOf(capacity["weekly"])]
      if (body[bucket] === undefined) return []
      if (fiveHours === undefined || weekly === undefined)
        throw new RangeError(`quota.${bucket} needs fiveHours and weekly`)
      return [[bucket, { fiveHours, weekly }]]
    }),
  )
}

function text(body: JsonObject, name: string): string | undefined {
  const value = body[name]
  if (value === undefined || typeof value === "string") return value
  throw new RangeError(`${name} is a string`)
}

function members<Name extends string>(body: JsonObject, names: readonly Name[]): { [name in Name]?: string } {
  const found: { [name in Name]?: string } = {}
  for (const name of names) {
    const value = text(body, name)
    if (value !== undefined) found[name] = value
  }
  return found
}

function oneOf<Value extends string>(body: JsonObject, name: string, values: readonly Value[]): Value | undefined {
  const value = text(body, name)
  const known = values.find((one) => one === value)
  if (value !== undefined && known === undefined) throw new RangeError(`${name} is one of ${values.join(", ")}`)
  return known
}
