import { accountId, apiKeyId } from "#shared/ids.ts"
import type { CommandAck, CommandFrame, ConversationScope } from "#shared/link-command.ts"
import { createLogger } from "#shared/log.ts"
import { beforeEach, expect, test } from "vitest"
import { Commands, MAX_KNOWN } from "./commands.ts"

let done: string[]
let answers: CommandAck[]
let commands: Commands
beforeEach(() => {
  done = []
  answers = []
  commands = new Commands({
    log: createLogger({ level: "error", format: "json", write: () => undefined }),
    answer: (ack) => void answers.push(ack),
    ports: {
      pool: {
        releaseConversation: (id) => done.push(`conversation ${id}`) === 1,
        releaseConversationsOf: (id) => done.push(`account ${id}`) + 10,
        releaseConversationsOfKey: (id) => done.push(`key ${id}`) + 20,
      },
      replays: { begin: ({ replayId }) => void done.push(`replay ${replayId}`) },
      pipes: { open: ({ pipeId }) => void done.push(`pipe ${pipeId}`) },
      drain: (isOn) => done.push(`drain ${isOn}`) + 30,
    },
  })
})

const release = (id: string, of: ConversationScope): CommandFrame => ({
  type: "command",
  id,
  expiresAt: 1_000,
  command: { type: "release-conversations", of },
})

test("conversations are released by account, by key or alone, and counted", () => {
  commands.take(release("1", { conversation: "5" }), 0)
  commands.take(release("2", { accountId: accountId("a") }), 0)
  commands.take(release("3", { apiKeyId: apiKeyId("k") }), 0)
  commands.take(release("4", { conversation: "5" }), 0)
  expect(done).toEqual(["conversation 5", "account a", "key k", "conversation 5"])
  expect(answers.map(({ outcome, count }) => [outcome, count])).toEqual([
    ["done", 1],
    ["done", 12],
    ["done", 23],
    ["done", 0],
  ])
})

test("a node is told to drain and to take requests again, and answers what is under way", () => {
  const drain = (id: string, isOn: boolean): CommandFrame => ({
    type: "command",
    id,
    expiresAt: 1_000,
    command: { type: "drain", isOn },
  })
  commands.take(drain("1", true), 0)
  commands.take(drain("2", false), 0)
  expect(done).toEqual(["drain true", "drain false"])
  expect(answers.map(({ count }) => count)).toEqual([31, 32])
})

test("the same command again is answered as before and not done", () => {
  commands.take(release("1", { accountId: accountId("a") }), 0)
  commands.take(release("1", { accountId: accountId("a") }), 5_000)
  expect(done).toHaveLength(1)
  expect(answers[1]).toEqual(answers[0])
})

test("one whose time is over is not done; where no time is told none is over", () => {
  commands.take(release("1", { conversation: "5" }), 1_000)
  expect([done, answers]).toEqual([[], [{ type: "command-ack", commandId: "1", outcome: "expired" }]])
  commands.take(release("2", { conversation: "5" }), undefined)
  expect(answers[1]?.outcome).toBe("done")
})

test("one that cannot be read or done is refused with its reason", () => {
  const unreadable = { type: "unreadable", reason: "dance is no command that this version knows" } as const
  commands.take({ type: "command", id: "1", expiresAt: 1_000, command: unreadable }, 0)
  const pool = {
    releaseConversation: () => {
      throw new Error("out of order")
    },
    releaseConversationsOf: () => 0,
    releaseConversationsOfKey: () => 0,
  }
  const log = createLogger({ level: "error", format: "json", write: () => undefined })
  new Commands({
    log,
    answer: (ack) => void answers.push(ack),
    ports: { pool, replays: { begin: () => undefined }, pipes: { open: () => undefined }, drain: () => 0 },
  }).take(release("2", { conversation: "5" }), 0)
  expect(answers).toMatchObject([
    { outcome: "refused", reason: "dance is no command that this version knows" },
    { outcome: "refused", reason: "out of order" },
  ])
})

test("not every command is remembered for ever", () => {
  for (let turn = 0; turn <= MAX_KNOWN; turn++) commands.take(release(String(turn), { conversation: "5" }), 0)
  done = []
  commands.take(release(String(MAX_KNOWN), { conversation: "5" }), 0)
  commands.take(release("0", { conversation: "5" }), 0)
  expect(done).toHaveLength(1)
})
