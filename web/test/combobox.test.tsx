import { cleanup, fireEvent, render, screen, within } from "@solidjs/testing-library"
import { createSignal } from "solid-js"
import { afterEach, expect, test, vi } from "vitest"
import { Combobox } from "../src/components/combobox.tsx"
import { ComboboxList } from "../src/components/combobox-list.tsx"
import { Switch } from "../src/components/switch.tsx"
import { I18nProvider } from "../src/i18n/i18n.tsx"

// jsdom has no layout, so nothing to scroll.
Element.prototype.scrollIntoView = () => undefined

afterEach(cleanup)

const suggestions = ["gemini-3-flash", "gemini-3.1-pro", "claude-sonnet-4-6"].map((value) => ({ value }))

test("letters narrow the suggestions, arrows mark one, Enter takes it, and the form is not sent by that", () => {
  const onSubmit = vi.fn((event: Event) => event.preventDefault())
  const [text, setText] = createSignal("")
  render(() => (
    <form onSubmit={onSubmit}>
      <Combobox label="Model" value={text()} suggestions={suggestions} onInput={setText} />
    </form>
  ))
  const field = screen.getByRole("combobox", { name: "Model" })
  expect(screen.queryByRole("listbox")).toBeNull()
  fireEvent.input(field, { target: { value: "gemini" } })
  expect(screen.getAllByRole("option").map((one) => one.textContent)).toEqual(["gemini-3-flash", "gemini-3.1-pro"])
  fireEvent.keyDown(field, { key: "ArrowDown" })
  fireEvent.keyDown(field, { key: "ArrowDown" })
  expect(field.getAttribute("aria-activedescendant")).toBe(screen.getAllByRole("option")[1]?.id)
  fireEvent.keyDown(field, { key: "Enter" })
  expect(text()).toBe("gemini-3.1-pro")
  expect(screen.queryByRole("listbox")).toBeNull()
  expect(onSubmit).not.toHaveBeenCalled()
})

test("any text may stand; Escape closes the list and nothing behind it", () => {
  const onEscape = vi.fn()
  const behind = (event: KeyboardEvent) => event.key === "Escape" && onEscape()
  document.addEventListener("keydown", behind)
  const [text, setText] = createSignal("")
  render(() => <Combobox label="Model" value={text()} suggestions={suggestions} onInput={setText} />)
  const field = screen.getByRole("combobox")
  fireEvent.input(field, { target: { value: "claude-*" } })
  expect(text()).toBe("claude-*")
  expect(screen.queryByRole("listbox")).toBeNull()
  fireEvent.input(field, { target: { value: "claude" } })
  screen.getByRole("listbox")
  fireEvent.keyDown(field, { key: "Escape" })
  expect(screen.queryByRole("listbox")).toBeNull()
  expect(onEscape).not.toHaveBeenCalled()
  fireEvent.keyDown(field, { key: "Escape" })
  expect(onEscape).toHaveBeenCalledTimes(1)
  document.removeEventListener("keydown", behind)
})

test("several: with Enter, a comma, or when the field is left; each once; Backspace takes the last one away", () => {
  const [values, setValues] = createSignal<readonly string[]>([])
  render(() => (
    <I18nProvider language="en">
      <ComboboxList label="Models" values={values()} suggestions={suggestions} onChange={setValues} />
    </I18nProvider>
  ))
  const field = screen.getByRole("combobox", { name: "Models" })
  const type = (value: string) => fireEvent.input(field, { target: { value } })
  type("gpt-*")
  fireEvent.keyDown(field, { key: "Enter" })
  type("a, b,")
  type("gpt-*")
  fireEvent.blur(field)
  expect(values()).toEqual(["gpt-*", "a", "b"])
  fireEvent.keyDown(field, { key: "Backspace" })
  fireEvent.click(screen.getByRole("button", { name: "Take out gpt-*" }))
  expect(values()).toEqual(["a"])
})

test("where only what is suggested may be taken, another text stays in the field", () => {
  const [values, setValues] = createSignal<readonly string[]>([])
  const keys = [{ value: "id-1", label: "laptop" }]
  render(() => (
    <I18nProvider language="en">
      <ComboboxList label="Keys" closed values={values()} suggestions={keys} onChange={setValues} />
    </I18nProvider>
  ))
  const field = screen.getByRole("combobox", { name: "Keys" })
  fireEvent.input(field, { target: { value: "nobody" } })
  fireEvent.keyDown(field, { key: "Enter" })
  expect(values()).toEqual([])
  fireEvent.input(field, { target: { value: "lap" } })
  fireEvent.click(within(screen.getByRole("listbox")).getByRole("option", { name: "laptop" }))
  expect(values()).toEqual(["id-1"])
  screen.getByRole("button", { name: "Take out laptop" })
})

test("a switch shows what is so until that is another", () => {
  const [on, setOn] = createSignal(false)
  const asked = vi.fn()
  render(() => <Switch label="Rule" checked={on()} onChange={asked} />)
  const field = screen.getByRole<HTMLInputElement>("switch", { name: "Rule" })
  fireEvent.click(field)
  expect(asked).toHaveBeenCalledWith(true)
  expect(field.checked).toBe(false)
  setOn(true)
  expect(field.checked).toBe(true)
})
