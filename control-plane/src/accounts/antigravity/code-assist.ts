/** Reads what `loadCodeAssist` and `onboardUser` say. Pure: JSON in, facts out. */
import { booleanField, field, items, textField } from "../../json.ts"

export interface Eligibility {
  readonly reasonCode: string | undefined
  readonly message: string | undefined
  /** https only. */
  readonly link: string | undefined
}

export interface CodeAssist {
  readonly projectId: string | undefined
  /** The plan as a person knows it: the paid one, else the current one, else the one on offer. */
  readonly tier: string | undefined
  /** With which tier to onboard, and with which next where the provider refuses one. */
  readonly onboardTierIds: readonly string[]
  /** The tier on offer wants a project of the operator's own. */
  readonly needsOwnProject: boolean
  readonly ineligible: readonly Eligibility[]
}

/** `cloudaicompanionProject` is a text or an object with an id. */
function readProject(json: unknown): string | undefined {
  return textField(json, "cloudaicompanionProject") ?? textField(field(json, "cloudaicompanionProject"), "id")
}

function httpsOnly(link: string | undefined): string | undefined {
  return link !== undefined && /^https:\/\//i.test(link) ? link : undefined
}

const wantsOwnProject = (tier: unknown): boolean => booleanField(tier, "userDefinedCloudaicompanionProject") === true

export function readLoadCodeAssist(json: unknown): CodeAssist {
  const paid = field(json, "paidTier")
  const current = field(json, "currentTier")
  const allowed = items(field(json, "allowedTiers"))
  const offered = allowed.find((tier) => booleanField(tier, "isDefault") === true)
  const ownProject = allowed.filter(wantsOwnProject).map((tier) => textField(tier, "id"))
  const onboardTiers = [textField(offered, "id"), textField(current, "id"), "free-tier"].flatMap((id) =>
    id === undefined || ownProject.includes(id) ? [] : [id],
  )
  const ineligible = items(field(json, "ineligibleTiers")).map((tier) => ({
    reasonCode: textField(tier, "reasonCode"),
    message: textField(tier, "reasonMessage"),
    link: httpsOnly(textField(tier, "validationUrl")),
  }))
  const name = (tier: unknown): string | undefined => textField(tier, "name") ?? textField(tier, "id")
  const free = name(current) ?? name(offered)
  return {
    projectId: readProject(json),
    tier: name(paid) ?? free,
    onboardTierIds: [...new Set(onboardTiers)],
    needsOwnProject: wantsOwnProject(offered),
    ineligible,
  }
}

export interface OnboardProgress {
  readonly done: boolean
  readonly projectId: string | undefined
}

/** The long-running operation that `onboardUser` answers. */
export function readOnboardUser(json: unknown): OnboardProgress {
  return { done: booleanField(json, "done") === true, projectId: readProject(field(json, "response")) }
}
