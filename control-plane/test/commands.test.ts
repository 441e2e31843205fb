/** Commands on the link, met by data planes that are there, away, slow to answer or older. */
import { randomUUID } from "node:crypto"
import { afterEach, beforeEach, expect, test } from "vitest"
import type { CommandAnswer, CommandFrame } from "#shared/link-command.ts"
import { waitFor } from "../../test/support/wait-for.ts"
import { ANSWER_WAIT_MS, COMMAND_LIFE_MS } from "../src/link/commands.ts"
import { startTestControlPlane, type TestControlPlane } from "./support/control-plane.ts"
import { connectLink, heartbeat, type LinkClient } from "./support/link-client.ts"
import { createManualClock, type ManualClock } from "./support/manual-clock.ts"

let clock: ManualClock
let control: TestControlPlane
let links: LinkClient[]
beforeEach(async () => {
  clock = createManualClock()
  control = await startTestControlPlane({ clock })
  links = []
})
afterEach(async () => {
  for (const link of links) link.close()
  await control.stop()
})

async function connect(boot: string, token?: string): Promise<LinkClient> {
  const link = await connectLink(control.url, { boot, ...(token === undefined ? {} : { token }) })
  links.push(link)
  await waitFor(() => link.frames.length > 0)
  return link
}

/** Its link token; it is called "second". */
async function newNode(): Promise<string> {
  const { createNode } = await control.data<{ createNode: { linkToken: string } }>(
    'mutation { createNode(input: { name: "second" }) { ... on CreateNodeSuccess { linkToken } } }',
  )
  return createNode.linkToken
}

interface Report {
  readonly conversations?: number
  readonly nodes?: number
  readonly refusals?: readonly { readonly reason: string; readonly node: { readonly name: string } }[]
  readonly unanswered?: readonly { readonly name: string }[]
  readonly code?: string
}

const RELEASE = `mutation { releaseConversations(input: { conversationId: "17" }) { ... on ReleaseConversationsSuccess {
  conversations nodes refusals { reason node { name } } unanswered { name } } ... on Failure { code } } }`

async function release(): Promise<Report> {
  return (await control.data<{ releaseConversations: Report }>(RELEASE)).releaseConversations
}

const commandsOf = (link: LinkClient): CommandFrame[] => link.frames.filter((frame) => frame.type === "command")

const arrived = (link: LinkClient): Promise<CommandFrame> => waitFor(() => commandsOf(link)[0])

const answer = (link: LinkClient, { id }: CommandFrame, given: CommandAnswer) =>
  link.report({ id: randomUUID(), at: clock.now(), type: "command-ack", commandId: id, ...given })

test("conversations of data planes that share theirs are let go once, however many tell of them", async () => {
  const both = [await connect("shares"), await connect("shares-too", await newNode())]
  for (const link of both) {
    const told = heartbeat({ startedAt: clock.now(), sharesConversations: true })
    await link.report({ id: randomUUID(), at: clock.now(), ...told })
  }
  const released = release()
  for (const [index, link] of both.entries()) {
    // One has heard it from the other already.
    await answer(link, await arrived(link), { outcome: "done", count: index })
  }
  expect(await released).toMatchObject({ conversations: 1, nodes: 2 })
})

test("a command goes to each node with its end on the clock that hello told, and the answers are gathered", async () => {
  const first = await connect("one")
  const second = await connect("two", await newNode())
  expect(first.frames[0]).toMatchObject({ type: "hello", at: clock.now() })
  const released = release()
  const command = await arrived(first)
  expect(command).toEqual({
    type: "command",
    id: expect.stringMatching(/^cmd_/),
    expiresAt: clock.now() + COMMAND_LIFE_MS,
    command: { type: "release-conversations", of: { conversation: "17" } },
  })
  expect(await arrived(second)).toEqual(command)
  await answer(first, command, { outcome: "done", count: 1 })
  // Twice says no more than once.
  await answer(first, command, { outcome: "done", count: 1 })
  await answer(second, command, { outcome: "refused", reason: "not today" })
  expect(await released).toEqual({
    conversations: 1,
    nodes: 1,
    refusals: [{ reason: "not today", node: { name: "second" } }],
    unanswered: [],
  })
})

test("a node that does not answer is named, and not waited for without end", async () => {
  const link = await connect("one")
  const released = release()
  await arrived(link)
  clock.advance(ANSWER_WAIT_MS)
  expect(await released).toEqual({ conversations: 0, nodes: 0, refusals: [], unanswered: [{ name: "local" }] })
})

test("a node that comes back in time gets what it has not answered, once", async () => {
  // Nobody is connected: there is nothing to wait for.
  expect(await release()).toMatchObject({ nodes: 0, unanswered: [{ name: "local" }] })
  clock.advance(COMMAND_LIFE_MS - 1)
  const back = await connect("one")
  const command = await arrived(back)
  await answer(back, command, { outcome: "done", count: 0 })
  back.close()
  await back.closed
  const again = await connect("one")
  await control.controlPlane.services.publisher.flush()
  await again.snapshot(() => true)
  const next = release()
  await waitFor(() => commandsOf(again).length > 0)
  expect(commandsOf(again).map(({ id }) => id)).not.toContain(command.id)
  clock.advance(ANSWER_WAIT_MS)
  await next
})

test("a command that is over is sent to nobody, and its answer changes nothing", async () => {
  expect(await release()).toMatchObject({ nodes: 0 })
  clock.advance(COMMAND_LIFE_MS)
  const late = await connect("one")
  const released = release()
  const command = await arrived(late)
  expect(commandsOf(late)).toEqual([command])
  expect((await answer(late, { ...command, id: "cmd_gone" }, { outcome: "done" })).status).toBe(200)
  clock.advance(ANSWER_WAIT_MS)
  expect(await released).toMatchObject({ nodes: 0, unanswered: [{ name: "local" }] })
})
