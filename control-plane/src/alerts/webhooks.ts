/** Where alerts are sent. The whole address and the secret are sealed: with many services who knows an address may write there. */
import { randomBytes } from "node:crypto"
import type { WebhookModel } from "#generated/sqlite/models.ts"
import { Secret } from "#shared/secret.ts"
import type { WebhookHosts } from "#shared/webhook-hosts.ts"
import type { Audit } from "../audit/audit.ts"
import { pick } from "../audit/fields.ts"
import type { Clock } from "../clock.ts"
import type { Database, Transaction } from "../database/open.ts"
import { InvalidInputError, RefusedError } from "../failure.ts"
import { checkName, isGiven, refuseField, type Given } from "../input-checks.ts"
import { newId } from "../new-id.ts"
import type { Vault } from "../vault.ts"
import { testBody } from "./message.ts"
import { NO_HOSTS, type Send, type Target } from "./send.ts"

export interface WebhookInput {
  readonly name?: Given<string>
  readonly url?: Given<string>
  readonly enabled?: Given<boolean>
}

export interface WebhookAndSecret {
  readonly row: WebhookModel
  readonly secret: string
}

export interface Webhooks {
  read(): Promise<WebhookModel[]>
  /** How many messages wait for each of these; one that is left out has none. */
  waiting(ids: string[]): Promise<{ readonly id: string; readonly count: number }[]>
  create(input: { readonly name: string; readonly url: string }): Promise<WebhookAndSecret>
  update(id: string, input: WebhookInput): Promise<WebhookModel>
  /** A new secret; the one before counts no more. */
  rotateSecret(id: string): Promise<WebhookAndSecret>
  remove(id: string): Promise<void>
  /** Sends a test now; the status that it was answered with. Throws `RefusedError` when it does not arrive. */
  test(id: string): Promise<number>
  targetOf(row: WebhookModel): Target
}

export interface WebhooksOptions {
  readonly database: Database
  readonly vault: Vault
  readonly clock: Clock
  readonly audit: Pick<Audit, "record" | "note">
  readonly hosts: () => WebhookHosts | undefined
  readonly send: Send
}

const SECRET_PREFIX = "whsec_"
const MAX_URL_LENGTH = 2_000
const MAX_WEBHOOKS = 50
const NAMES = ["name", "origin", "disabledAt"] as const satisfies readonly (keyof WebhookModel)[]

export function createWebhooks({ database, vault, clock, audit, hosts, send }: WebhooksOptions): Webhooks {
  const { prisma } = database
  const place = (row: string, field: "sealedUrl" | "sealedSecret") => ({ table: "Webhook", row, field })
  const object = ({ id, name }: WebhookModel) => ({ kind: "WEBHOOK" as const, id, label: name })
  const sealedUrl = (id: string, url: URL) => ({
    origin: url.origin,
    sealedUrl: vault.seal(place(id, "sealedUrl"), url.href),
  })

  const targetOf = ({ id, sealedUrl: url, sealedSecret }: WebhookModel): Target => ({
    url: vault.open(place(id, "sealedUrl"), url),
    secret: vault.open(place(id, "sealedSecret"), sealedSecret),
  })

  const audited = (row: WebhookModel) => {
    const { url, secret } = targetOf(row)
    return { ...pick(row, NAMES), url: new Secret(url), secret: new Secret(secret) }
  }

  async function find(transaction: Transaction, id: string): Promise<WebhookModel> {
    const row = await transaction.webhook.findUnique({ where: { id } })
    if (row === null) throw new InvalidInputError("not_found", "There is no such webhook.", ["id"])
    return row
  }

  function checkUrl(text: string): URL {
    if (text.length > MAX_URL_LENGTH)
      refuseField("too_long", `An address has at most ${MAX_URL_LENGTH} characters.`, "url")
    const url = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined
    if (url === undefined) return refuseField("malformed", "This is no address; it begins with https://.", "url")
    const allowed = hosts()
    const refusal = allowed === undefined ? NO_HOSTS : allowed.refusal(url)
    if (refusal !== undefined) {
      return refuseField(
        "host_not_allowed",
        `The address ${refusal}. Change the setting ALERT_WEBHOOK_HOSTS to allow it.`,
        "url",
      )
    }
    url.hash = ""
    return url
  }

  return {
    targetOf,
    read: () => prisma.webhook.findMany({ orderBy: [{ createdAt: "asc" }, { id: "asc" }] }),
    waiting: async (ids) => {
      const where = { webhookId: { in: ids }, dueAt: { not: null } }
      const groups = await prisma.alertDelivery.groupBy({ by: "webhookId", where, _count: true })
      return groups.map(({ webhookId, _count }) => ({ id: webhookId, count: _count }))
    },
    create: async (input) => {
      const name = checkName(input.name, ["input", "name"])
      const url = checkUrl(input.url)
      const id = newId("whk")
      const secret = newSecret()
      const row = await prisma.$transaction(async (transaction) => {
        if ((await transaction.webhook.count()) >= MAX_WEBHOOKS) {
          throw new RefusedError("too_many", `There are at most ${MAX_WEBHOOKS} webhooks; remove one first.`)
        }
        const made = await transaction.webhook.create({
          data: {
            id,
            name,
            ...sealedUrl(id, url),
            sealedSecret: vault.seal(place(id, "sealedSecret"), secret),
            createdAt: new Date(clock.now()),
          },
        })
        await audit.record(transaction, { object: object(made), after: audited(made) })
        return made
      })
      return { row, secret }
    },
    update: async (id, input) => {
      const name = isGiven(input.name) ? { name: checkName(input.name, ["input", "name"]) } : {}
      const url = isGiven(input.url) ? sealedUrl(id, checkUrl(input.url)) : {}
      return prisma.$transaction(async (transaction) => {
        const before = await find(transaction, id)
        const disabledAt = input.enabled === false ? (before.disabledAt ?? new Date(clock.now())) : null
        const enabled = isGiven(input.enabled) ? { disabledAt } : {}
        // What failed was about the address before.
        const fresh = isGiven(input.url) ? { failures: 0, lastError: null } : {}
        const after = await transaction.webhook.update({
          where: { id },
          data: { ...name, ...url, ...enabled, ...fresh },
        })
        if (after.disabledAt !== null) {
          await transaction.alertDelivery.updateMany({
            where: { webhookId: id, dueAt: { not: null } },
            data: { dueAt: null, lastError: "The webhook was disabled." },
          })
        }
        await audit.record(transaction, { object: object(after), before: audited(before), after: audited(after) })
        return after
      })
    },
    rotateSecret: async (id) => {
      const secret = newSecret()
      const row = await prisma.$transaction(async (transaction) => {
        const before = await find(transaction, id)
        const data = { sealedSecret: vault.seal(place(id, "sealedSecret"), secret) }
        const after = await transaction.webhook.update({ where: { id }, data })
        await audit.record(transaction, { object: object(after), before: audited(before), after: audited(after) })
        return after
      })
      return { row, secret }
    },
    remove: async (id) => {
      await prisma.$transaction(async (transaction) => {
        const row = await find(transaction, id)
        await transaction.webhook.delete({ where: { id } })
        await audit.record(transaction, { object: object(row), before: audited(row) })
      })
    },
    test: async (id) => {
      const row = await find(prisma, id)
      await audit.note({ object: object(row) })
      const event = newId("evt")
      const result = await send(targetOf(row), { id: event, body: testBody(event, row.name, clock.now()) })
      if (result.type === "failed") throw new RefusedError("not_delivered", `The test did not arrive. ${result.reason}`)
      // What failed before is mended, also where no message is left that would show it.
      await prisma.webhook.updateMany({ where: { id }, data: { failures: 0, lastError: null } })
      return result.status
    },
  }
}

function newSecret(): string {
  return `${SECRET_PREFIX}${randomBytes(32).toString("base64url")}`
}
