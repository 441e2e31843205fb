/** The doctor: each step shows what is wrong, whatever else is, and what is not the account's fault leaves the account as it is. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest"
import { expectRefusals, startSimulator, type Simulator } from "../../test/support/simulator.ts"
import { waitFor } from "../../test/support/wait-for.ts"
import { ADMIN_TOKEN, startTestControlPlane, type TestControlPlane } from "./support/control-plane.ts"
import { subscribe } from "./support/event-stream.ts"

const ADD = `mutation ($token: String!) { addAccount(input: { kind: ANTIGRAVITY, acknowledgedTerms: true, refreshToken: $token }) {
  ... on AddAccountSuccess { account { id } } ... on Failure { message } } }`
const TEST = `mutation ($id: ID!, $models: [String!]) { testAccount(id: $id, models: $models) { __typename
  ... on TestAccountSuccess { works isOnboardedAnew durationMs account { id state tier }
    steps { step subject outcome durationMs message wayOut link } }
  ... on Failure { code message path } } }`

interface Step {
  readonly step: string
  readonly subject: string | null
  readonly outcome: string
  readonly durationMs: number | null
  readonly message: string
  readonly wayOut: string | null
  readonly link: string | null
}

interface Report {
  readonly __typename: string
  readonly works: boolean
  readonly isOnboardedAnew: boolean
  readonly account: { readonly state: string; readonly tier: string }
  readonly steps: Step[]
  readonly code: string
}

// A provider that answers late makes an account wait and try again; the machine of a test may be slow as well.
const PATIENCE_MS = 40_000
const MODEL = "gemini-3-flash"
let simulator: Simulator
let control: TestControlPlane
let made = 0

beforeAll(async () => {
  simulator = await startSimulator({ accounts: 0 })
  control = await startTestControlPlane({ simulatorUrl: simulator.url })
})
afterEach(() => simulator.clearFaults())
afterAll(async () => {
  await control.stop()
  await simulator.close()
})

async function stateOf(id: string): Promise<string> {
  const document = `query ($id: ID!) { account(id: $id) { state } }`
  return (await control.data<{ account: { state: string } }>(document, { id })).account.state
}

/** An account that serves, alone in its faults; or one whose onboarding stops in another state. */
async function account(more: object = {}, state: "READY" | "NEEDS_VERIFICATION" = "READY") {
  made += 1
  const email = `tested-${made}@example.test`
  simulator.addAccount({ email, ...more })
  const { addAccount } = await control.data<{ addAccount: { account: { id: string } } }>(ADD, {
    token: `sim-refresh-${email}`,
  })
  const { id } = addAccount.account
  const { prisma } = control.controlPlane.services.database
  // Its quota is read last of all.
  await waitFor(
    async () =>
      (await prisma.account.count({ where: { id, state, ...(state === "READY" ? { onboardingStep: null } : {}) } })) ===
      1,
    PATIENCE_MS,
  )
  return { id, email }
}

async function testing(id: string, models?: readonly string[] | null): Promise<Report> {
  return (await control.data<{ testAccount: Report }>(TEST, { id, models })).testAccount
}

function of(report: Report, step: string): Step {
  const found = report.steps.find((one) => one.step === step)
  if (found === undefined) throw new Error(`no step ${step}: ${JSON.stringify(report)}`)
  return found
}

const outcomes = ({ steps }: Report): string[] => steps.map(({ step, outcome }) => `${step} ${outcome}`)

describe("an account that works", () => {
  test("passes every step in their order, and each model that it offers is asked once", async () => {
    const { id, email } = await account({
      models: ["gemini-3-flash", "claude-sonnet-4-6", "gpt-oss-120b-medium", "gemini-3.1-flash-image"],
    })
    const before = simulator.seen().length
    const report = await testing(id)
    expect(outcomes(report)).toEqual([
      "TOKEN PASSED",
      "TIER PASSED",
      "PROJECT PASSED",
      "HOST PASSED",
      "MODEL PASSED",
      "MODEL PASSED",
      "MODEL SKIPPED",
      "MODEL PASSED",
      "QUOTA PASSED",
    ])
    expect(report).toMatchObject({ works: true, isOnboardedAnew: false, account: { state: "READY" } })
    expect(report.steps.filter(({ step }) => step === "MODEL").map(({ subject }) => subject)).toEqual([
      "claude-sonnet-4-6",
      "gemini-3-flash",
      "gemini-3.1-flash-image",
      "gpt-oss-120b-medium",
    ])
    const generations = simulator
      .seen()
      .slice(before)
      .filter(({ path }) => path.includes("streamGenerateContent"))
    expect(generations).toHaveLength(3)
    expect(generations.every((one) => one.account === email)).toBe(true)
    for (const { outcome, durationMs } of report.steps) expect(durationMs === null).toBe(outcome === "SKIPPED")
    expect(of(report, "QUOTA").message).toMatch(/Gemini models \(5 hours\) \d+ %/)
  })

  test("who follows it hears of each step as soon as it is done, and of no other account's", async () => {
    const [{ id }, other] = [await account({ models: [MODEL] }), await account({ models: [MODEL] })]
    const document = `subscription { accountTestStep(accountId: "${id}") { step subject outcome } }`
    const steps = await subscribe<{ accountTestStep: Pick<Step, "step" | "subject" | "outcome"> }>(
      control.url,
      document,
      { token: ADMIN_TOKEN },
    )
    await testing(other.id, [])
    const report = testing(id)
    const told: unknown[] = []
    while (told.length < 6) told.push((await steps.next()).accountTestStep)
    expect(told).toEqual((await report).steps.map(({ step, subject, outcome }) => ({ step, subject, outcome })))
    steps.close()
  })

  test("is not asked for models that are retired: requests do not reach them", async () => {
    const { id } = await account({ models: ["gemini-3.1-pro-high", "gemini-pro-agent"] })
    const report = await testing(id)
    expect(report.works).toBe(true)
    const models = report.steps.filter(({ step }) => step === "MODEL")
    expect(models.map(({ subject, outcome, message }) => [subject, outcome, message])).toEqual([
      ["gemini-3.1-pro-high", "SKIPPED", "It is retired: requests that name it go to gemini-pro-agent."],
      ["gemini-pro-agent", "PASSED", "It answered."],
    ])
  })

  test("only the named models are tried, an image model too; and none for an empty list", async () => {
    const { id } = await account()
    const named = await testing(id, ["gemini-3.1-flash-image", "no-such-model"])
    const models = named.steps.filter(({ step }) => step === "MODEL")
    expect(models.map(({ subject, outcome }) => [subject, outcome])).toEqual([
      ["gemini-3.1-flash-image", "PASSED"],
      ["no-such-model", "FAILED"],
    ])
    expect(models[1]?.wayOut).toMatch(/not offered this model/)
    expectRefusals(simulator, ["model-unknown"])
    expect((await testing(id, [])).steps.map(({ step }) => step)).toEqual(["TOKEN", "TIER", "PROJECT", "HOST", "QUOTA"])
  })

  test("a model that is switched off for it is not tried", async () => {
    const { id } = await account({ models: [MODEL] })
    const document = `mutation ($id: ID!) { updateAccount(id: $id, input: { disabledModels: ["${MODEL}"] }) { __typename } }`
    await control.data(document, { id })
    expect(of(await testing(id), "MODEL")).toMatchObject({ subject: MODEL, outcome: "SKIPPED", durationMs: null })
  })
})

describe("a step that fails is told, and what can go on goes on", () => {
  // Nothing of what follows lasts, so that one account is enough for all of it.
  let shared: { readonly id: string; readonly email: string }
  beforeAll(async () => {
    shared = await account({ models: [MODEL] })
  })

  test.each<[string, string, string, RegExp, RegExp | null]>([
    ["TOKEN", "token", "invalid-grant", /expired or revoked/, /sign in to the account again/],
    ["TOKEN", "token", "internal", /token endpoint answered 500/, /tried again by itself/],
    ["TOKEN", "token", "invalid-client", /refuses our OAuth client/, null],
    ["TIER", "loadCodeAssist", "internal", /500/, /try again later/],
    ["TIER", "loadCodeAssist", "sorry-page", /HTML page/, /OUTBOUND_PROXY/],
    ["HOST", "fetchAvailableModels", "internal", /500/, /try again later/],
    ["HOST", "fetchAvailableModels", "reset-before-headers", /cannot be reached/, /look at the network/],
    ["MODEL", "streamGenerateContent", "capacity", /503/, /try again later/],
    ["MODEL", "streamGenerateContent", "rate-limit-long", /RATE_LIMIT_EXCEEDED/, /try again later/],
    ["MODEL", "streamGenerateContent", "quota-model", /QUOTA_EXHAUSTED/, /until the quota is back/],
    ["MODEL", "streamGenerateContent", "forbidden", /does not have permission/, /at the provider/],
    ["MODEL", "streamGenerateContent", "version-unsupported", /no longer supported/, /ANTIGRAVITY_USER_AGENT/],
    ["MODEL", "streamGenerateContent", "model-retired", /no longer available/, /was retired/],
    ["MODEL", "streamGenerateContent", "error-in-200", /./, /./],
    ["MODEL", "streamGenerateContent", "empty-answer", /EMPTY/, /try again later/],
    ["MODEL", "streamGenerateContent", "no-events", /EMPTY/, /try again later/],
    ["MODEL", "streamGenerateContent", "non-json-event", /NOT_JSON/, /try again later/],
    ["MODEL", "streamGenerateContent", "truncated", /NO_FINISH/, /try again later/],
    ["MODEL", "streamGenerateContent", "reset-mid-stream", /cannot be reached/, /look at the network/],
    ["QUOTA", "retrieveUserQuotaSummary", "internal", /500/, /try again later/],
  ])("%s: %s %s", async (step, method, kind, message, wayOut) => {
    const { id, email } = shared
    simulator.script({ fault: { kind }, match: { method, account: email } })
    const report = await testing(id)
    const failed = report.steps.filter(({ outcome }) => outcome === "FAILED")
    expect(failed.map((one) => one.step)).toEqual([step])
    expect(failed[0]?.message).toMatch(message)
    if (wayOut === null) expect(failed[0]?.wayOut).toBeNull()
    else expect(failed[0]?.wayOut).toMatch(wayOut)
    expect(report.works).toBe(false)
    // None of these is a word about the account that lasts.
    expect(await stateOf(id)).toBe("READY")
  })

  test.each([
    "crlf",
    "cut",
    "comments",
    "unterminated",
    "usage-after-finish",
    "bare-response",
    "done-marker",
    "thought-only",
  ])("an answer in the form %s is one", async (kind) => {
    const { id, email } = shared
    simulator.script({ fault: { kind }, match: { account: email } })
    const { outcome } = of(await testing(id), "MODEL")
    expect(outcome).toBe("PASSED")
  })

  test("without an access token only what needs none is tried, and the reason is given", async () => {
    const { id, email } = await account({ models: [MODEL] })
    const { prisma } = control.controlPlane.services.database
    await prisma.credential.updateMany({ where: { accountId: id }, data: { accessTokenExpiresAt: new Date(0) } })
    simulator.script({ fault: { kind: "internal" }, match: { method: "token", account: email } })
    const report = await testing(id)
    expect(outcomes(report)).toEqual([
      "TOKEN FAILED",
      "TIER SKIPPED",
      "PROJECT SKIPPED",
      "HOST SKIPPED",
      "MODEL SKIPPED",
      "QUOTA SKIPPED",
    ])
    expect(of(report, "QUOTA").message).toMatch(/no access token/)
  })

  test("an account without a project", async () => {
    const { id, email } = await account({ models: [MODEL] })
    simulator.addAccount({ email, projectSource: "own", projectId: null })
    const { prisma } = control.controlPlane.services.database
    await prisma.account.updateMany({ where: { id }, data: { projectId: null } })
    const report = await testing(id)
    expect(of(report, "PROJECT")).toMatchObject({ outcome: "FAILED", wayOut: expect.stringMatching(/project/) })
    expect(of(report, "MODEL")).toMatchObject({ outcome: "SKIPPED", message: expect.stringMatching(/no project/) })
  })

  test("one model that fails does not keep the others from being tried", async () => {
    const { id, email } = await account({ models: [MODEL, "gpt-oss-120b-medium"] })
    simulator.script({ fault: { kind: "capacity" }, match: { account: email, model: MODEL } })
    const models = (await testing(id)).steps.filter(({ step }) => step === "MODEL")
    expect(models.map(({ subject, outcome }) => [subject, outcome])).toEqual([
      [MODEL, "FAILED"],
      ["gpt-oss-120b-medium", "PASSED"],
    ])
  })
})

describe("what the provider says of the account itself", () => {
  test("is kept, with its link, and an account that works again is onboarded anew", async () => {
    const { id, email } = await account({ models: [MODEL] })
    const simulated = simulator.world.accounts.of(email)
    if (simulated === undefined) throw new Error("the account is gone")
    simulated.state = "validation-required"
    const refused = await testing(id)
    expect(of(refused, "MODEL")).toMatchObject({
      outcome: "FAILED",
      link: expect.stringMatching(/^https:\/\/accounts\.google\.com\//),
    })
    expect(refused.account.state).toBe("NEEDS_VERIFICATION")
    simulated.state = "ok"
    const back = await testing(id)
    expect(back).toMatchObject({ works: true, isOnboardedAnew: true })
    await waitFor(async () => (await stateOf(id)) === "READY", PATIENCE_MS)
  })

  test("one that met a wall before it had a project is onboarded anew too, which makes the project", async () => {
    const { id, email } = await account(
      { models: [MODEL], projectSource: "onboarding", state: "validation-required" },
      "NEEDS_VERIFICATION",
    )
    expect(await testing(id)).toMatchObject({ isOnboardedAnew: false, account: { state: "NEEDS_VERIFICATION" } })
    const simulated = simulator.world.accounts.of(email)
    if (simulated !== undefined) simulated.state = "ok"
    const back = await testing(id)
    expect(of(back, "PROJECT")).toMatchObject({ outcome: "FAILED", wayOut: expect.stringMatching(/onboarding/) })
    expect(back.isOnboardedAnew).toBe(true)
    await waitFor(async () => (await stateOf(id)) === "READY", PATIENCE_MS)
  })

  test("a disabled account is told as one", async () => {
    const { id, email } = await account({ models: [MODEL] })
    const simulated = simulator.world.accounts.of(email)
    if (simulated !== undefined) simulated.state = "terms-violation"
    const report = await testing(id)
    expect(report.account.state).toBe("DISABLED_BY_PROVIDER")
    expect(of(report, "MODEL").wayOut).toMatch(/look at the account again/)
  })

  test("a refresh token that is refused once is no end of the account: the provider is asked again first", async () => {
    const { id, email } = await account({ models: [MODEL] })
    simulator.script({ fault: { kind: "invalid-grant" }, match: { method: "token", account: email }, times: 1 })
    const report = await testing(id)
    expect(outcomes(report)).toEqual([
      "TOKEN FAILED",
      "TIER PASSED",
      "PROJECT PASSED",
      "HOST PASSED",
      "MODEL PASSED",
      "QUOTA PASSED",
    ])
    expect(await stateOf(id)).toBe("READY")
  })
})

test("two models are tried at a time, no more", async () => {
  const models = ["gemini-3-flash", "gemini-pro-agent", "gpt-oss-120b-medium", "claude-sonnet-4-6"]
  const { id, email } = await account({ models })
  // Slow enough that all four would meet.
  simulator.script({ fault: { kind: "delay", ms: 200 }, match: { account: email } })
  await testing(id)
  expect(simulator.concurrency()[email]?.maximum).toBeLessThanOrEqual(2)
})

test("an account is tested once at a time", async () => {
  const { id } = await account({ models: [MODEL] })
  const reports = await Promise.all([testing(id), testing(id)])
  expect(new Set(reports.map(({ __typename, code }) => code ?? __typename))).toEqual(
    new Set(["TestAccountSuccess", "busy"]),
  )
})

test("nothing private is in a report but what the account shows anyway", async () => {
  const { id, email } = await account({ models: [MODEL] })
  simulator.script({ fault: { kind: "service-disabled" }, match: { account: email } })
  const report = await testing(id)
  const { prisma } = control.controlPlane.services.database
  const { projectId } = await prisma.account.findUniqueOrThrow({ where: { id } })
  expect(of(report, "MODEL").message).not.toContain(projectId)
  expect(JSON.stringify(report)).not.toContain("sim-refresh-")
  expect(JSON.stringify(report)).not.toContain(email)
})

test.each([
  ["acc_nobody", null, "not_found"],
  ["acc_nobody", [""], "out_of_range"],
])("%s %j is refused", async (id, models, code) => {
  expect(await testing(id, models)).toMatchObject({ code })
})
