import { get, request } from "node:http"
import type { IncomingMessage } from "node:http"
import { afterEach, describe, expect, it } from "vitest"
import { createDownFrameDecoder } from "#shared/link-frames.ts"
import { type DownFrame, REPORTS_PATH, SNAPSHOTS_PATH } from "#shared/link-protocol.ts"
import { decodeSnapshotFrame } from "#shared/snapshot-check.ts"
import { type LinkServer, startLinkServer } from "./link-server.ts"

let server: LinkServer | undefined
afterEach(() => server?.close())

function post(port: number, path: string, body: unknown): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { host: "127.0.0.1", port, path, method: "POST", agent: false },
      (response: IncomingMessage) => {
        let text = ""
        response.setEncoding("utf8")
        response.on("data", (part: string) => (text += part))
        response.on("end", () => resolve(text))
      },
    )
    outgoing.on("error", reject)
    outgoing.end(JSON.stringify(body))
  })
}

describe("the bench's end of the link", () => {
  it("greets and pushes a snapshot that a data plane accepts, without limits", async () => {
    server = await startLinkServer("https://127.0.0.1:1")
    const { port } = server
    const frames = await new Promise<DownFrame[]>((resolve, reject) => {
      const seen: DownFrame[] = []
      const outgoing = get({ host: "127.0.0.1", port, path: `${SNAPSHOTS_PATH}?node=n`, agent: false }, (response) => {
        const decoder = createDownFrameDecoder((frame) => {
          seen.push(frame)
          if (seen.length < 2) return
          response.destroy()
          resolve(seen)
        })
        response.on("data", (bytes: Buffer) => decoder.push(bytes))
      })
      outgoing.on("error", reject)
    })
    expect(frames.map(({ type }) => type)).toEqual(["hello", "snapshot"])
    const check = frames[1]?.type === "snapshot" ? decodeSnapshotFrame(frames[1]) : undefined
    expect(check).toMatchObject({
      ok: true,
      snapshot: {
        settings: {
          maxConcurrentPerModel: 0,
          maxConcurrentPerAccount: 0,
          antigravityBaseUrls: ["https://127.0.0.1:1"],
        },
      },
    })
  })

  it("accepts reports and counts an exchange that is sent twice once", async () => {
    server = await startLinkServer("https://127.0.0.1:1")
    const exchange = {
      id: "report-1",
      at: 1,
      type: "exchange",
      exchangeId: "req_00000000000000000000000001",
      startedAt: 1,
      dialect: "openai-chat",
      stream: true,
      outcome: "completed",
      status: 200,
      usage: {},
      durationMs: 1,
      attempts: [],
      dropped: [],
    }
    const batch = { node: "bench", boot: "b", items: [exchange, { ...exchange, id: "report-2" }] }
    expect(JSON.parse(await post(server.port, REPORTS_PATH, batch))).toEqual({ accepted: ["report-1", "report-2"] })
    expect(server.reported()).toBe(1)
  })
})
