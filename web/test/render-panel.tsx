/** Renders the whole panel in English against a fake control plane, and waits for what a person would see. */
import { cleanup, configure, fireEvent, render, screen, within } from "@solidjs/testing-library"
import { afterEach } from "vitest"
import { App } from "../src/app.tsx"
import { createPanel } from "../src/panel.tsx"
import { type FakeControlPlane, type FakeOptions, startFakeControlPlane } from "./fake-control-plane.ts"

// A page is compiled when a test opens it first, which takes a busy machine seconds.
configure({ asyncUtilTimeout: 60_000 })

// jsdom has no layout, so nothing to scroll.
Element.prototype.scrollIntoView = () => undefined

const open: FakeControlPlane[] = []

afterEach(async () => {
  cleanup()
  localStorage.clear()
  await Promise.all(open.splice(0).map((fake) => fake.close()))
})

/** A fake that ends with the test. */
export async function startFake(options: FakeOptions = {}): Promise<FakeControlPlane> {
  const fake = await startFakeControlPlane(options)
  open.push(fake)
  return fake
}

/** The panel at a path, with retries that come at once. */
export function renderPanel(fake: FakeControlPlane, path = "/accounts") {
  window.history.replaceState(null, "", path)
  const panel = createPanel({ url: `${fake.url}/graphql`, retryDelayMs: () => 20 })
  return render(() => <App panel={panel} language="en" />)
}

/** Takes an entry of the menu that opens. */
export async function takeEntry(name: string): Promise<void> {
  const entry = await within(await screen.findByRole("menu")).findByText(name)
  fireEvent.pointerDown(entry, { pointerType: "mouse" })
  fireEvent.pointerUp(entry, { pointerType: "mouse" })
}
