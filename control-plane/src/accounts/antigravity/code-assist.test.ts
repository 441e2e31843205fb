import fc from "fast-check"
import { expect, test } from "vitest"
import { readLoadCodeAssist, readOnboardUser } from "./code-assist.ts"

test("a paid account with a project", () => {
  const read = readLoadCodeAssist({
    currentTier: { id: "free-tier", name: "Antigravity" },
    paidTier: { id: "g1-pro-tier", name: "Google AI Pro" },
    allowedTiers: [
      { id: "free-tier", isDefault: true },
      { id: "standard-tier", userDefinedCloudaicompanionProject: true },
    ],
    cloudaicompanionProject: "example-project-ab12c",
  })
  expect(read).toEqual({
    projectId: "example-project-ab12c",
    tier: "Google AI Pro",
    onboardTierIds: ["free-tier"],
    needsOwnProject: false,
    ineligible: [],
  })
})

test("a project that is an object, and one that is an empty text", () => {
  expect(readLoadCodeAssist({ cloudaicompanionProject: { id: "p", name: "n" } }).projectId).toBe("p")
  expect(readLoadCodeAssist({ cloudaicompanionProject: "" }).projectId).toBeUndefined()
})

test("an account that needs a project of its own, with the reason and https links only", () => {
  const read = readLoadCodeAssist({
    allowedTiers: [{ id: "standard-tier", userDefinedCloudaicompanionProject: true, isDefault: true }],
    ineligibleTiers: [
      { tierId: "free-tier", reasonCode: "UNSUPPORTED_LOCATION", validationUrl: "http://not-safe.test" },
      { reasonCode: "VALIDATION_REQUIRED", reasonMessage: "Verify.", validationUrl: "https://accounts.google.com/x" },
    ],
  })
  expect(read).toMatchObject({ needsOwnProject: true, tier: "standard-tier" })
  expect(read.onboardTierIds).toEqual(["free-tier"])
  expect(read.ineligible).toEqual([
    { reasonCode: "UNSUPPORTED_LOCATION", message: undefined, link: undefined },
    { reasonCode: "VALIDATION_REQUIRED", message: "Verify.", link: "https://accounts.google.com/x" },
  ])
})

test("the plan to onboard with, and the next ones: none that wants a project of the operator's own", () => {
  const tiers = (id: string) =>
    readLoadCodeAssist({
      currentTier: { id },
      allowedTiers: [
        { id: "new-tier", isDefault: true },
        { id: "standard-tier", userDefinedCloudaicompanionProject: true },
      ],
    }).onboardTierIds
  expect(tiers("legacy-tier")).toEqual(["new-tier", "legacy-tier", "free-tier"])
  expect(tiers("standard-tier")).toEqual(["new-tier", "free-tier"])
  expect(readLoadCodeAssist({}).onboardTierIds).toEqual(["free-tier"])
})

test("an onboarding that is under way, and one that is done", () => {
  expect(readOnboardUser({ name: "operations/1" })).toEqual({ done: false, projectId: undefined })
  expect(readOnboardUser({ done: true, response: { cloudaicompanionProject: { id: "p" } } })).toEqual({
    done: true,
    projectId: "p",
  })
})

test("no JSON makes it throw", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (json) => {
      expect(readLoadCodeAssist(json).onboardTierIds).not.toContain("")
      expect(typeof readOnboardUser(json).done).toBe("boolean")
    }),
  )
})
