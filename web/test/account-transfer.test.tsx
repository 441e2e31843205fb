/** Accounts that are taken from a document, and given out as one, as a person sees it. */
import { fireEvent, screen, waitFor, within } from "@solidjs/testing-library"
import { afterEach, expect, test, vi } from "vitest"
import type { FakeControlPlane } from "./fake-control-plane.ts"
import { fakeAccount } from "./fake-world.ts"
import { renderPanel, startFake } from "./render-panel.tsx"

afterEach(() => {
  vi.unstubAllGlobals()
})

const row = (given: object) => ({ line: null, email: null, accountId: null, message: null, notCarried: [], ...given })
const rows = [
  row({ row: 1, line: 1, email: "new@example.test", outcome: "WOULD_ADD", notCarried: ["proxy", "device"] }),
  row({ row: 2, line: 2, email: "here@example.test", outcome: "WOULD_UPDATE", accountId: "here" }),
  row({ row: 3, line: 4, outcome: "INVALID", message: "This is an <b>access token</b>." }),
  row({ row: 4, line: 5, outcome: "DUPLICATE", message: "The same account as in row 1." }),
]

async function openImport(fake: FakeControlPlane): Promise<HTMLElement> {
  renderPanel(fake)
  fireEvent.click(await screen.findByRole("button", { name: "Add account" }))
  const dialog = await screen.findByRole("dialog", { name: "Add account" })
  fireEvent.click(within(dialog).getByRole("button", { name: "File or list" }))
  return dialog
}

const press = (dialog: HTMLElement, name: string | RegExp) =>
  fireEvent.click(within(dialog).getByRole("button", { name }))

const paste = (dialog: HTMLElement, text: string) =>
  fireEvent.input(within(dialog).getByRole("textbox", { name: "Or paste the text" }), { target: { value: text } })

test("first what would become of each row, then with the notice read the same for real, and the list has it", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.importRows = rows
  const dialog = await openImport(fake)
  press(dialog, "Check the document")
  await within(dialog).findByText("Choose a file, or paste the text first.")
  expect(fake.world.documents).toEqual([])

  paste(dialog, "a-document")
  press(dialog, "Check the document")
  const list = await within(dialog).findByRole("list", { name: "Rows of the document" })
  const items = () => within(list).getAllByRole("listitem")
  expect(items().map(({ textContent }) => textContent)).toEqual([
    expect.stringMatching(/Row 1, line 1.*new@example\.test.*Will be added.*Not carried over: proxy, device/),
    expect.stringMatching(/Row 2.*here@example\.test.*Will be changed/),
    expect.stringMatching(/Row 3, line 4.*Cannot be taken.*This is an <b>access token<\/b>\./),
    expect.stringMatching(/Row 4.*Twice in it.*The same account as in row 1\./),
  ])
  press(dialog, /^Cannot be taken/)
  expect(items()).toHaveLength(1)
  press(dialog, /^All/)

  press(dialog, "Import 2 accounts")
  await within(dialog).findByText("Confirm that you have read the notice.")
  fireEvent.click(await within(dialog).findByRole("checkbox", { name: /I have read this/ }))
  press(dialog, "Import 2 accounts")
  await within(dialog).findByText(/This is what became of each row/)
  await within(dialog).findByRole("button", { name: /^Added/ })
  expect(fake.world.documents).toEqual([
    { document: "a-document", dryRun: true, acknowledgedTerms: false },
    { document: "a-document", dryRun: false, acknowledgedTerms: true },
  ])
  press(dialog, "Done")
  await screen.findByText("new@example.test")
})

test("a document that is refused stays, with the reason at it; so does what was typed while one looks elsewhere", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.refuseDocument = { code: "malformed", message: "It breaks off at line 3.", path: ["input", "document"] }
  const dialog = await openImport(fake)
  paste(dialog, '{"accounts":[')
  press(dialog, "Check the document")
  const words = await within(dialog).findByText("It breaks off at line 3.")
  const field = within(dialog).getByRole<HTMLTextAreaElement>("textbox", { name: "Or paste the text" })
  expect(field.getAttribute("aria-describedby")).toContain(words.id)
  press(dialog, "Refresh token")
  press(dialog, "File or list")
  expect(field.value).toBe('{"accounts":[')
  // A slip of the hand does not close it.
  fireEvent.keyDown(dialog, { key: "Escape" })
  expect(screen.getByRole("dialog")).toBe(dialog)
  press(dialog, "Cancel")
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull())
})

test("files are read here, shown by their names only, and a sealed export asks for its passphrase", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.importRows = [row({ row: 1, email: "same@example.test", outcome: "UNCHANGED", accountId: "same" })]
  const dialog = await openImport(fake)
  const sealed = JSON.stringify({ format: "lagrange-accounts", version: 1, sealed: { text: "not-shown-anywhere" } })
  const files = [new File([sealed], "export.json"), new File(["second"], "more.txt")]
  fireEvent.change(within(dialog).getByLabelText("Choose files, or drop them here"), { target: { files } })
  await within(dialog).findByText(/^export\.json and 1 more/)
  expect(dialog.innerHTML).not.toContain("not-shown-anywhere")
  fireEvent.input(within(dialog).getByLabelText("Passphrase"), { target: { value: "four words for it" } })
  press(dialog, "Check the document")
  await within(dialog).findByText("Nothing of it would change anything here.")
  expect(within(dialog).queryByRole("button", { name: /^Import/ })).toBeNull()
  expect(fake.world.documents).toEqual([
    { document: `${sealed}\nsecond`, dryRun: true, acknowledgedTerms: false, passphrase: "four words for it" },
  ])
})

test("files that are too large are refused before they are read", async () => {
  const fake = await startFake({ signedIn: true })
  const dialog = await openImport(fake)
  const files = [new File(["x".repeat(4_000_001)], "large.json")]
  fireEvent.change(within(dialog).getByLabelText("Choose files, or drop them here"), { target: { files } })
  await within(dialog).findByText("That is 4 MB; at most 4 MB are taken at once.")
})

test("an export under a passphrase, typed twice, is a file to download", async () => {
  const blobs: Blob[] = []
  vi.stubGlobal(
    "URL",
    class extends URL {
      static override createObjectURL(blob: Blob) {
        blobs.push(blob)
        return "blob:fake"
      }
      static override revokeObjectURL() {}
    },
  )
  const fake = await startFake({ signedIn: true })
  fake.world.accounts = [fakeAccount({ id: "one" })]
  renderPanel(fake)
  fireEvent.click(await screen.findByRole("button", { name: "Export…" }))
  const dialog = await screen.findByRole("dialog", { name: "Export one account" })
  fireEvent.input(within(dialog).getByLabelText("Passphrase"), { target: { value: "four words for it" } })
  press(dialog, "Make the file")
  await within(dialog).findByText("The two are not the same.")
  fireEvent.input(within(dialog).getByLabelText("The passphrase once more"), { target: { value: "four words for it" } })
  press(dialog, "Make the file")
  const link = await within(dialog).findByRole("link", { name: /^Download lagrange-accounts-.*\.sealed\.json$/ })
  expect([link.getAttribute("href"), link.getAttribute("download")]).toEqual([
    "blob:fake",
    expect.stringMatching(/\.sealed\.json$/),
  ])
  expect(blobs).toHaveLength(1)
  expect(fake.world.documents).toEqual([{ passphrase: "four words for it" }])
})

test("an export in the clear is chosen, and a refusal is told", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.accounts = [fakeAccount({ id: "one" })]
  fake.world.refuseDocument = { code: "no_accounts", message: "No account fits.", path: ["input", "filter"] }
  renderPanel(fake)
  fireEvent.click(await screen.findByRole("button", { name: "Export…" }))
  const dialog = await screen.findByRole("dialog")
  fireEvent.click(within(dialog).getByRole("radio", { name: /In the clear/ }))
  expect(within(dialog).queryByLabelText("Passphrase")).toBeNull()
  press(dialog, "Make the file")
  await within(dialog).findByText("No account fits.")
  expect(fake.world.documents).toEqual([{ plain: true }])
})

test("who may not give accounts out is not asked to", async () => {
  const fake = await startFake({ signedIn: true })
  fake.scope = "OPERATE"
  fake.world.accounts = [fakeAccount({ id: "one" })]
  renderPanel(fake)
  await screen.findByText("one")
  expect(screen.queryByRole("button", { name: "Export…" })).toBeNull()
})
