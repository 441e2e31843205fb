/** What Prometheus is told of the control plane, read strictly, each number traced to what made it. */
import { createServer } from "node:net"
import type { AddressInfo } from "node:net"
import { afterEach, expect, test } from "vitest"
import { parseExposition, readExposition, valueOf, type ExposedFamily } from "#shared/testing/exposition.ts"
import { waitFor } from "../../test/support/wait-for.ts"
import { startTestControlPlane, type TestControlPlane, type TestOptions } from "./support/control-plane.ts"
import { subscribe } from "./support/event-stream.ts"
import { connectLink } from "./support/link-client.ts"
import { createManualClock, type ManualClock } from "./support/manual-clock.ts"

let control: TestControlPlane
let clock: ManualClock
afterEach(() => control.stop())

async function begin(options: TestOptions = {}): Promise<void> {
  clock = createManualClock()
  control = await startTestControlPlane({ clock, ...options, env: { CONTROL_METRICS_PORT: "0", ...options.env } })
}

const scrape = (): Promise<readonly ExposedFamily[]> => readExposition(control.controlPlane.metricsUrl ?? "")

/** The number of a series, as soon as it is that. */
function becomes(value: number, name: string, labels: Record<string, string> = {}): Promise<unknown> {
  return waitFor(async () => valueOf(await scrape(), name, labels) === value)
}

test("accounts by state, jobs with their failures, and the size of the database", async () => {
  await begin()
  const { prisma } = control.controlPlane.services.database
  const account = (id: string, state: "READY" | "NEEDS_LOGIN", enabled = true) => {
    const at = new Date(clock.now())
    return {
      id,
      kind: "ANTIGRAVITY" as const,
      label: id,
      state,
      enabled,
      stateSince: at,
      tags: [],
      createdAt: at,
      onboardingPending: false,
    }
  }
  await prisma.account.createMany({
    data: [account("a", "READY"), account("b", "READY"), account("c", "NEEDS_LOGIN"), account("d", "READY", false)],
  })
  const families = await scrape()
  const accounts = (state: string): number => valueOf(families, "lagrange_accounts", { state })
  expect([accounts("READY"), accounts("NEEDS_LOGIN"), accounts("DISABLED")]).toEqual([2, 1, 1])
  expect(valueOf(families, "lagrange_database_size_bytes")).toBeGreaterThan(10_000)
  expect(valueOf(families, "lagrange_build_info", { version: "0.1.0", plane: "control" })).toBe(1)

  const job = { job_name: "evaluate-alerts" }
  await waitFor(
    async () => valueOf(await scrape(), "lagrange_job_last_success_timestamp_seconds", job) === clock.now() / 1000,
  )
  const before = valueOf(await scrape(), "lagrange_job_runs_total", { ...job, result: "done" })
  clock.advance(15_000)
  await becomes(before + 1, "lagrange_job_runs_total", { ...job, result: "done" })
  await prisma.$executeRawUnsafe('ALTER TABLE "AlertRule" RENAME TO "Elsewhere"')
  clock.advance(15_000)
  await becomes(1, "lagrange_job_runs_total", { ...job, result: "failed" })
  await prisma.$executeRawUnsafe('ALTER TABLE "Elsewhere" RENAME TO "AlertRule"')
  clock.advance(15_000)
  await becomes(before + 2, "lagrange_job_runs_total", { ...job, result: "done" })
})

test("snapshots, nodes and what they report", async () => {
  await begin()
  const node = { node: "local" }
  expect(valueOf(await scrape(), "lagrange_node_up", node)).toBe(0)
  const link = await connectLink(control.url)
  const { version, epoch } = await link.snapshot(() => true)
  await becomes(1, "lagrange_node_up", node)
  let families = await scrape()
  expect(valueOf(families, "lagrange_snapshot_version")).toBe(version)
  expect(valueOf(families, "lagrange_snapshots_published_total")).toBe(1)
  expect(valueOf(families, "lagrange_snapshot_published_timestamp_seconds")).toBe(clock.now() / 1000)
  const ack = { type: "snapshot-ack" as const, epoch, version, hash: link.snapshots[0]?.hash ?? "" }
  await link.report({ id: "1", at: clock.now(), ...ack })
  expect(valueOf(await scrape(), "lagrange_reports_total", { type: "snapshot-ack" })).toBe(1)
  expect(valueOf(await scrape(), "lagrange_node_snapshot_lag", node)).toBe(0)
  // Answers when the data plane has taken it, or when it was waited for long enough.
  const made = control.data(`mutation { createApiKey(input: { name: "x" }) { __typename } }`)
  await waitFor(async () => {
    clock.advance(100)
    return valueOf(await scrape(), "lagrange_node_snapshot_lag", node) === 1
  })
  clock.advance(1_000)
  await made
  families = await scrape()
  expect(valueOf(families, "lagrange_report_batches_total")).toBe(1)
  expect(valueOf(families, "lagrange_report_batch_seconds_count")).toBe(1)
  expect(valueOf(families, "lagrange_snapshots_published_total")).toBe(2)
  link.close()
  await becomes(0, "lagrange_node_up", node)
})

test("sign-ins that fail, root fields by their own names, and who follows what", async () => {
  await begin()
  const signIn = `mutation ($password: String!) { mine: signIn(password: $password) { __typename } }`
  for (const password of ["wrong one", "wrong two"]) await control.ask(signIn, { password }, {})
  await control.signIn()
  await control.data(
    "query { some: alertRules { id } ...More } fragment More on Query { webhooks { id } ... { settings { revision } } }",
  )
  const open = await subscribe(control.url, "subscription { alertChanged { id } }", {
    token: "test-admin-token-for-tests-only",
  })
  await becomes(1, "lagrange_subscribers", { topic: "alertChanged" })
  const families = await scrape()
  const count = (type: string, field: string): number =>
    valueOf(families, "lagrange_graphql_fields_total", { type, field })
  expect(valueOf(families, "lagrange_sign_in_failures_total", { code: "wrong_password" })).toBe(2)
  expect(count("Mutation", "signIn")).toBe(3)
  expect([count("Query", "alertRules"), count("Query", "webhooks"), count("Query", "settings")]).toEqual([1, 1, 1])
  expect(count("Subscription", "alertChanged")).toBe(1)
  expect(count("Mutation", "mine")).toBe(0)
  open.close()
  await open.ended
  await becomes(0, "lagrange_subscribers", { topic: "alertChanged" })
})

test("nothing in it names a person, an account or a key, and it is nowhere unless asked for", async () => {
  await begin({ env: { API_KEY: "canary-key-of-the-environment" } })
  await control.data(`mutation { createApiKey(input: { name: "canary key" }) { __typename } }`)
  await control.ask(`mutation { signIn(name: "canary person", password: "canary") { __typename } }`, {}, {})
  const text = await (await fetch(control.controlPlane.metricsUrl ?? "")).text()
  parseExposition(text)
  expect(text).not.toContain("canary")
  expect((await fetch(`${control.url}/metrics`)).status).toBe(404)
  const url = control.controlPlane.metricsUrl ?? ""
  await control.stop()
  await expect(fetch(url)).rejects.toThrow()
  control = await startTestControlPlane()
  expect(control.controlPlane.metricsUrl).toBeUndefined()
})

test("an address that is in use ends the start with a sentence that names the variable", async () => {
  const taken = createServer().listen(0, "127.0.0.1")
  await waitFor(() => taken.listening)
  const { port } = taken.address() as AddressInfo // a TCP server that listens has one
  await begin()
  await expect(startTestControlPlane({ env: { CONTROL_METRICS_PORT: String(port) } })).rejects.toThrow(
    `CONTROL_METRICS_PORT ${port} on METRICS_HOST 127.0.0.1 cannot be had`,
  )
  taken.close()
})
