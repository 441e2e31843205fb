/** What reports become, where it matters when something is told of it. */
import { afterEach, expect, test } from "vitest"
import { apiKeyId, exchangeId } from "#shared/ids.ts"
import type { PrismaClient } from "#generated/sqlite/client.ts"
import type { Transaction } from "../src/database/open.ts"
import { createIngest, type IngestOptions } from "../src/link/ingest.ts"
import { startTestControlPlane, type TestControlPlane } from "./support/control-plane.ts"

let control: TestControlPlane
afterEach(() => control.stop())

/** Tells whether a transaction of it is under way. */
function watched(prisma: PrismaClient): { readonly prisma: PrismaClient; readonly isInside: () => boolean } {
  let inside = 0
  const transact = async (work: (transaction: Transaction) => Promise<unknown>): Promise<unknown> => {
    inside++
    try {
      return await prisma.$transaction(work)
    } finally {
      inside--
    }
  }
  const get = (target: PrismaClient, name: string | symbol): unknown =>
    name === "$transaction" ? transact : Reflect.get(target, name)
  return { prisma: new Proxy(prisma, { get }), isInside: () => inside > 0 }
}

test("that a key has nothing left is told when the database says so", async () => {
  control = await startTestControlPlane()
  const { services } = control.controlPlane
  const { createApiKey } = await control.data<{ createApiKey: { apiKey: { id: string } } }>(
    `mutation { createApiKey(input: { name: "small", tokensPerDay: "4" }) { ... on CreateApiKeySuccess { apiKey { id } } } }`,
  )
  const { prisma, isInside } = watched(services.database.prisma)
  const told: boolean[] = []
  const options: Partial<IngestOptions> = {
    ...services,
    database: { ...services.database, prisma },
    traffic: { add: () => undefined } as unknown as IngestOptions["traffic"], // nothing else of it is used
    onKeyUsedUp: () => told.push(isInside()),
    onChange: () => undefined,
  }
  const ingest = createIngest(options as IngestOptions) // the rest is not met by a record
  const node = await services.database.prisma.node.findFirstOrThrow()
  const record = {
    exchangeId: exchangeId("req_used_up"),
    startedAt: Date.now(),
    apiKeyId: apiKeyId(createApiKey.apiKey.id),
    dialect: "gemini",
    stream: false,
    outcome: "completed",
    status: 200,
    usage: { inputTokens: 9 },
    durationMs: 1,
    attempts: [],
    dropped: [],
  } as const
  await ingest.take(node, { node: "local", boot: "one", items: [{ type: "exchange", id: "1", at: 1, ...record }] })
  expect(told).toEqual([false])
})
