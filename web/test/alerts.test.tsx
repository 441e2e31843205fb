import { fireEvent, screen, waitFor, within } from "@solidjs/testing-library"
import { GraphQLError } from "graphql"
import { expect, test } from "vitest"
import { createFakeSystem, fakeAlert, fakeRule, fakeWebhook } from "./fake-system.ts"
import { renderPanel, startFake } from "./render-panel.tsx"

async function open(path = "/alerts", scope: "ADMIN" | "READ" = "ADMIN", given: object = {}) {
  const fake = await startFake({ signedIn: true })
  const system = Object.assign(createFakeSystem(), given)
  fake.scope = scope
  let publish = (_value: unknown): void => undefined
  Object.assign(fake.world.root, system.root, {
    alertChanged: async function* alertChanged() {
      for (;;) {
        // eslint-disable-next-line no-await-in-loop -- waits for the next value
        yield { alertChanged: await new Promise((resolve) => (publish = resolve)) }
      }
    },
  })
  renderPanel(fake, path)
  return { fake, system, publish: (value: unknown) => publish(value) }
}

const over = { firing: false, until: "2026-01-01T00:10:00Z" }

test("what goes on and what is over, about whom, and what to do", async () => {
  await open("/alerts", "ADMIN", {
    alerts: [fakeAlert({ id: "alt_1" }), fakeAlert({ id: "alt_2", name: "Pool paused", kind: "POOL_PAUSED", ...over })],
  })
  const goesOn = await screen.findByRole("region", { name: /^Open/ })
  within(goesOn).getByText("Accounts need attention")
  within(goesOn).getByText("Open each account.")
  expect(within(goesOn).getByRole("link", { name: "one" }).getAttribute("href")).toBe("/accounts/acc_1")
  const past = screen.getByRole("region", { name: "Over" })
  within(past).getByText("Pool paused")
  expect(past.textContent).toContain("lasted 10 m 00 s")
  await waitFor(() => expect(screen.getByRole("link", { name: /^Alerts/ }).textContent).toContain("1 open alert"))
})

test("one that ends while it is looked at moves, and its message is told where it is open", async () => {
  const { fake, system, publish } = await open("/alerts", "ADMIN", { alerts: [fakeAlert({ id: "alt_1" })] })
  fireEvent.click(await screen.findByRole("button", { name: "Accounts need attention: details" }))
  const dialog = await screen.findByRole("dialog", { name: "Accounts need attention" })
  await within(dialog).findByText("Needs verification.")
  within(dialog).getByText(/Nothing was sent/)
  await waitFor(() => expect(fake.openStreams()).toBe(1))
  const delivery = {
    id: "evt_1",
    event: "RESOLVED",
    createdAt: "2026-01-01T00:10:00Z",
    attempts: 2,
    deliveredAt: null,
    nextAttemptAt: "2026-01-01T00:11:00Z",
    lastStatus: 503,
    lastError: "It answered 503.",
    webhook: { name: "Pager" },
  }
  const ended = fakeAlert({ id: "alt_1", ...over, deliveries: [delivery] })
  system.alerts = [ended]
  publish(ended)
  await within(dialog).findByText("It answered 503.")
  within(dialog).getByText("Waits")
  await screen.findByText("Nothing is the matter")
})

test("a rule asks for what its kind has, and tells at the field what cannot be", async () => {
  const { system } = await open("/alerts?tab=rules", "ADMIN", { rules: [fakeRule({ id: "alr_account_attention" })] })
  await screen.findByText("an account or more · after 1 min")
  fireEvent.click(screen.getByRole("button", { name: "Add rule" }))
  const dialog = await screen.findByRole("dialog", { name: "Add an alert rule" })
  expect(within(dialog).queryByRole("combobox", { name: "Quota" })).toBeNull()
  fireEvent.change(within(dialog).getByRole("combobox", { name: "What it looks at" }), {
    target: { value: "POOL_QUOTA" },
  })
  fireEvent.change(within(dialog).getByRole("combobox", { name: "Quota" }), { target: { value: "IMAGE" } })
  const threshold = within(dialog).getByRole("textbox", { name: "Threshold" })
  fireEvent.input(threshold, { target: { value: "120" } })
  fireEvent.click(within(dialog).getByRole("button", { name: "Save" }))
  await within(dialog).findByText("From 0.1 to 100.")
  fireEvent.input(threshold, { target: { value: "25" } })
  // The field stays the one that is typed in.
  expect(within(dialog).getByRole("textbox", { name: "Threshold" })).toBe(threshold)
  fireEvent.click(within(dialog).getByRole("button", { name: "Save" }))
  await waitFor(() => expect(system.asked).toHaveLength(1))
  expect(system.asked[0]?.variables).toEqual({
    input: { kind: "POOL_QUOTA", threshold: 0.25, forSeconds: 300, enabled: true, webhookId: null, bucket: "IMAGE" },
  })
})

test("a host that is not allowed is told at the address; a webhook's secret is shown once", async () => {
  const { system } = await open("/alerts?tab=webhooks")
  fireEvent.click(await screen.findByRole("button", { name: "Add webhook" }))
  const dialog = await screen.findByRole("dialog", { name: "Add a webhook" })
  fireEvent.input(within(dialog).getByRole("textbox", { name: "Name" }), { target: { value: "Pager" } })
  const address = within(dialog).getByRole("textbox", { name: "Address" })
  fireEvent.input(address, { target: { value: "https://elsewhere.example.test/x" } })
  const message = "The address is of a host that is not allowed. Change the setting ALERT_WEBHOOK_HOSTS to allow it."
  system.refuse["createWebhook"] = { code: "host_not_allowed", message, path: ["input", "url"] }
  fireEvent.click(within(dialog).getByRole("button", { name: "Add" }))
  await within(dialog).findByText(message)
  expect(address.getAttribute("aria-invalid")).toBe("true")
  expect(within(dialog).getByRole("link", { name: "Allowed hosts are a setting" }).getAttribute("href")).toBe(
    "/settings?search=ALERT_WEBHOOK_HOSTS",
  )
  delete system.refuse["createWebhook"]
  fireEvent.click(within(dialog).getByRole("button", { name: "Add" }))
  await screen.findByText("whsec_not-a-real-secret-0123456789")
  fireEvent.click(screen.getByRole("button", { name: "Done" }))
  await waitFor(() => expect(screen.queryByText("whsec_not-a-real-secret-0123456789")).toBeNull())
})

test("a test that does not arrive says why, one that does is told", async () => {
  const failing = { id: "whk_1", failures: 3, lastError: "It answered 500." }
  const { system } = await open("/alerts?tab=webhooks", "ADMIN", { webhooks: [fakeWebhook(failing)] })
  await screen.findByText("3 failed in a row")
  screen.getByText("It answered 500.")
  system.refuse["testWebhook"] = { code: "not_delivered", message: "The test did not arrive.", path: [] }
  fireEvent.click(screen.getByRole("button", { name: "Send a test to Pager" }))
  await screen.findByText("The test did not arrive.")
  delete system.refuse["testWebhook"]
  fireEvent.click(screen.getByRole("button", { name: "Send a test to Pager" }))
  await screen.findByText("Pager took the test (204)")
})

test.each(["/alerts", "/alerts?tab=rules", "/alerts?tab=webhooks"])("a viewer changes nothing on %s", async (path) => {
  await open(path, "READ", {
    alerts: [fakeAlert({ id: "alt_1" })],
    rules: [fakeRule({ id: "alr_1", builtIn: false })],
    webhooks: [fakeWebhook({ id: "whk_1" })],
  })
  await screen.findByText(path === "/alerts?tab=webhooks" ? "https://hooks.example.test" : "Accounts need attention")
  expect(screen.queryByRole("switch")).toBeNull()
  expect(screen.queryByRole("button", { name: /^(Add|Change|Remove|Make|Send)/ })).toBeNull()
})

test("nothing is the matter says how alerts come, and an error what to do", async () => {
  const { fake } = await open()
  await screen.findByRole("heading", { name: "Nothing is the matter" })
  fake.world.root["alerts"] = () => {
    throw new GraphQLError("Not today.")
  }
  fireEvent.change(screen.getByRole("combobox", { name: "Kind" }), { target: { value: "ERROR_RATE" } })
  await screen.findByText("Not today.")
})
