/** The guard that all systems of tests stand under. */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, expect, test } from "vitest"
import { expectRefusals, startSimulator, type Simulator } from "../support/simulator.ts"

let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator({ accounts: [{ email: "a@example.test" }] })
})
afterAll(() => simulator.close())

async function generate(contents: readonly object[]): Promise<number> {
  const response = await fetch(`${simulator.url}/v1internal:streamGenerateContent?alt=sse`, {
    method: "POST",
    headers: { authorization: `Bearer ${simulator.accessToken("a@example.test")}`, "user-agent": "lagrange/0.1.0" },
    body: JSON.stringify({ project: simulator.world.accounts.of("a@example.test")?.projectId, ...body(contents) }),
  })
  await response.text()
  return response.status
}

const body = (contents: readonly object[]) => ({ model: "gemini-3-flash", requestId: "r", request: { contents } })

test.fails("a refusal that no test asked for fails the test that caused it", async () => {
  expect(await generate([])).toBe(400)
})

test("and not the next one", async () => {
  expect(await generate([{ role: "user", parts: [{ text: "hi" }] }])).toBe(200)
})

test("a refusal that is asked for by its rule is none", async () => {
  expect(await generate([])).toBe(400)
  expectRefusals(simulator, ["contents-empty"])
})

test.fails("another rule than the one asked for fails", async () => {
  expect(await generate([])).toBe(400)
  expectRefusals(simulator, ["role"])
})

test("what is refused after the last test fails when the simulator closes", async () => {
  const own = await startSimulator({ accounts: [{ email: "a@example.test" }] })
  const shared = simulator
  simulator = own
  try {
    expect(await generate([])).toBe(400)
  } finally {
    simulator = shared
  }
  await expect(own.close()).rejects.toThrow(/the simulator refused/)
})

const root = fileURLToPath(new URL("../..", import.meta.url))

test.each(["test", "data-plane", "control-plane"])("no test under %s starts a simulator past the guard", (folder) => {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".ts"),
  )
  expect(files.length).toBeGreaterThan(5)
  const past = files.filter((file) =>
    /\bstartSimulator\b[^;\n]*from "#simulator/.test(readFileSync(join(root, folder, file), "utf8")),
  )
  expect(past).toEqual(folder === "test" ? [join("support", "simulator.ts")] : [])
})
