import { describe, expect, it, test } from "vitest"
import { accountId, apiKeyId } from "./ids.ts"
import type { CommandFrame } from "./link-command.ts"
import { createDownFrameDecoder, encodeDownFrame, FrameError } from "./link-frames.ts"
import { parseReportBatch } from "./report-batch.ts"
import type { DownFrame } from "./link-protocol.ts"

function decode(text: string): DownFrame[] {
  const frames: DownFrame[] = []
  createDownFrameDecoder((frame) => frames.push(frame)).push(Buffer.from(text))
  return frames
}

describe("a command", () => {
  it.each([{ accountId: accountId("a") }, { apiKeyId: apiKeyId("k") }, { conversation: "-9223372036854775808" }])(
    "arrives as it was sent (%j)",
    (of) => {
      const frame: CommandFrame = {
        type: "command",
        id: "cmd_1",
        expiresAt: 1_750_000_000_000,
        command: { type: "release-conversations", of },
      }
      expect(decode(encodeDownFrame(frame))).toEqual([frame])
    },
  )

  it("for a pipe arrives as it was sent, with who is to be answered", () => {
    const sender = { id: "usr_1", name: "admin" }
    const command = { type: "open-pipe", pipeId: "pip_1", sender } as const
    const frame: CommandFrame = { type: "command", id: "cmd_1", expiresAt: 5, command }
    expect(decode(encodeDownFrame(frame))).toEqual([frame])
  })

  it.each([
    [{ type: "dance" }, "dance is no command that this version knows"],
    [{ type: "release-conversations", of: {} }, "command.of.conversation must be a text"],
    [{ type: "release-conversations", of: { conversation: "hello" } }, /form that is not allowed/],
    [{ type: "release-conversations" }, "command.of must be an object"],
    [{ type: "drain", isOn: "yes" }, /^command\.isOn must be/],
    [{ type: "open-pipe", pipeId: "pip_1" }, "command.sender must be an object"],
    [[], "command must be an object"],
  ])("that nobody here can read is to be refused, and the link goes on (%j)", (command, reason) => {
    const text = `${JSON.stringify({ type: "command", id: "1", expiresAt: 5, command })}\n{"type":"heartbeat","at":5}\n`
    expect(decode(text)).toEqual([
      {
        type: "command",
        id: "1",
        expiresAt: 5,
        command: { type: "unreadable", reason: expect.stringMatching(reason) },
      },
      { type: "heartbeat", at: 5 },
    ])
  })

  it("without an id could not be answered", () => {
    expect(() => decode('{"type":"command","expiresAt":5,"command":{}}\n')).toThrow(FrameError)
  })
})

const parse = (...items: readonly object[]) =>
  parseReportBatch({ node: "n", boot: "b", items: items.map((item) => ({ id: "1", at: 5, ...item })) })

describe("its acknowledgement", () => {
  it.each([
    { type: "command-ack", commandId: "cmd_1", outcome: "done", count: 3 },
    { type: "command-ack", commandId: "cmd_1", outcome: "refused", reason: "no" },
    { type: "command-ack", commandId: "cmd_1", outcome: "expired" },
  ])("is taken as it was sent (%j)", (item) => {
    expect(parse(item)).toMatchObject({ items: [{ id: "1", at: 5, ...item }] })
  })

  it.each([
    [{ outcome: "perhaps" }, /outcome must be one of done, refused, expired/],
    [{ outcome: "done", count: -1 }, /count must be from 0/],
    [{ outcome: "done", count: 1e12 }, /count must be from 0/],
    [{ outcome: "done", commandId: "" }, /commandId is too short/],
  ])("is refused when it is wrong (%j)", (more, refused) => {
    expect(parse({ type: "command-ack", commandId: "cmd_1", ...more })).toEqual({
      refused: expect.stringMatching(refused),
    })
  })
})

test("a hello tells the control plane's time, where it does", () => {
  const hello: DownFrame = { type: "hello", controlPlaneVersion: "1", nodeId: "n" }
  expect(decode(encodeDownFrame(hello) + encodeDownFrame({ ...hello, at: 7 }))).toEqual([hello, { ...hello, at: 7 }])
})
