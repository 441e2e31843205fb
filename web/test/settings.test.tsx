import { fireEvent, screen, waitFor, within } from "@solidjs/testing-library"
import { GraphQLError } from "graphql"
import { expect, test } from "vitest"
import { createFakeSystem, fakeSetting, type FakeSystem } from "./fake-system.ts"
import { renderPanel, startFake } from "./render-panel.tsx"

const attempts = (given: object = {}) =>
  fakeSetting({
    name: "MAX_ATTEMPTS",
    value: "4",
    defaultValue: "4",
    form: { kind: "INTEGER", minimum: 1, maximum: 10, choices: [], keys: [] },
    ...given,
  })
const strategy = fakeSetting({
  name: "POOL_STRATEGY",
  value: "round-robin",
  defaultValue: "round-robin",
  form: {
    kind: "MAP",
    minimum: null,
    maximum: null,
    choices: ["round-robin", "fill-first"],
    keys: ["gemini", "image"],
  },
})

async function open(settings: FakeSystem["settings"], scope: "ADMIN" | "READ" = "ADMIN") {
  const fake = await startFake({ signedIn: true })
  const system = createFakeSystem()
  system.settings = settings
  fake.scope = scope
  Object.assign(fake.world.root, system.root)
  renderPanel(fake, "/settings")
  return { fake, system }
}

const field = () => screen.findByRole<HTMLInputElement>("textbox", { name: "Attempts of a request" })
const type = async (value: string) => fireEvent.input(await field(), { target: { value } })
const review = async () => {
  fireEvent.click(await screen.findByRole("button", { name: "Review and save" }))
  return screen.findByRole("dialog", { name: /^Save \d change/ })
}
const save = (dialog: HTMLElement) => fireEvent.click(within(dialog).getByRole("button", { name: "Save" }))

test("changes are collected, shown beside what is in force, and saved together with the revision that was read", async () => {
  const { system } = await open([attempts(), strategy])
  await type("3")
  fireEvent.change(screen.getByRole("combobox", { name: "Gemini" }), { target: { value: "fill-first" } })
  const dialog = await review()
  expect(
    within(dialog)
      .getAllByRole("definition")
      .map((one) => one.textContent),
  ).toEqual(["before: 4after: 3", "before: round-robinafter: round-robin,gemini=fill-first"])
  save(dialog)
  await screen.findByText("2 settings saved")
  expect(system.asked).toEqual([
    {
      name: "updateSettings",
      variables: {
        input: {
          set: [
            { name: "MAX_ATTEMPTS", value: "3" },
            { name: "POOL_STRATEGY", value: "round-robin,gemini=fill-first" },
          ],
          unset: [],
          revision: "one",
        },
      },
    },
  ])
  expect(screen.getAllByText("Set here")).toHaveLength(2)
  expect(screen.queryByText(/unsaved/)).toBeNull()
})

test("what is out of its bounds is told at its field, and cannot be saved", async () => {
  await open([attempts()])
  await type("11")
  await screen.findByText("From 1 to 10.")
  expect((await field()).getAttribute("aria-invalid")).toBe("true")
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Review and save" }).disabled).toBe(true)
  fireEvent.click(screen.getByRole("button", { name: "Undo the change of Attempts of a request" }))
  await waitFor(() => expect(screen.queryByText(/unsaved/)).toBeNull())
  expect((await field()).value).toBe("4")
})

test("what the control plane refuses is told at its field, and nothing that was typed is lost", async () => {
  const { system } = await open([attempts(), strategy])
  system.refuse["updateSettings"] = {
    code: "not_allowed",
    message: "MAX_ATTEMPTS must be even today.",
    path: ["input", "set", "0", "value"],
  }
  await type("3")
  const dialog = await review()
  save(dialog)
  await within(dialog).findByText(/nothing was saved. MAX_ATTEMPTS must be even today/)
  fireEvent.click(within(dialog).getByRole("button", { name: "Cancel" }))
  await screen.findByText("MAX_ATTEMPTS must be even today.")
  expect((await field()).value).toBe("3")
})

test("when somebody else was quicker one chooses, and one's own value is saved over theirs", async () => {
  const { system } = await open([attempts()])
  await type("3")
  const dialog = await review()
  system.refuse["updateSettings"] = { code: "changed_meanwhile", message: "Meanwhile.", path: [] }
  system.settings = [attempts({ value: "9", origin: "SET" })]
  system.revision = "two"
  save(dialog)
  await within(dialog).findByText("Somebody else changed this meanwhile")
  within(dialog).getByText("Now in force: 9. Yours: 3.")
  expect(within(dialog).getByRole<HTMLButtonElement>("button", { name: "Save" }).disabled).toBe(true)
  fireEvent.click(within(dialog).getByRole("button", { name: "Keep mine" }))
  delete system.refuse["updateSettings"]
  await waitFor(() => expect(within(dialog).queryByText(/Somebody else/)).toBeNull())
  save(dialog)
  await screen.findByText("1 setting saved")
  expect(system.asked.at(-1)?.variables).toEqual({
    input: { set: [{ name: "MAX_ATTEMPTS", value: "3" }], unset: [], revision: "two" },
  })
})

test("what was set here is reset to what counts otherwise", async () => {
  const { system } = await open([attempts({ value: "9", origin: "SET" })])
  fireEvent.click(await screen.findByRole("button", { name: "Reset Attempts of a request" }))
  expect((await field()).value).toBe("4")
  save(await review())
  await screen.findByText("1 setting saved")
  expect(system.asked[0]?.variables).toMatchObject({ input: { set: [], unset: ["MAX_ATTEMPTS"] } })
})

test("settings are found by name, variable and meaning, and nothing says so", async () => {
  await open([attempts(), strategy])
  await field()
  const search = await screen.findByRole("searchbox", { name: "Search settings" })
  fireEvent.input(search, { target: { value: "max_att" } })
  await waitFor(() => expect(screen.queryByText("POOL_STRATEGY")).toBeNull())
  screen.getByText("MAX_ATTEMPTS")
  fireEvent.input(search, { target: { value: "no such thing" } })
  fireEvent.click(await screen.findByRole("button", { name: "Show all" }))
  await screen.findByText("POOL_STRATEGY")
})

test("a viewer sees what is in force and nothing to change it with", async () => {
  await open([attempts()], "READ")
  await screen.findByText("MAX_ATTEMPTS")
  expect(screen.queryByRole("textbox", { name: "Attempts of a request" })).toBeNull()
  expect(screen.queryByRole("button", { name: /Reset|Set|Change/ })).toBeNull()
})

test("an error says what to do", async () => {
  const { fake } = await open([])
  fake.world.root["settings"] = () => {
    throw new GraphQLError("No database today.")
  }
  window.dispatchEvent(new Event("focus"))
  await screen.findByText("No database today.")
  screen.getByRole("button", { name: "Try again" })
})
