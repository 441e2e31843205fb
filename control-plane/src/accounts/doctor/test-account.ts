/**
 * Tests an account step by step, each one also after another has failed where it can still tell something. It goes the ways that
 * requests go and keeps what the ordinary readings would keep (tokens, plan, list of models, quota, a lasting refusal); it benches nothing,
 * and a failure that is not the account's own leaves the account as it is.
 */
import type { AccountModel, CredentialModel } from "#generated/sqlite/models.ts"
import type { Catalogue } from "#shared/catalogue.ts"
import type { Logger } from "#shared/log.ts"
import { QUOTA_BUCKET_NAMES, QUOTA_WINDOW_NAMES } from "#shared/quota-bucket.ts"
import type { Secret } from "#shared/secret.ts"
import type { ClassifiedFailure } from "#shared/upstream-failure.ts"
import type { Audit } from "../../audit/audit.ts"
import { readAvailableModels } from "../../catalogue/read.ts"
import { writeCatalogue } from "../../catalogue/store.ts"
import { InvalidInputError, RefusedError } from "../../failure.ts"
import { field, items, textField, texts } from "../../json.ts"
import { readCatalogueQuota, readQuotaSummary } from "../../quota/read.ts"
import type { QuotaStore } from "../../quota/store.ts"
import type { SettingValues } from "../../settings/table.ts"
import type { AntigravityCalls, CallAnswer } from "../antigravity/calls.ts"
import { readLoadCodeAssist, type CodeAssist } from "../antigravity/code-assist.ts"
import type { Credentials } from "../credentials.ts"
import { startOnboarding, withoutProject } from "../onboard.ts"
import { takeRefusedCall, type RefusedCallOptions } from "../refused-call.ts"
import { failed, passed, skipped, stepOf, type TestStep, type TestStepName, type Verdict } from "./test-step.ts"
import { checkModels, tryModels } from "./try-models.ts"
import { verdictOfCall } from "./verdict-of-failure.ts"

export interface AccountTestOptions extends RefusedCallOptions {
  readonly log: Logger
  readonly audit: Pick<Audit, "record" | "note">
  readonly settings: () => SettingValues
  readonly calls: AntigravityCalls
  readonly credentials: Credentials
  readonly quota: QuotaStore
  readonly onOnboardingDue: () => void
  /** Hears of each step as soon as it is done. */
  readonly onStep: (accountId: string, step: TestStep) => void
}

export interface AccountTestReport {
  readonly account: AccountModel
  readonly steps: readonly TestStep[]
  readonly durationMs: number
  /** It waited for a hand, and what was tried works again: it is being onboarded anew. */
  readonly isOnboardedAnew: boolean
}

/** `models` limits which are tried; none are for an empty list, all that it is offered for undefined. */
export type AccountTest = (accountId: string, models: readonly string[] | undefined) => Promise<AccountTestReport>

/** Tests at the same time, of all accounts. */
const MAX_TESTS = 4
const METADATA = { metadata: { ideType: "ANTIGRAVITY" } } as const
const WAITS_FOR_A_HAND = new Set(["NEEDS_LOGIN", "NEEDS_VERIFICATION", "NEEDS_PROJECT", "DISABLED_BY_PROVIDER"])
/** What a call may say of an account that lasts; a refused token is the first step's matter. */
const LASTING = new Set(["validation", "tos_disabled", "project_fault"])

type Row = AccountModel & { readonly credential: CredentialModel | null }

/** One run: its steps, and what it learned. */
interface Run {
  readonly row: Row
  readonly steps: TestStep[]
  readonly begunAt: number
  refusal: ClassifiedFailure | undefined
  /** It has no project, and nothing keeps the provider from making one. */
  lacksProject: boolean
}

export function createAccountTest(options: AccountTestOptions): AccountTest {
  const { database, clock, log, audit, calls, credentials, renewals, quota, onChange } = options
  const { account, credential } = database.prisma
  const running = new Set<string>()

  function add(run: Run, done: TestStep): void {
    run.steps.push(done)
    options.onStep(run.row.id, done)
  }

  async function step(
    run: Run,
    name: TestStepName,
    subject: string | null,
    work: () => Promise<Verdict>,
  ): Promise<Verdict> {
    const from = clock.now()
    const verdict = await work()
    const isTried = verdict.outcome !== "SKIPPED"
    add(run, stepOf(name, subject, verdict, isTried ? clock.now() - from : null))
    return verdict
  }

  /** What lasts is kept for the end, so that every step sees the account as it was. */
  function remember(run: Run, failure: ClassifiedFailure): void {
    if (LASTING.has(failure.class)) run.refusal ??= failure
  }

  function refused(run: Run, answer: Exclude<CallAnswer, { type: "answer" }>): Verdict {
    if (answer.type === "failure") remember(run, answer.failure)
    return verdictOfCall(answer)
  }

  async function tryToken(run: Run): Promise<Secret<string> | undefined> {
    const { id } = run.row
    await step(run, "TOKEN", null, async () => {
      const result = await renewals.renew(id, "ahead")
      switch (result.type) {
        case "renewed":
          return passed("The provider gave a new access token.")
        case "gone":
          return failed("The account has no refresh token.", "Sign in to the account again, as when it was added.")
        case "needs-login":
          return failed(
            "The provider refuses the refresh token.",
            "Sign in to the account again, as when it was added.",
          )
        case "waiting":
          return result.because === "invalid-grant"
            ? failed(
                result.message,
                "The provider is asked once more in a minute. If it says the same, sign in to the account again.",
              )
            : failed(result.message, result.because === "passing" ? "It is tried again by itself." : undefined)
      }
    })
    const current = await credential.findUnique({ where: { accountId: id } })
    const isUsable = (current?.accessTokenExpiresAt?.getTime() ?? 0) > clock.now()
    return current === null || !isUsable ? undefined : credentials.openAccessToken(current)
  }

  async function tryTier(run: Run, token: Secret<string>): Promise<CodeAssist | undefined> {
    let assist: CodeAssist | undefined
    await step(run, "TIER", null, async () => {
      const { id, projectIsGiven, projectId } = run.row
      const given = projectIsGiven ? (projectId ?? undefined) : undefined
      const answer = await calls.call("loadCodeAssist", METADATA, token, given)
      if (answer.type !== "answer") return refused(run, answer)
      assist = readLoadCodeAssist(answer.json)
      await account.updateMany({ where: { id }, data: { tier: assist.tier ?? null } })
      const notes = assist.ineligible.map(({ reasonCode, message }) => message ?? reasonCode ?? "no reason given")
      const plan = assist.tier ?? "no plan that it names"
      return passed(
        notes.length === 0 ? `${plan}.` : `${plan}. Not eligible elsewhere: ${notes.join("; ").slice(0, 300)}`,
      )
    })
    return assist
  }

  async function tryProject(run: Run, assist: CodeAssist | undefined): Promise<string | undefined> {
    const { projectId, projectIsGiven } = run.row
    const project = (projectIsGiven ? projectId : (assist?.projectId ?? projectId)) ?? undefined
    await step(run, "PROJECT", null, () => {
      const own = projectIsGiven ? "the one that was given" : "the one that the provider made"
      if (project !== undefined) {
        const isAnother = !projectIsGiven && projectId !== null && projectId !== project
        const note = isAnother ? " It is another than before; an onboarding takes it." : ""
        return Promise.resolve(
          assist === undefined
            ? skipped(`The provider could not be asked; what follows names ${own}.`)
            : passed(`Requests name ${own}: ${project}.${note}`),
        )
      }
      const stop = assist === undefined ? undefined : withoutProject(assist)
      run.lacksProject = assist !== undefined && stop === undefined
      const change = stop?.type === "state" ? stop.change : undefined
      const message = change?.reason ?? "The account has no project yet, and the provider has not made one."
      return Promise.resolve(
        failed(message, change?.wayOut ?? "Wait for its onboarding, or give it a project.", change?.link ?? undefined),
      )
    })
    return project
  }

  /** The list of models of the first address that gives one. */
  async function tryHosts(
    run: Run,
    token: Secret<string>,
    project: string | undefined,
  ): Promise<Catalogue | undefined> {
    let found: Catalogue | undefined
    for (const base of options.settings().ANTIGRAVITY_BASE_URLS) {
      await step(run, "HOST", new URL(base).host, async () => {
        const body = project === undefined ? {} : { project }
        const answer = await calls.callAt(base, "fetchAvailableModels", body, token, project)
        if (answer.type !== "answer") return refused(run, answer)
        const catalogue = readAvailableModels(answer.json)
        if (catalogue === undefined)
          return failed("It answers, and not with a list of models.", "Look at ANTIGRAVITY_BASE_URLS.")
        if (found === undefined) {
          found = catalogue
          if (await writeCatalogue(database, clock, run.row.id, catalogue)) onChange(run.row.id)
          const isFirst = base === options.settings().ANTIGRAVITY_BASE_URLS[0]
          if (isFirst) await quota.take(run.row.id, "catalogue", readCatalogueQuota(answer.json))
        }
        return passed(`It lists ${catalogue.models.length} models.`)
      })
    }
    return found
  }

  async function tryQuota(run: Run, token: Secret<string> | undefined, project: string | undefined): Promise<void> {
    await step(run, "QUOTA", null, async () => {
      if (token === undefined) return skipped("There is no access token.")
      if (project === undefined) return skipped("There is no project to ask for.")
      const answer = await calls.call("retrieveUserQuotaSummary", { project }, token, project)
      if (answer.type !== "answer") return refused(run, answer)
      const readings = readQuotaSummary(answer.json)
      if (readings === undefined || readings.length === 0) {
        return failed(
          "The answer holds no quota that can be read.",
          "Nothing is wrong with the account; please report it.",
        )
      }
      // Each address meters for itself, and requests go to the first.
      if (answer.isFirst) await quota.take(run.row.id, "summary", readings)
      const told = readings.map(({ bucket, window, remainingFraction }) => {
        const left = Math.round(remainingFraction * 100)
        return `${QUOTA_BUCKET_NAMES[bucket]} (${QUOTA_WINDOW_NAMES[window]}) ${left} %`
      })
      return passed(`Left: ${told.join(", ")}.`)
    })
  }

  function skipRest(run: Run): void {
    for (const name of ["TIER", "PROJECT", "HOST"] as const) {
      add(run, stepOf(name, null, skipped("There is no access token."), null))
    }
  }

  async function knownModels(id: string): Promise<string[]> {
    const row = await account.findUnique({ where: { id }, select: { catalogue: true } })
    return items(field(row?.catalogue?.body, "models")).flatMap((model) => textField(model, "id") ?? [])
  }

  /** Keeps what lasts: a refusal, or that an account which waited for a hand works again. True: it is onboarded anew. */
  async function conclude({ row, steps, refusal, lacksProject }: Run): Promise<boolean> {
    if (refusal !== undefined) {
      await takeRefusedCall(options, row.id, refusal)
      return false
    }
    const works = (name: TestStepName): boolean => steps.some((one) => one.step === name && one.outcome === "PASSED")
    const isBack =
      (["TOKEN", "TIER", "HOST"] as const).every(works) && (lacksProject || (works("PROJECT") && works("MODEL")))
    if (!isBack || !WAITS_FOR_A_HAND.has(row.state)) return false
    await database.prisma.$transaction(async (transaction) => {
      const data = startOnboarding(clock.now())
      await transaction.account.updateMany({ where: { id: row.id, state: row.state }, data })
      const object = { kind: "ACCOUNT", id: row.id, label: row.label } as const
      await audit.record(transaction, { object, before: { state: row.state }, after: { state: data.state } })
    })
    onChange(row.id)
    options.onOnboardingDue()
    return true
  }

  async function test(row: Row, asked: readonly string[] | undefined): Promise<AccountTestReport> {
    const run: Run = { row, steps: [], begunAt: clock.now(), refusal: undefined, lacksProject: false }
    // Told before it is done: it spends a little of the account's quota.
    await audit.note({
      object: { kind: "ACCOUNT", id: row.id, label: row.label },
      after: asked === undefined ? {} : { models: asked },
    })
    const token = await tryToken(run)
    let project: string | undefined
    let catalogue: Catalogue | undefined
    if (token === undefined) skipRest(run)
    else {
      project = await tryProject(run, await tryTier(run, token))
      catalogue = await tryHosts(run, token, project)
    }
    const offered = catalogue?.models.map(({ id }) => id) ?? (await knownModels(row.id))
    const models = await tryModels(options, {
      offered,
      asked,
      disabled: texts(row.disabledModels),
      retired: catalogue?.deprecatedModelIds ?? {},
      token,
      project,
      begunAt: run.begunAt,
      onFailure: (failure) => remember(run, failure),
      onStep: (done) => options.onStep(row.id, done),
    })
    run.steps.push(...models)
    await tryQuota(run, token, project)
    const isOnboardedAnew = await conclude(run)
    const failures = run.steps.filter(({ outcome }) => outcome === "FAILED").length
    log.info("account.tested", { account: row.id, steps: run.steps.length, failures })
    const durationMs = clock.now() - run.begunAt
    const after = await account.findUnique({ where: { id: row.id } })
    return { account: after ?? row, steps: run.steps, durationMs, isOnboardedAnew }
  }

  return async (accountId, models) => {
    const asked = checkModels(models)
    const row = await account.findUnique({ where: { id: accountId }, include: { credential: true } })
    if (row === null) throw new InvalidInputError("not_found", "There is no such account.", ["id"])
    if (row.kind !== "ANTIGRAVITY") {
      throw new RefusedError("kind_not_supported", `Accounts of the kind ${row.kind} cannot be tested in this version.`)
    }
    if (running.has(accountId))
      throw new RefusedError("busy", "This account is being tested already; wait for its report.")
    if (running.size >= MAX_TESTS) {
      throw new RefusedError("busy", `${MAX_TESTS} accounts are being tested already; wait for one of them.`)
    }
    running.add(accountId)
    try {
      return await test(row, asked)
    } finally {
      running.delete(accountId)
    }
  }
}
