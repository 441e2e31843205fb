/**
 * OAuth clients. For new sign-ins that is the one set through the API, else the environment's. A refresh token works with its own
 * client alone, so a credential keeps the fingerprint of the one it came from, and that client is kept sealed beside it: changing
 * the client in force breaks no account. Both halves are write-only: what is told of a client is its fingerprint.
 */
import { createHash } from "node:crypto"
import type { OAuthClientModel } from "#generated/sqlite/models.ts"
import { Secret } from "#shared/secret.ts"
import type { Audit } from "../../audit/audit.ts"
import type { Clock } from "../../clock.ts"
import type { Config } from "../../config.ts"
import type { Database } from "../../database/open.ts"
import { InvalidInputError } from "../../failure.ts"
import type { Vault } from "../../vault.ts"

export interface OAuthClient {
  readonly fingerprint: string
  readonly clientId: Secret<string>
  readonly clientSecret: Secret<string>
}

/** What may be told of the client for new sign-ins. */
export interface OAuthClientState {
  readonly origin: "NONE" | "ENVIRONMENT" | "SET"
  readonly fingerprint: string | undefined
  readonly environmentFingerprint: string | undefined
  readonly changedAt: Date | undefined
}

export interface OAuthClients {
  /** The one for new sign-ins; undefined: none is configured. Read anew each time, so that a change holds at once everywhere. */
  current(): Promise<OAuthClient | undefined>
  /** The one that a credential came from; null is a credential that does not know, which takes the one in force. */
  of(fingerprint: string | null): Promise<OAuthClient | undefined>
  /** Keeps a client for a credential that is about to be written. */
  keep(client: OAuthClient): Promise<void>
  read(): Promise<OAuthClientState>
  /** Sets the one for new sign-ins; undefined goes back to the environment's. */
  update(client: OAuthClient | undefined): Promise<OAuthClientState>
  /** Forgets clients that no credential came from. */
  prune(): Promise<void>
}

const MAX_LENGTH = 512
/** A client is kept before the credential that came from it is written. */
const UNUSED_MS = 3_600_000

/** Throws `InvalidInputError` with the path to the half that cannot be one. */
export function checkOAuthClient(clientId: string, clientSecret: string, path: readonly string[]): OAuthClient {
  const check = (value: string, name: string): string => {
    const text = value.trim()
    if (text === "") throw new InvalidInputError("required", `The OAuth client needs its ${name}.`, [...path, name])
    if (text.length > MAX_LENGTH || !/^[\x21-\x7e]+$/.test(text)) {
      throw new InvalidInputError("malformed", `The ${name} is one line of printable characters without spaces.`, [
        ...path,
        name,
      ])
    }
    return text
  }
  return clientOf(check(clientId, "clientId"), check(clientSecret, "clientSecret"))
}

function clientOf(clientId: string, clientSecret: string): OAuthClient {
  const fingerprint = createHash("sha256").update(clientId).digest("hex").slice(0, 16)
  return { fingerprint, clientId: new Secret(clientId), clientSecret: new Secret(clientSecret) }
}

export interface OAuthClientsOptions {
  readonly database: Database
  readonly vault: Vault
  readonly clock: Clock
  readonly audit: Pick<Audit, "record">
  readonly environment: Pick<Config["oauth"], "clientId" | "clientSecret">
}

export function createOAuthClients({ database, vault, clock, audit, environment }: OAuthClientsOptions): OAuthClients {
  const { oAuthClient, credential, oAuthFlow } = database.prisma
  const { clientId, clientSecret } = environment
  const given = clientId && clientSecret ? clientOf(clientId.reveal(), clientSecret.reveal()) : undefined

  const place = (row: string, field: "sealedClientId" | "sealedClientSecret") => ({ table: "OAuthClient", row, field })

  function open({ fingerprint, sealedClientId, sealedClientSecret }: OAuthClientModel): OAuthClient {
    return clientOf(
      vault.open(place(fingerprint, "sealedClientId"), sealedClientId),
      vault.open(place(fingerprint, "sealedClientSecret"), sealedClientSecret),
    )
  }

  function sealed(client: OAuthClient) {
    return {
      sealedClientId: vault.seal(place(client.fingerprint, "sealedClientId"), client.clientId.reveal()),
      sealedClientSecret: vault.seal(place(client.fingerprint, "sealedClientSecret"), client.clientSecret.reveal()),
      keptAt: new Date(clock.now()),
    }
  }

  const findSet = () => oAuthClient.findFirst({ where: { setAt: { not: null } }, orderBy: { setAt: "desc" } })

  async function current(): Promise<OAuthClient | undefined> {
    const row = await findSet()
    return row === null ? given : open(row)
  }

  async function read(): Promise<OAuthClientState> {
    const row = await findSet()
    return {
      origin: row !== null ? "SET" : given !== undefined ? "ENVIRONMENT" : "NONE",
      fingerprint: row?.fingerprint ?? given?.fingerprint,
      environmentFingerprint: given?.fingerprint,
      changedAt: row?.setAt ?? undefined,
    }
  }

  return {
    current,
    of: async (fingerprint) => {
      const inForce = await current()
      if (fingerprint === null || inForce?.fingerprint === fingerprint) return inForce
      // Of one client the operator's own word outranks what was kept: its secret may have been changed since.
      if (given?.fingerprint === fingerprint) return given
      const row = await oAuthClient.findUnique({ where: { fingerprint } })
      return row === null ? undefined : open(row)
    },
    keep: async (client) => {
      const { fingerprint } = client
      const { keptAt, ...halves } = sealed(client)
      await oAuthClient.upsert({
        where: { fingerprint },
        create: { fingerprint, keptAt, ...halves },
        update: { keptAt },
      })
      await oAuthClient.updateMany({ where: { fingerprint, setAt: null }, data: halves })
    },
    read,
    update: async (client) => {
      const { origin, fingerprint: formerly } = await read()
      const before = { origin, fingerprint: formerly }
      await database.prisma.$transaction(async (transaction) => {
        await transaction.oAuthClient.updateMany({ where: { setAt: { not: null } }, data: { setAt: null } })
        if (client !== undefined) {
          const { fingerprint } = client
          const data = { ...sealed(client), setAt: new Date(clock.now()) }
          await transaction.oAuthClient.upsert({
            where: { fingerprint },
            create: { fingerprint, ...data },
            update: data,
          })
        }
        const after =
          client === undefined
            ? { origin: given === undefined ? "NONE" : "ENVIRONMENT", fingerprint: given?.fingerprint }
            : { origin: "SET", fingerprint: client.fingerprint, clientSecret: client.clientSecret }
        await audit.record(transaction, { object: { kind: "OAUTH_CLIENT" }, before, after })
      })
      return read()
    },
    prune: async () => {
      const used = await credential.groupBy({ by: ["oauthClient"] })
      const begun = await oAuthFlow.groupBy({ by: ["oauthClient"] })
      const fingerprints = [...used, ...begun].flatMap(({ oauthClient }) => oauthClient ?? [])
      const before = new Date(clock.now() - UNUSED_MS)
      await oAuthClient.deleteMany({
        where: { setAt: null, keptAt: { lt: before }, fingerprint: { notIn: fingerprints } },
      })
    },
  }
}
