/**
 * Adding, changing and removing accounts. Adding by a refresh token asks the provider about the credential first, so that a wrong one is told at once, and leaves the
 * rest to the durable job; a provider that cannot be reached holds nothing up.
 */
import type { AccountKind } from "#generated/sqlite/enums.ts"
import type { AccountModel } from "#generated/sqlite/models.ts"
import type { Secret } from "#shared/secret.ts"
import type { Audit } from "../audit/audit.ts"
import type { Clock } from "../clock.ts"
import { isUniqueViolation, type Database, type Transaction } from "../database/open.ts"
import { InvalidInputError, RefusedError } from "../failure.ts"
import { accountFields, accountObject } from "./audited.ts"
import { checkAddAccount, type AddAccountInput, type CheckedAccount } from "./add-account-input.ts"
import type { Credentials } from "./credentials.ts"
import { credentialData, newAccountRow, type AccountWishes, type NewCredential } from "./new-account.ts"
import type { OAuthClient, OAuthClients } from "./oauth/clients.ts"
import { NO_CLIENT, type OAuthTokens, type TokenAnswer } from "./oauth/tokens.ts"
import { startOnboarding } from "./onboard.ts"
import { revokeCredentials } from "./revoke.ts"
import { createUpdateAccount, type UpdateAccountInput } from "./update-account.ts"

/** Checking ends within these, so that the answer comes within five seconds. */
const CHECK_TIMEOUT_MS = 3_000
const EMAIL_TIMEOUT_MS = 1_200

export interface AccountsOptions {
  readonly database: Database
  readonly clock: Clock
  readonly audit: Pick<Audit, "record">
  readonly credentials: Credentials
  readonly clients: OAuthClients
  readonly tokens: OAuthTokens
  readonly onChange: (accountId: string) => void
  readonly onRemoved: (accountId: string) => void
  /** There is an account whose onboarding is due. */
  readonly onOnboardingDue: () => void
  /** Resolves when what was written is in force at the data planes. */
  readonly takeEffect: () => Promise<unknown>
}

export interface Accounts {
  add(input: AddAccountInput): Promise<AccountModel>
  find(id: string): Promise<AccountModel | null>
  /** Whether an address is this account's, as far as is known: one without an address may be anybody's who is not here. */
  owns(id: string, email: string): Promise<"own" | "other" | "gone">
  /** Adds the account of a sign-in that ended well, or gives its credential to the one that it is for, else of the same kind and address. */
  addSignedIn(signIn: SignIn): Promise<AccountModel>
  update(id: string, input: UpdateAccountInput): Promise<AccountModel>
  /** Whether the credential was revoked; null when that was not asked for. */
  remove(id: string, revoke: boolean): Promise<boolean | null>
}

type Tokens = TokenAnswer & { readonly type: "tokens" }

export interface SignIn {
  readonly kind: AccountKind
  readonly client: OAuthClient
  readonly refreshToken: Secret<string>
  readonly answer: Tokens
  /** Undefined: it could not be read now; the onboarding asks again. */
  readonly email: string | undefined
  /** The account that is signed in to again, whose the address is. */
  readonly forAccountId: string | undefined
}

const NO_WISHES: Omit<AccountWishes, "kind"> = {
  label: undefined,
  projectId: undefined,
  weight: undefined,
  priority: undefined,
  tags: undefined,
}

export function createAccounts(options: AccountsOptions): Accounts {
  const { database, clock, audit, credentials, clients, tokens } = options
  const { onChange, onRemoved, onOnboardingDue, takeEffect } = options

  /** The tokens, or undefined when the provider cannot be asked now. */
  async function checkCredential(client: OAuthClient, refreshToken: Secret<string>): Promise<Tokens | undefined> {
    const answer = await tokens.refresh(client, refreshToken, CHECK_TIMEOUT_MS)
    if (answer.type === "invalid-grant") {
      throw new InvalidInputError(
        "invalid_grant",
        `The provider refuses this refresh token: ${answer.message} Sign in to the account again and give the new token.`,
        ["input", "refreshToken"],
      )
    }
    if (answer.type === "configuration") throw new RefusedError("oauth_client", answer.message)
    return answer.type === "tokens" ? answer : undefined
  }

  async function create(
    checked: AccountWishes,
    email: string | undefined,
    credential: NewCredential,
  ): Promise<AccountModel> {
    const row = newAccountRow(checked, email, clock.now())
    const data = credentialData(credentials, row.id, credential, clock.now())
    return database.prisma.$transaction(async (transaction) => {
      const made = await transaction.account.create({
        data: { ...row, credential: { create: { generation: 1, ...data } } },
      })
      const after = { ...accountFields(made), refreshToken: credential.refreshToken }
      await audit.record(transaction, { object: accountObject(made), after })
      return made
    })
  }

  async function update(
    transaction: Transaction,
    row: AccountModel,
    checked: AccountWishes,
    credential: NewCredential,
  ): Promise<AccountModel> {
    const data = credentialData(credentials, row.id, credential, clock.now())
    await transaction.credential.upsert({
      where: { accountId: row.id },
      create: { accountId: row.id, generation: 1, ...data },
      update: { ...data, generation: { increment: 1 }, refreshGeneration: { increment: 1 } },
    })
    const updated = await transaction.account.update({
      where: { id: row.id },
      data: {
        ...startOnboarding(clock.now()),
        termsAcknowledgedAt: new Date(clock.now()),
        ...(checked.label === undefined ? {} : { label: checked.label }),
        ...(checked.weight === undefined ? {} : { weight: checked.weight }),
        ...(checked.priority === undefined ? {} : { priority: checked.priority }),
        ...(checked.tags === undefined ? {} : { tags: [...checked.tags] }),
        // A discovered project is looked for again; one that was given stays until another is given.
        ...(checked.projectId !== undefined
          ? { projectId: checked.projectId, projectIsGiven: true }
          : row.projectIsGiven
            ? {}
            : { projectId: null }),
      },
    })
    const after = { ...accountFields(updated), refreshToken: credential.refreshToken }
    await audit.record(transaction, { object: accountObject(updated), before: accountFields(row), after })
    return updated
  }

  async function save(
    checked: AccountWishes,
    email: string | undefined,
    { client, refreshToken, answer }: Pick<SignIn, "client" | "refreshToken"> & { answer: Tokens | undefined },
  ): Promise<AccountModel> {
    await clients.keep(client)
    const credential = { oauthClient: client.fingerprint, refreshToken, answer }
    const where = { kind: checked.kind, email: email ?? "" }
    const same = email === undefined ? null : await database.prisma.account.findFirst({ where })
    if (same !== null)
      return database.prisma.$transaction((transaction) => update(transaction, same, checked, credential))
    try {
      return await create(checked, email, credential)
    } catch (error) {
      if (!isUniqueViolation(error)) throw error
      // Added at the same moment by another call: now it is there to be updated.
      const other = await database.prisma.account.findFirstOrThrow({ where })
      return database.prisma.$transaction((transaction) => update(transaction, other, checked, credential))
    }
  }

  /** The provider's word on whose a refresh token is. Without it no account that is here is given the credential. */
  async function refuseOtherAddress({ kind, email, refreshToken }: CheckedAccount, told: string | undefined) {
    if (email === undefined || email === told) return
    if (told !== undefined) {
      throw new InvalidInputError(
        "other_account",
        `The refresh token is of ${told}, not of ${email}. Leave the email out, or give the refresh token of that account.`,
        ["input", "email"],
      )
    }
    const same = await database.prisma.account.findFirst({ where: { kind, email }, include: { credential: true } })
    if (same === null || same.credential?.givenFingerprint === credentials.fingerprint(refreshToken)) return
    throw new RefusedError(
      "provider_unreachable",
      `The provider did not say whose this refresh token is, and ${email} is here already; nothing was changed. Try again later.`,
    )
  }

  const find = (id: string): Promise<AccountModel | null> => database.prisma.account.findUnique({ where: { id } })

  function added(row: AccountModel): AccountModel {
    onChange(row.id)
    onOnboardingDue()
    return row
  }

  return {
    add: async (input) => {
      const checked = checkAddAccount(input)
      const client = checked.client ?? (await clients.current())
      if (client === undefined) throw new RefusedError("oauth_client_missing", NO_CLIENT)
      const { refreshToken } = checked
      const answer = await checkCredential(client, refreshToken)
      const told = answer === undefined ? undefined : await tokens.readEmail(answer.accessToken, EMAIL_TIMEOUT_MS)
      await refuseOtherAddress(checked, told)
      return added(await save(checked, told ?? checked.email, { client, refreshToken, answer }))
    },
    find,
    owns: async (id, email) => {
      const row = await find(id)
      if (row === null) return "gone"
      if (row.email !== null) return row.email === email ? "own" : "other"
      const sameEmail = await database.prisma.account.count({ where: { kind: row.kind, email } })
      return sameEmail === 0 ? "own" : "other"
    },
    addSignedIn: async ({ kind, client, refreshToken, answer, email, forAccountId }) => {
      // An account whose address nobody knew has it from now on, and is found by it.
      if (forAccountId !== undefined && email !== undefined) {
        await database.prisma.account.updateMany({ where: { id: forAccountId, email: null }, data: { email } })
      }
      return added(await save({ ...NO_WISHES, kind }, email, { client, refreshToken, answer }))
    },
    update: createUpdateAccount(options),
    remove: async (id, revoke) => {
      const row = await database.prisma.account.findUnique({ where: { id } })
      if (row === null) throw new InvalidInputError("not_found", "There is no such account.", ["id"])
      const revoked = revoke ? (await revokeCredentials(options, [row])).has(id) : null
      await database.prisma.$transaction(async (transaction) => {
        await transaction.account.deleteMany({ where: { id } })
        const after = revoked === null ? {} : { revoked }
        await audit.record(transaction, { object: accountObject(row), before: accountFields(row), after })
      })
      onRemoved(id)
      await takeEffect()
      return revoked
    },
  }
}
