/** The account-side methods: load, onboard, catalogue, quota summary, token counting. Source: upstream-protocol 3, 4, 5.2. */
import type { SimulatedAccount } from "./accounts.ts"
import { catalogueEntry, deprecated, models } from "./catalogue.ts"
import { isAtLeast } from "./checker/version.ts"
import { objectOf, listOf, member, stringOf } from "./json.ts"
import { quotaSummary } from "./quota.ts"
import { hexOf } from "./random.ts"
import { notFound } from "./refusals.ts"
import type { Refusal } from "./refusals.ts"
import { readTurns } from "./request.ts"
import { timestamp } from "./time.ts"
import { charactersOf, tokens } from "./usage.ts"
import type { World } from "./world.ts"

/** Answers `loadCodeAssist`. */
export function loadCodeAssist(account: SimulatedAccount): Refusal {
  if (account.projectSource === "own" && account.projectId === undefined) {
    return {
      status: 200,
      body: {
        allowedTiers: [
          { id: "standard-tier", userDefinedCloudaicompanionProject: true, isDefault: true, usesGcpTos: true },
        ],
        ineligibleTiers: [{ tierId: "free-tier", reasonCode: "UNSUPPORTED_LOCATION" }],
      },
    }
  }
  const onboarded = account.projectId !== undefined
  return {
    status: 200,
    body: {
      // The plan of old is there before any project is.
      ...(onboarded || account.tier === "legacy-tier" ? { currentTier: currentTier(account.tier) } : {}),
      ...(onboarded && account.tier.startsWith("g1-") ? { paidTier: paidTier(account.tier) } : {}),
      allowedTiers: [
        { id: "free-tier", isDefault: true },
        { id: "standard-tier", userDefinedCloudaicompanionProject: true },
      ],
      ...(onboarded ? { cloudaicompanionProject: account.projectId } : {}),
    },
  }
}

function currentTier(tier: string): object {
  return { id: ["standard-tier", "legacy-tier"].includes(tier) ? tier : "free-tier", name: "Antigravity" }
}

function paidTier(id: string): object {
  return {
    id,
    name: id === "g1-ultra-tier" ? "Google AI Ultra" : "Google AI Pro",
    availableCredits: [{ creditType: "GOOGLE_ONE_AI", creditAmount: "863", minimumCreditAmountForUsage: "50" }],
  }
}

/** Answers `onboardUser`: `done: false` as often as the account says, then its new project. */
export function onboardUser(world: World, account: SimulatedAccount, body: unknown): Refusal {
  account.projectId ??= stringOf(member(objectOf(body), "cloudaicompanionProject"))
  return operation(world, account)
}

/** Answers the polling of an operation: 404 when there is none of that name. */
export function pollOperation(world: World, account: SimulatedAccount, name: string): Refusal {
  return name === operationName(world, account) ? operation(world, account) : notFound()
}

function operationName(world: World, account: SimulatedAccount): string {
  return `operations/sim-onboarding-${hexOf(12, world.options.seed, "operation", account.email)}`
}

function operation(world: World, account: SimulatedAccount): Refusal {
  const name = operationName(world, account)
  if (account.projectId === undefined && account.onboardingCalls > 0) {
    account.onboardingCalls -= 1
    return { status: 200, body: { name } }
  }
  account.projectId ??= world.accounts.mintProject(account.email)
  const project = { id: account.projectId, name: account.projectId }
  return { status: 200, body: { name, done: true, response: { cloudaicompanionProject: project } } }
}

/** Answers `fetchAvailableModels`; newer models only for a User-Agent that carries a version high enough. */
export function fetchAvailableModels(world: World, account: SimulatedAccount, userAgent: string | undefined): Refusal {
  const newer = isAtLeast(userAgent, world.options.newerModelsVersion)
  const now = world.now()
  const listed = models.filter((model) => (newer || !model.newer) && (account.models?.includes(model.id) ?? true))
  const entries = listed.map((model) => {
    const { fraction, resetAt } = world.quota.nearest(account, model.bucket, now)
    return [model.id, catalogueEntry(model, { fraction, resetTime: timestamp(resetAt) })] as const
  })
  return {
    status: 200,
    body: {
      models: Object.fromEntries(entries),
      webSearchModelIds: listed.filter(({ webSearch }) => webSearch).map(({ id }) => id),
      deprecatedModelIds: Object.fromEntries(
        Object.entries(deprecated).map(([id, newModelId]) => [id, { newModelId }]),
      ),
    },
  }
}

/** Answers `retrieveUserQuotaSummary`. */
export function retrieveUserQuotaSummary(world: World, account: SimulatedAccount): Refusal {
  return { status: 200, body: quotaSummary(world.quota, account, world.now()) }
}

/** Answers `countTokens`: only `contents` count. */
export function countTokens(body: unknown): Refusal {
  const request = objectOf(objectOf(body)["request"])
  const turns = readTurns(listOf(request["contents"]))
  const characters = turns.flatMap(({ parts }) => parts).reduce((total, part) => total + charactersOf(part), 0)
  return { status: 200, body: { totalTokens: tokens(characters) } }
}
