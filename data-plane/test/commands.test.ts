/** Commands that come over the link, on the side that obeys. */
import { afterAll, beforeAll, expect, test } from "vitest"
import { accountId } from "#shared/ids.ts"
import type { CommandAck, CommandFrame } from "#shared/link-command.ts"
import { waitFor } from "../../test/support/wait-for.ts"
import { chatBody, fetchAnswer } from "./support/client.ts"
import { startSystem, type System } from "./support/plane.ts"

let system: System
beforeAll(async () => {
  system = await startSystem()
})
afterAll(() => system.stop())

/** Of the control plane, whose clock is a day ahead. */
const AHEAD = 24 * 3_600_000

async function talk(): Promise<void> {
  expect((await fetchAnswer(`${system.url}/v1/chat/completions`, { body: chatBody("hello") })).status).toBe(200)
}

async function obeys(id: string, more: Partial<CommandFrame> = {}): Promise<CommandAck> {
  const of = { accountId: accountId("account-1@example.com") }
  const before = system.link.find("command-ack").length
  const command = { type: "release-conversations", of } as const
  system.link.send({ type: "command", id, expiresAt: Date.now() + AHEAD + 60_000, command, ...more })
  return waitFor(() => system.link.find("command-ack")[before])
}

const homes = (): number => system.plane.pool.facts().conversations

test("conversations are released once for each id, and the answer is given again", async () => {
  await talk()
  system.link.send({ type: "heartbeat", at: Date.now() + AHEAD })
  expect(await obeys("one")).toMatchObject({ commandId: "one", outcome: "done", count: 1 })
  expect(homes()).toBe(0)
  await talk()
  expect(await obeys("one")).toMatchObject({ commandId: "one", outcome: "done", count: 1 })
  expect(homes()).toBe(1)
})

test("one that is over on the control plane's clock is not done, whatever ours says", async () => {
  system.link.send({ type: "heartbeat", at: Date.now() + AHEAD })
  expect(await obeys("late", { expiresAt: Date.now() + 3_600_000 })).toMatchObject({ outcome: "expired" })
  expect(homes()).toBe(1)
})

test("one of tomorrow is refused, and the link goes on", async () => {
  const command = { type: "dance" }
  system.link.sendRaw(
    `${JSON.stringify({ type: "command", id: "new", expiresAt: Date.now() + AHEAD + 60_000, command })}\n`,
  )
  const refused = await waitFor(() => system.link.find("command-ack").find(({ commandId }) => commandId === "new"))
  expect(refused).toMatchObject({ outcome: "refused", reason: "dance is no command that this version knows" })
  expect(await obeys("next")).toMatchObject({ outcome: "done", count: 1 })
  expect(system.link.connections).toBe(1)
})

test("a heartbeat tells how many conversations live where", async () => {
  await talk()
  const told = await waitFor(() => {
    const beat = system.link.find("heartbeat").at(-1)
    return beat?.conversations === 1 && beat
  }, 30_000)
  expect(told.conversationsByAccount).toEqual({ "account-1@example.com": 1 })
  expect(told.sharesConversations).toBe(false)
})
