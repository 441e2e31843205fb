/** A gateway that was started as its documentation says, by a command in a folder, and is told from outside what it printed. */
import { expect } from "vitest"
import { startCommand, type Running } from "./child-process.ts"
import { addReadyAccount, createApiKey, graphqlClient, waitUntilServing } from "./set-up.ts"
import type { Simulator } from "./simulator.ts"
import { upstreamEnvironment } from "./start-system.ts"
import { waitFor } from "./wait-for.ts"

/** Installing and building are in it, and the machine may be busy with other tests. */
const START_LIMIT_MS = 150_000
const ADMIN_TOKEN = "test-admin-of-an-installation"

export interface Installed {
  readonly running: Running
  readonly gatewayUrl: string
  readonly panelUrl: string
  /** Printed once, at the first start. */
  readonly password: string | undefined
}

/** Resolves when the screen is printed that says where everything is. */
export async function startInstalled(
  command: readonly string[],
  folder: string,
  simulator: Simulator,
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<Installed> {
  const own = { PORT: "0", CONTROL_PORT: "0", ADMIN_TOKEN, ...upstreamEnvironment(simulator.url) }
  const running = startCommand(command, folder, { ...own, ...env })
  let ended: object | undefined
  void running.ended.then((how) => (ended = how))
  const of = (name: string): string | undefined => running.output().match(new RegExp(`^ *${name} +(\\S+)`, "m"))?.[1]
  const gatewayUrl = await waitFor(() => of("Gateway") ?? ended, START_LIMIT_MS)
  if (typeof gatewayUrl !== "string") throw new Error(`it ended (${JSON.stringify(gatewayUrl)}):\n${running.output()}`)
  return { running, gatewayUrl, panelUrl: of("Panel") ?? "", password: of("Password") }
}

/** Adds an account, makes a key, and asks for a streamed answer as any client does; resolves with its text. */
export async function firstAnswer({ gatewayUrl, panelUrl }: Installed, simulator: Simulator): Promise<string> {
  const graphql = graphqlClient(panelUrl, ADMIN_TOKEN)
  await addReadyAccount(graphql, simulator, "first@example.test")
  const apiKey = await createApiKey(graphql)
  await waitUntilServing(gatewayUrl, apiKey, 1)
  const response = await fetch(`${gatewayUrl}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
    body: JSON.stringify({
      model: "gemini-3-flash",
      stream: true,
      messages: [{ role: "user", content: "[[sim:text=Hello from an installation]]" }],
    }),
  })
  expect(response.headers.get("content-type")).toMatch(/^text\/event-stream/)
  const events = (await response.text()).split("\n\n").filter((event) => event.startsWith("data: {"))
  // Chat Completions' own shape.
  const chunks = events.map((event) => JSON.parse(event.slice(6)) as { choices: { delta: { content?: string } }[] })
  return chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("")
}
