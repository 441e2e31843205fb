/**
 * Sign-ins under way, as rows: begun, claimed by whoever ends it, ended once. A claim that is not followed by an end (its process was
 * killed, or the provider could not be asked) lapses, so that the same callback may be tried again until the sign-in expires.
 */
import { randomBytes } from "node:crypto"
import type { AccountKind, OnboardingStep } from "#generated/sqlite/enums.ts"
import type { OAuthFlowModel } from "#generated/sqlite/models.ts"
import { Secret } from "#shared/secret.ts"
import type { Audit } from "../../audit/audit.ts"
import type { Clock } from "../../clock.ts"
import type { Database } from "../../database/open.ts"
import { hashToken } from "../../new-id.ts"
import type { Vault } from "../../vault.ts"
import type { OAuthFailureCode } from "./words.ts"

const FLOW_LIFETIME_MS = 600_000
/** Longer than an exchange may take. */
export const CLAIM_MS = 30_000
/** Of one session or token; the oldest gives way. */
const MAX_OPEN = 10
/** So long it is still known that one ended. */
const REMEMBER_MS = 3_600_000

export interface NewFlow {
  readonly kind: AccountKind
  readonly principalId: string
  readonly redirectUri: string
  readonly oauthClient: string
  /** The account that is to be signed in to again; null: whichever comes back. */
  readonly forAccountId: string | null
}

export interface BegunFlow {
  readonly state: string
  readonly verifier: Secret<string>
  readonly expiresAt: Date
}

/** Why it did not lead to an account: the code, and the provider's own words if it said some. */
export interface FlowFailure {
  readonly code: OAuthFailureCode
  readonly message: string | undefined
  /** Whose sign-in came back, where it was another account's than it is for. */
  readonly otherEmail?: string
}

export interface FlowStore {
  begin(flow: NewFlow): Promise<BegunFlow>
  find(state: string): Promise<OAuthFlowModel | null>
  /** Those of a session or token that can still be ended, newest first. */
  open(principalId: string): Promise<OAuthFlowModel[]>
  verifierOf(row: OAuthFlowModel): Secret<string> | undefined
  /** False when somebody else has it, it has ended, or it is too late. */
  claim(row: OAuthFlowModel, step: OnboardingStep | null): Promise<boolean>
  step(row: OAuthFlowModel, step: OnboardingStep): Promise<void>
  /** Gives it back: what kept it from ending passes. */
  release(row: OAuthFlowModel, failure: FlowFailure): Promise<void>
  end(row: OAuthFlowModel, result: { readonly accountId: string } | FlowFailure): Promise<void>
  /** Forgets those that are long over. */
  prune(): Promise<void>
}

export interface FlowStoreOptions {
  readonly database: Database
  readonly vault: Vault
  readonly clock: Clock
  readonly audit: Pick<Audit, "record">
  readonly onChange: (stateHash: string) => void
}

export function createFlowStore({ database, vault, clock, audit, onChange }: FlowStoreOptions): FlowStore {
  const { oAuthFlow } = database.prisma
  const place = (stateHash: string) => ({ table: "OAuthFlow", row: stateHash, field: "sealedVerifier" })
  const openOnes = (principalId: string, now: number) => ({
    principalId,
    endedAt: null,
    expiresAt: { gt: new Date(now) },
  })

  async function write({ stateHash }: OAuthFlowModel, data: Partial<OAuthFlowModel>): Promise<void> {
    await oAuthFlow.updateMany({ where: { stateHash, endedAt: null }, data })
    onChange(stateHash)
  }

  async function makeRoom(principalId: string): Promise<void> {
    const oldest = await oAuthFlow.findMany({
      where: openOnes(principalId, clock.now()),
      orderBy: { createdAt: "desc" },
      skip: MAX_OPEN - 1,
      select: { stateHash: true },
    })
    if (oldest.length === 0) return
    await oAuthFlow.deleteMany({ where: { stateHash: { in: oldest.map(({ stateHash }) => stateHash) } } })
  }

  return {
    begin: async (flow) => {
      await makeRoom(flow.principalId)
      const state = randomBytes(32).toString("base64url")
      const verifier = randomBytes(32).toString("base64url")
      const stateHash = hashToken(state)
      const now = clock.now()
      const expiresAt = new Date(now + FLOW_LIFETIME_MS)
      const sealedVerifier = vault.seal(place(stateHash), verifier)
      const data = { ...flow, stateHash, sealedVerifier, createdAt: new Date(now), expiresAt }
      await database.prisma.$transaction(async (transaction) => {
        await transaction.oAuthFlow.create({ data })
        const { kind, oauthClient, forAccountId } = flow
        const after = { kind, oauthClient, expiresAt, ...(forAccountId === null ? {} : { forAccountId }) }
        await audit.record(transaction, { object: { kind: "OAUTH_SIGN_IN" }, after })
      })
      return { state, verifier: new Secret(verifier), expiresAt }
    },
    find: (state) => oAuthFlow.findUnique({ where: { stateHash: hashToken(state) } }),
    open: (principalId) =>
      oAuthFlow.findMany({ where: openOnes(principalId, clock.now()), orderBy: { createdAt: "desc" } }),
    verifierOf: ({ stateHash, sealedVerifier }) =>
      sealedVerifier === null ? undefined : new Secret(vault.open(place(stateHash), sealedVerifier)),
    claim: async ({ stateHash }, step) => {
      const now = clock.now()
      const { count } = await oAuthFlow.updateMany({
        where: {
          stateHash,
          endedAt: null,
          expiresAt: { gt: new Date(now) },
          OR: [{ claimedAt: null }, { claimedAt: { lte: new Date(now - CLAIM_MS) } }],
        },
        data: { claimedAt: new Date(now), step, failureCode: null, failureMessage: null },
      })
      if (count === 1) onChange(stateHash)
      return count === 1
    },
    step: (row, step) => write(row, { step }),
    release: (row, { code, message }) =>
      write(row, { claimedAt: null, failureCode: code, failureMessage: message ?? null }),
    end: (row, result) =>
      write(row, {
        endedAt: new Date(clock.now()),
        sealedVerifier: null,
        ...("accountId" in result
          ? { accountId: result.accountId }
          : {
              failureCode: result.code,
              failureMessage: result.message ?? null,
              otherEmail: result.otherEmail ?? null,
            }),
      }),
    prune: async () => {
      await oAuthFlow.deleteMany({ where: { expiresAt: { lt: new Date(clock.now() - REMEMBER_MS) } } })
    },
  }
}
