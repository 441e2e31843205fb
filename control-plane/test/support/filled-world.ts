/** A world with so many of everything that a list may hold. */
import { accountId, apiKeyId, exchangeId } from "#shared/ids.ts"
import type { ExchangeRecord } from "#shared/link-protocol.ts"
import { addToRollUps } from "../../src/usage/roll-up.ts"
import type { TestControlPlane } from "./control-plane.ts"

export const WORLD_AT = Date.UTC(2026, 0, 5, 12)

export async function fillWorld(control: TestControlPlane, size: number): Promise<void> {
  await addPool(control, size)
  await addRequests(control, size)
  await addUsage(control, size)
  await addPeople(control, size)
  await addAlerts(control, size)
  await addRouting(control, size)
}

const indexes = (size: number): number[] => Array.from({ length: size }, (_, index) => index)

async function addPool({ controlPlane }: TestControlPlane, size: number): Promise<void> {
  const { prisma } = controlPlane.services.database
  const each = indexes(size)
  const at = new Date(WORLD_AT)
  await prisma.catalogue.createMany({
    data: each.map((index) => ({ id: `cat_${index}`, body: { models: [{ id: `model-${index}` }] }, createdAt: at })),
  })
  await prisma.modelSighting.createMany({
    data: each.map((index) => ({ model: `model-${index}`, body: { id: `model-${index}` }, firstSeenAt: at })),
  })
  await prisma.account.createMany({
    data: each.map((index) => ({
      id: `acc_${index}`,
      kind: "ANTIGRAVITY" as const,
      label: `account ${index}`,
      state: index % 2 === 0 ? ("DISABLED_BY_PROVIDER" as const) : ("READY" as const),
      stateSince: at,
      onboardingPending: false,
      catalogueId: `cat_${index}`,
      tags: [],
      createdAt: at,
    })),
  })
  await prisma.cooldown.createMany({
    data: each.map((index) => ({
      accountId: `acc_${index}`,
      bucket: "gemini",
      cause: "quota",
      evidence: "",
      since: at,
      until: new Date(WORLD_AT + 3_600_000),
    })),
  })
  const reading = { window: "5h", remainingFraction: 0.5, source: "summary", toldFraction: 0.5 }
  await prisma.quotaReading.createMany({
    data: each.map((index) => ({
      ...reading,
      accountId: `acc_${index}`,
      bucket: "gemini",
      readAt: at,
      toldReadAt: at,
    })),
  })
  await prisma.apiKey.createMany({
    data: each.map((index) => ({
      id: `key_${index}`,
      name: `key ${index}`,
      origin: "CREATED" as const,
      digest: `digest ${index}`,
      lineage: `lin_${index}`,
      createdAt: at,
    })),
  })
  await prisma.replacedKey.createMany({
    data: each.map((index) => ({ digest: `old ${index}`, apiKeyId: `key_${index}`, prefix: "sk", worksUntil: at })),
  })
  await prisma.node.createMany({
    data: each.map((index) => ({
      id: `nod_${index}`,
      name: `node ${index}`,
      origin: "CREATED" as const,
      linkTokenHash: `hash ${index}`,
      createdAt: at,
    })),
  })
}

/** The first of them was tried with every account. */
async function addRequests({ controlPlane }: TestControlPlane, size: number): Promise<void> {
  const { prisma } = controlPlane.services.database
  const each = indexes(size)
  const attempt = (index: number) => ({ accountId: `acc_${index}`, reason: "", startedMs: 0, endedMs: 1 })
  await prisma.requestRecord.createMany({
    data: each.map((index) => ({
      id: `req_${index}`,
      startedAt: new Date(WORLD_AT - index),
      apiKeyId: `key_${index}`,
      dialect: "gemini",
      stream: false,
      outcome: "COMPLETED" as const,
      status: 200,
      durationMs: 1,
      conversation: String(index),
      attempts: index === 0 ? each.map(attempt) : [attempt(index)],
      dropped: [],
    })),
  })
}

/** What they used, as reports would have added it up. */
async function addUsage({ controlPlane }: TestControlPlane, size: number): Promise<void> {
  const { kind, prisma } = controlPlane.services.database
  const records = Array.from({ length: size }, (_, index): ExchangeRecord => ({
    exchangeId: exchangeId(`req_${index}`),
    startedAt: WORLD_AT - 3_600_000,
    apiKeyId: apiKeyId(`key_${index}`),
    dialect: "gemini",
    stream: false,
    outcome: "completed",
    status: 200,
    usage: {},
    durationMs: 1,
    attempts: [{ accountId: accountId(`acc_${index}`), reason: "", startedMs: 0, endedMs: 1 }],
    dropped: [],
  }))
  await prisma.$transaction((transaction) => addToRollUps(transaction, kind, records, "nod_0"))
}

/** Administrators with a session, a token and something that was done by them. */
async function addPeople({ controlPlane }: TestControlPlane, size: number): Promise<void> {
  const { audit, database } = controlPlane.services
  const each = indexes(size)
  const at = new Date(WORLD_AT)
  const later = new Date(WORLD_AT + 3_600_000)
  await database.prisma.$transaction(async (transaction) => {
    await transaction.adminUser.createMany({
      data: each.map((index) => ({ id: `usr_${index}`, name: `user ${index}`, passwordHash: "none", createdAt: at })),
    })
    await transaction.session.createMany({
      data: each.map((index) => ({
        id: `ses_${index}`,
        userId: `usr_${index}`,
        tokenHash: `session ${index}`,
        createdAt: at,
        lastSeenAt: at,
        expiresAt: later,
      })),
    })
    await transaction.adminToken.createMany({
      data: each.map((index) => ({
        id: `adt_${index}`,
        name: `token ${index}`,
        scope: "READ" as const,
        tokenHash: `token ${index}`,
        createdAt: at,
        ownerId: `usr_${index}`,
      })),
    })
    const object = { kind: "ACCOUNT", id: "acc_0", label: "account 0" } as const
    await audit.record(
      transaction,
      ...each.map((index) => ({
        action: "updateAccount",
        object,
        before: { weight: index },
        after: { weight: index + 1 },
      })),
    )
  })
}

/** Webhooks, each with a rule of its own, an alert that goes on and one that is over, and a message that waits. */
async function addAlerts({ controlPlane }: TestControlPlane, size: number): Promise<void> {
  const { prisma } = controlPlane.services.database
  const each = indexes(size)
  const at = new Date(WORLD_AT)
  const later = new Date(WORLD_AT + 3_600_000)
  await prisma.webhook.createMany({
    data: each.map((index) => ({
      id: `whk_${index}`,
      name: `webhook ${index}`,
      origin: "https://hooks.test",
      sealedUrl: "none",
      sealedSecret: "none",
      createdAt: at,
    })),
  })
  await prisma.alertRule.createMany({
    data: each.map((index) => ({
      id: `alr_${index}`,
      kind: "POOL_PAUSED" as const,
      name: `rule ${index}`,
      threshold: 0,
      forSeconds: 0,
      webhookId: `whk_${index}`,
      createdAt: at,
    })),
  })
  const alerts = each.flatMap((index) => [
    { id: `alt_${index}`, ruleId: `alr_${index}`, until: null },
    { id: `alt_over_${index}`, ruleId: `alr_${index}`, until: at },
  ])
  await prisma.alert.createMany({
    data: alerts.map((row) => ({
      ...row,
      kind: "POOL_PAUSED" as const,
      ruleName: "a rule",
      since: at,
      summary: "It is so.",
      wayOut: "Wait.",
      count: 1,
      evidence: [],
      toldOf: [],
      changedAt: at,
    })),
  })
  // Those of the first alert go to every webhook.
  const messages = each.flatMap((index) => [
    { id: `evt_${index}`, alertId: `alt_${index}`, webhookId: `whk_${index}` },
    { id: `evt_first_${index}`, alertId: "alt_0", webhookId: `whk_${index}` },
  ])
  await prisma.alertDelivery.createMany({
    data: messages.map((row) => ({ ...row, event: "alert.firing", body: "{}", createdAt: at, dueAt: later })),
  })
}

async function addRouting({ controlPlane }: TestControlPlane, size: number): Promise<void> {
  const { prisma } = controlPlane.services.database
  const each = indexes(size)
  await prisma.modelAlias.createMany({
    data: each.map((index) => ({ name: `alias-${index}`, target: `model-${index}` })),
  })
  await prisma.routingRule.createMany({
    data: each.map((index) => ({
      name: `rule ${index}`,
      position: index,
      enabled: true,
      match: { apiKeyIds: [`key_${index}`] },
      action: { model: `model-${index}` },
    })),
  })
  await prisma.fallbackChain.createMany({
    data: each.map((index) => ({ model: `model-${index}`, position: index, next: [`model-${index + 1}`] })),
  })
}
