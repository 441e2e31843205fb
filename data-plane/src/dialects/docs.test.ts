import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { ERROR_CODES, type ErrorCode } from "#shared/error-code.ts"
import { ADDED, MISSING_RESULT, PLACEHOLDER_TEXT, PREFILL_HINT, formatInstruction } from "../canonical/gateway-text.ts"
import { errorStatus, ERROR_KINDS as MESSAGES_ERRORS } from "./anthropic-messages/encode-error.ts"
import { MESSAGES_FIELDS } from "./anthropic-messages/wire.ts"
import { ERROR_KINDS as GEMINI_ERRORS } from "./gemini/encode-error.ts"
import { GEMINI_FIELDS } from "./gemini/wire.ts"
import type { FieldTable } from "./field-table.ts"
import { SIGNATURE_SENTINEL } from "../signatures/sentinel.ts"
import { ERROR_KINDS as OPENAI_ERRORS } from "./openai-error.ts"
import { CHAT_FIELDS } from "./openai-chat/wire.ts"
import { COMPLETIONS_FIELDS } from "./openai-completions/wire.ts"
import { IMAGES_FIELDS } from "./openai-images/wire.ts"
import { RESPONSES_FIELDS } from "./openai-responses/wire.ts"

/** The reference pages say what the code's own tables say, row by row. */

const page = (name: string) => readFileSync(new URL(`../../../docs/reference/${name}`, import.meta.url), "utf8")

/** Cells of the table rows of a text, without its head. */
function rowsOf(markdown: string): string[][] {
  const rows = markdown.split("\n").filter((line) => line.startsWith("|"))
  return rows.slice(2).map((line) =>
    line
      .slice(1, -1)
      .split(" | ")
      .map((cell) => cell.trim()),
  )
}

describe("docs/reference/dialects.md", () => {
  const text = page("dialects.md")

  it.each<[string, FieldTable]>([
    ["openai-chat", CHAT_FIELDS],
    ["openai-responses", RESPONSES_FIELDS],
    ["openai-completions", COMPLETIONS_FIELDS],
    ["openai-images", IMAGES_FIELDS],
    ["anthropic-messages", MESSAGES_FIELDS],
    ["gemini", GEMINI_FIELDS],
  ])("has the field table of %s", (dialect, table) => {
    const section = text.split(`<!-- fields ${dialect} -->`)[1]?.split("<!-- end -->")[0]?.trim()
    expect(section).toBeDefined()
    expect(rowsOf(section ?? "")).toEqual(
      Object.entries(table).map(([path, rule]) => [`\`${path}\``, rule.how, rule.note]),
    )
  })

  it("names every text that the gateway writes", () => {
    for (const mark of Object.values(ADDED)) expect(text).toContain(`| \`${mark}\` |`)
    const written = [PLACEHOLDER_TEXT, PREFILL_HINT, "<system-reminder>", MISSING_RESULT, SIGNATURE_SENTINEL]
    written.push(formatInstruction(undefined))
    for (const words of written) expect(text).toContain(`\`${words}\``)
  })
})

describe("docs/reference/errors.md", () => {
  const rows = rowsOf(page("errors.md").split("## Headers")[0] ?? "")

  it("has exactly one row for every code, in the list's order", () => {
    expect(rows.map(([code]) => code)).toEqual(Object.keys(ERROR_CODES).map((code) => `\`${code}\``))
  })

  it.each(rows)("says of %s what the tables say", (...cells) => {
    const code = cells[0]?.replaceAll("`", "") as ErrorCode // checked by the test above
    const { status, fault } = ERROR_CODES[code]
    const chat = OPENAI_ERRORS[code]
    const messages = MESSAGES_ERRORS[code]
    const [, statusCell, faultCell, meaning = "", whatToDo = "", chatCell, messagesCell, geminiCell] = cells
    expect([statusCell, faultCell]).toEqual([String(status), fault])
    expect(chatCell).toBe(`\`${chat.type}\` / \`${chat.code}\``)
    expect(messagesCell).toBe(`${errorStatus(code)} \`${messages.type}\``)
    expect(geminiCell).toBe(`\`${GEMINI_ERRORS[code].status}\``)
    expect(meaning).toMatch(/\.$/)
    expect(whatToDo).toMatch(/\.$/)
  })
})
