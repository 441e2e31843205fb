import { describe, expect, test } from "vitest"
import type { AccountModel, OAuthFlowModel } from "#generated/sqlite/models.ts"
import { collectGarbage } from "../../../../test/support/collect-garbage.ts"
import type { Principal } from "../../auth/principal.ts"
import type { Database } from "../../database/open.ts"
import { createEvents } from "../../events.ts"
import { CLAIM_MS } from "./flow-store.ts"
import { followOAuth, progressOf } from "./progress.ts"

const now = Date.UTC(2026, 0, 5)

function flow(given: Partial<OAuthFlowModel> = {}): OAuthFlowModel {
  return {
    stateHash: "hash",
    kind: "ANTIGRAVITY",
    principalId: "ses_1",
    sealedVerifier: "s1.sealed",
    redirectUri: "http://127.0.0.1:8089/oauth/callback",
    oauthClient: "0123456789abcdef",
    createdAt: new Date(now),
    expiresAt: new Date(now + 1),
    claimedAt: null,
    endedAt: null,
    step: null,
    accountId: null,
    forAccountId: null,
    otherEmail: null,
    failureCode: null,
    failureMessage: null,
    ...given,
  }
}

type Told = Pick<AccountModel, "state" | "onboardingStep" | "stateReason" | "wayOut">

/** How an account is told; the rest of the row does not matter here. */
function ofAccount(given: Partial<Told>) {
  const told: Told = { state: "ONBOARDING", onboardingStep: null, stateReason: null, wayOut: null, ...given }
  const ended = flow({ endedAt: new Date(now), accountId: "acc_1", step: "ACCOUNT_INFO" })
  const { account: _row, ...rest } = progressOf(ended, told as AccountModel, "ses_1", now) // only these are read
  return rest
}

describe("of a sign-in", () => {
  test("it waits, is at a step while somebody ends it, and waits again when that one is gone", () => {
    expect(progressOf(flow(), null, "ses_1", now)).toMatchObject({ phase: "WAITING", step: undefined })
    const claimed = flow({ claimedAt: new Date(now), step: "EXCHANGE", expiresAt: new Date(now + CLAIM_MS + 1) })
    expect(progressOf(claimed, null, "ses_1", now)).toMatchObject({ phase: "WORKING", step: "EXCHANGE" })
    expect(progressOf(claimed, null, "ses_1", now + CLAIM_MS)).toMatchObject({ phase: "WAITING" })
    expect(progressOf(claimed, null, "ses_1", now + CLAIM_MS + 1)).toMatchObject({ code: "state_expired" })
  })

  test("what kept it from ending is told while it waits, with the provider's words", () => {
    const released = flow({ step: "EXCHANGE", failureCode: "provider_unreachable", failureMessage: "their words" })
    const told = { phase: "WAITING", code: "provider_unreachable", providerMessage: "their words" }
    expect(progressOf(released, null, "ses_1", now)).toMatchObject(told)
  })

  test.each([
    ["nobody knows", null, "ses_1", "unknown_state"],
    ["another session began", flow(), "ses_2", "other_session"],
    ["is too old", flow({ expiresAt: new Date(now) }), "ses_1", "state_expired"],
    ["failed", flow({ endedAt: new Date(now), failureCode: "code_refused" }), "ses_1", "code_refused"],
    ["lost its account", flow({ endedAt: new Date(now), accountId: "acc_gone" }), "ses_1", "account_removed"],
  ])("one that %s has failed", (_what, row, principalId, code) => {
    const progress = progressOf(row, null, principalId, now)
    expect(progress).toMatchObject({ phase: "FAILED", code })
    expect(progress.message).toBeTruthy()
    expect(progress.hint).toBeTruthy()
  })
})

describe("of its account", () => {
  test("each step of the onboarding is told, and what it waits for", () => {
    for (const onboardingStep of ["ACCOUNT_INFO", "LOAD", "ONBOARD", "PROJECT", "CATALOGUE"] as const) {
      expect(ofAccount({ onboardingStep })).toMatchObject({ phase: "WORKING", step: onboardingStep })
    }
    const waits = { onboardingStep: "LOAD", stateReason: "It is not there. Trying again by itself." } as const
    expect(ofAccount(waits)).toMatchObject({ phase: "WORKING", step: "LOAD", message: waits.stateReason })
  })

  test("steps that the sign-in itself went through are not told again, but where it waits or fails there", () => {
    const exchanged = { onboardingStep: "EXCHANGE" } as const
    expect(ofAccount(exchanged)).toMatchObject({ phase: "WORKING", step: "ACCOUNT_INFO" })
    const waits = { ...exchanged, stateReason: "It is not there. Trying again by itself." }
    expect(ofAccount(waits)).toMatchObject({ phase: "WORKING", step: "EXCHANGE" })
    expect(ofAccount({ ...exchanged, state: "NEEDS_LOGIN" })).toMatchObject({ phase: "FAILED", step: "EXCHANGE" })
  })

  test("it is done when its quota was asked for, too", () => {
    expect(ofAccount({ state: "READY", onboardingStep: "QUOTA" })).toMatchObject({ phase: "WORKING", step: "QUOTA" })
    expect(ofAccount({ state: "READY" })).toMatchObject({ phase: "DONE", step: undefined })
  })

  test("a state that needs a hand has failed at its step, with the way out", () => {
    const stopped = {
      state: "NEEDS_PROJECT",
      onboardingStep: "PROJECT",
      stateReason: "None.",
      wayOut: "Give one.",
    } as const
    expect(ofAccount(stopped)).toMatchObject({ phase: "FAILED", step: "PROJECT", message: "None.", hint: "Give one." })
  })
})

test("who follows a sign-in that stays where it is keeps nothing of each look", async () => {
  const looks = 20_000
  let left = looks
  const events = createEvents()
  const sources = [events.listen("oauthFlowChanged"), events.listen("accountChanged")]
  const findUnique = (): Promise<OAuthFlowModel> => Promise.resolve(flow({ expiresAt: new Date(now + 1) }))
  const database = { prisma: { oAuthFlow: { findUnique }, account: { findUnique } } } as unknown as Database // all that is read
  const principal = { id: "ses_1" } as Principal // all that is asked
  const followed = followOAuth({
    database,
    clock: {
      now: () => now,
      after: (_ms, run) => {
        left -= 1
        setImmediate(left > 0 ? run : () => void followed.return?.())
        return () => undefined
      },
    },
    principal,
    state: "the-state",
    sources,
  })
  expect((await followed.next()).value).toMatchObject({ phase: "WAITING" })
  collectGarbage()
  const before = process.memoryUsage().heapUsed
  const next = followed.next()
  await new Promise<void>((resolve) => {
    const look = (): unknown => (left > 1 ? setImmediate(look) : resolve())
    look()
  })
  collectGarbage()
  const keptPerLook = (process.memoryUsage().heapUsed - before) / looks
  expect(await next).toEqual({ done: true, value: undefined })
  expect(keptPerLook).toBeLessThan(100)
})
