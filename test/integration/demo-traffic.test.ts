/** The demo's clients as a process, against a small server that only counts. */
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { afterEach, beforeEach, expect, test } from "vitest"
import { startBuilt } from "../support/child-process.ts"
import { waitFor } from "../support/wait-for.ts"

let seen: { method: string; path: string; key: string; body: string }[]
let url: string
let close: () => Promise<void>

beforeEach(async () => {
  seen = []
  const server = createServer((request, response) => {
    let body = ""
    request.setEncoding("utf8").on("data", (text: string) => (body += text))
    request.on("end", () => {
      const { authorization, "x-api-key": apiKey, "x-goog-api-key": googleKey } = request.headers
      const key = authorization ?? String(apiKey ?? googleKey)
      seen.push({ method: request.method ?? "", path: request.url ?? "", key, body })
      const models = { object: "list", data: [{ id: "model-a" }, { id: "model-b-image" }] }
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(models))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}` // a TCP server's address
  close = () => new Promise((resolve) => server.close(() => resolve()))
})
afterEach(() => close())

const traffic = (env: Record<string, string>) =>
  startBuilt("demo-traffic", { DEMO_GATEWAY_URL: url, DEMO_API_KEY: "obviously-fake", ...env })

test("speaks four dialects, ends by itself after its requests, and says so", async () => {
  const running = traffic({ DEMO_REQUESTS: "40", DEMO_REQUESTS_PER_SECOND: "20" })
  expect(await running.ended).toEqual({ code: 0, signal: null })
  const calls = seen.filter(({ method }) => method === "POST")
  expect(calls).toHaveLength(40)
  const paths = new Set(calls.map(({ path }) => path.replace(/:.*/, "")))
  expect(paths).toEqual(new Set(["/v1/chat/completions", "/v1/responses", "/v1/messages", "/v1beta/models/model-a"]))
  expect(calls.every(({ key }) => key.endsWith("obviously-fake"))).toBe(true)
  expect(calls.some(({ body }) => body.includes("model-b-image"))).toBe(false)
  expect(running.output()).toMatch(/ended by itself after 40 requests/)
})

test("ends at once when it is asked to", async () => {
  const running = traffic({ DEMO_REQUESTS: "10000" })
  await waitFor(() => seen.length > 1)
  expect(await running.end("SIGTERM")).toEqual({ code: 0, signal: null })
})

test("names the setting that is missing", async () => {
  const running = startBuilt("demo-traffic", { DEMO_API_KEY: "obviously-fake" })
  expect((await running.ended).code).toBe(1)
  expect(running.output()).toContain("DEMO_GATEWAY_URL is not set")
})
