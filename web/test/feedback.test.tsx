import { cleanup, fireEvent, render, screen } from "@solidjs/testing-library"
import { afterEach, expect, test, vi } from "vitest"
import { Chart } from "../src/components/chart.tsx"
import { showToast, Toasts } from "../src/components/toast.tsx"
import { Tooltip } from "../src/components/tooltip.tsx"
import { I18nProvider } from "../src/i18n/i18n.tsx"

afterEach(() => {
  vi.useRealTimers()
  cleanup()
})

const renderToasts = () => {
  vi.useFakeTimers()
  render(() => (
    <I18nProvider language="en">
      <Toasts />
    </I18nProvider>
  ))
}

test("a toast tells what was done, and leaves by itself", () => {
  renderToasts()
  showToast({ text: "The key is disabled." })
  expect(screen.getByText("The key is disabled.").closest("[aria-live]")?.getAttribute("aria-live")).toBe("polite")
  vi.advanceTimersByTime(5_999)
  expect(screen.queryByText("The key is disabled.")).not.toBeNull()
  vi.advanceTimersByTime(1)
  expect(screen.queryByText("The key is disabled.")).toBeNull()
})

test("one with a way back stays longer, does not leave under the pointer, and takes it back once", () => {
  renderToasts()
  const run = vi.fn()
  showToast({ text: "Disabled.", action: { label: "Undo", run } })
  const toast = screen.getByText("Disabled.").closest("li")
  vi.advanceTimersByTime(11_999)
  fireEvent.pointerEnter(toast ?? document.body)
  vi.advanceTimersByTime(60_000)
  fireEvent.click(screen.getByRole("button", { name: "Undo" }))
  expect(run).toHaveBeenCalledOnce()
  expect(screen.queryByText("Disabled.")).toBeNull()
})

test("more than three push the oldest out, and each can be closed", () => {
  renderToasts()
  for (const text of ["one", "two", "three", "four"]) showToast({ text })
  expect(screen.getAllByRole("listitem").map((item) => item.textContent)).toEqual(["two", "three", "four"])
  fireEvent.click(screen.getAllByRole("button", { name: "Close" })[0] ?? document.body)
  expect(screen.getAllByRole("listitem").map((item) => item.textContent)).toEqual(["three", "four"])
  vi.advanceTimersByTime(60_000)
})

test("a tooltip says more to whoever comes with the keyboard, and belongs to its words", async () => {
  render(() => <Tooltip text="Of the upstream's prompt cache.">Cached</Tooltip>)
  const trigger = screen.getByText("Cached")
  fireEvent.focus(trigger)
  const tooltip = await screen.findByRole("tooltip")
  expect(tooltip.textContent).toBe("Of the upstream's prompt cache.")
  expect(trigger.getAttribute("aria-describedby")).toBe(tooltip.id)
})

test("a chart says its newest values, and those of the moment that the keys walk to", () => {
  const start = Date.UTC(2026, 0, 1, 12)
  render(() => (
    <I18nProvider language="en">
      <Chart
        label="Requests"
        times={[start, start + 1_000, start + 2_000]}
        lines={[
          { label: "All", tone: "good", values: [4, 7, 2] },
          { label: "Failed", tone: "bad", values: [0, null, 1] },
        ]}
        format={(value) => (value === null || value === undefined ? "–" : String(value))}
      />
    </I18nProvider>
  ))
  const chart = screen.getByRole("slider", { name: "Requests" })
  expect(chart.getAttribute("aria-valuetext")).toMatch(/, All 2, Failed 1$/)
  fireEvent.keyDown(chart, { key: "ArrowLeft" })
  expect(chart.getAttribute("aria-valuetext")).toMatch(/, All 7, Failed –$/)
  fireEvent.keyDown(chart, { key: "Home" })
  fireEvent.keyDown(chart, { key: "ArrowLeft" })
  expect(chart.getAttribute("aria-valuetext")).toMatch(/, All 4, Failed 0$/)
  expect(screen.getByText("4")).toBeDefined()
  fireEvent.keyDown(chart, { key: "Escape" })
  expect(chart.getAttribute("aria-valuetext")).toMatch(/, All 2, Failed 1$/)
})
