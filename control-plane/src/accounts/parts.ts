/** Everything about accounts put together: how they sign in, what they offer, what is left of them, and the jobs that keep that true. */
import type { Auth } from "../auth/auth.ts"
import { createCatalogueSync } from "../catalogue/sync.ts"
import type { Ground } from "../ground.ts"
import { createOnboardAccounts } from "../jobs/onboard-accounts.ts"
import { createRenewTokens } from "../jobs/renew-tokens.ts"
import { createSyncCatalogues } from "../jobs/sync-catalogues.ts"
import { createSyncQuota } from "../jobs/sync-quota.ts"
import type { Job } from "../jobs/job.ts"
import { paceCalls } from "../quota/paced-calls.ts"
import { createQuotaStore } from "../quota/store.ts"
import { createQuotaSync } from "../quota/sync.ts"
import { createAccountTools } from "./account-tools.ts"
import { createAccounts } from "./accounts.ts"
import { createAntigravityCalls } from "./antigravity/calls.ts"
import { createCooldowns } from "./cooldowns.ts"
import { createOAuthClients } from "./oauth/clients.ts"
import { createFlowStore } from "./oauth/flow-store.ts"
import { createOAuthSignIn } from "./oauth/sign-in.ts"
import { createOAuthTokens } from "./oauth/tokens.ts"
import { createOnboarding } from "./onboard.ts"
import { createPauseWatch, createPoolPause } from "./pool-pause.ts"
import { createRenewals } from "./renew.ts"
import { createRestEnds } from "./rest-ends.ts"
import { createShownStates } from "./shown-state.ts"

/** Of the calls that ask the upstream again and again what accounts offer and what is left of them. */
const READS_AT_ONCE = 2

export interface AccountPartsOptions {
  readonly auth: Auth
  /** Of the control plane: a sign-in comes back to it. */
  readonly port: () => number
}

export function createAccountParts(ground: Ground, { auth, port }: AccountPartsOptions) {
  const { config, clock, log, database, events, outbound, settings, publisher } = ground
  let renewTokens: Job | undefined
  let syncQuota: Job | undefined
  let onboardAccounts: Job | undefined
  const touch = (): void => {
    publisher.touch()
    // A new token may fall due before the job would look again by itself, and of an account that is ready now nothing was read yet.
    renewTokens?.wake()
    syncQuota?.wake()
  }
  const onStep = (id: string): void => events.publish("accountChanged", id)
  const hooks = {
    onStep,
    onChange: (id: string): void => {
      onStep(id)
      touch()
    },
    onRemoved: (id: string): void => {
      events.publish("accountRemoved", id)
      touch()
    },
    onOnboardingDue: () => onboardAccounts?.wake(),
    onDue: () => syncQuota?.wake(),
  }

  const pause = createPoolPause({
    ...ground,
    isOn: () => settings.current.POOL_PAUSE_ON_WALLS,
    onChange: () => publisher.touch(),
  })
  const shownStates = createShownStates({ ...ground, readPool: () => pause.read() })
  const clients = createOAuthClients({ ...ground, environment: config.oauth })
  const tokens = createOAuthTokens(config.oauth, outbound)
  const calls = createAntigravityCalls(() => settings.current, outbound, clock)
  const renewals = createRenewals({ ...ground, ...hooks, clients, tokens })
  const quota = createQuotaStore({ database, clock, onRead: onStep, onTell: () => publisher.touch() })
  const credentialed = { ...ground, ...hooks, renewals }
  const readCalls = paceCalls(calls, READS_AT_ONCE)
  const catalogueSync = createCatalogueSync({ ...credentialed, calls: readCalls, quota })
  const quotaSync = createQuotaSync({ ...credentialed, calls: readCalls, catalogueSync, store: quota, shownStates })
  const onboarding = createOnboarding({ ...credentialed, calls, tokens, catalogueSync })

  const jobOptions = { clock, log, database }
  renewTokens = createRenewTokens({ ...jobOptions, renewals })
  onboardAccounts = createOnboardAccounts({ ...jobOptions, onboarding })
  syncQuota = createSyncQuota({ ...jobOptions, quotaSync })
  const jobs = [
    onboardAccounts,
    renewTokens,
    syncQuota,
    createSyncCatalogues({ ...jobOptions, catalogueSync }),
    createRestEnds({ ...jobOptions, onEnd: onStep }),
  ]

  const lookAtPause = createPauseWatch(pause, () => events.publish("poolChanged", "pool"))
  publisher.onPublish(() => {
    // The database is away: the next snapshot is looked at again.
    lookAtPause().catch((error: unknown) => log.warn("pool.not-looked-at", { reason: String(error) }))
  })
  const accounts = createAccounts({ ...ground, ...hooks, clients, tokens })
  const tools = createAccountTools({
    ...credentialed,
    settings: () => settings.current,
    clients,
    tokens,
    calls,
    quota,
    shownStates,
    onStep: (accountId, step) => events.publish("accountTestStep", { accountId, step }),
  })
  const flows = createFlowStore({ ...ground, onChange: (stateHash) => events.publish("oauthFlowChanged", stateHash) })
  const { authUrl } = config.oauth
  const services = {
    accounts,
    ...tools,
    oauth: createOAuthSignIn({
      authUrl,
      clock,
      log,
      audit: ground.audit,
      flows,
      clients,
      tokens,
      accounts,
      auth,
      port,
    }),
    oauthClients: clients,
    cooldowns: createCooldowns({ ...ground, ...hooks }),
    pause,
    quotaSync,
  }
  return { services, hooks, renewals, jobs, forgetters: [flows, clients] }
}

export type AccountParts = ReturnType<typeof createAccountParts>
