import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import type { ClientDialectName } from "#shared/client-dialect.ts"
import { TRANSLATION_KINDS } from "#shared/capture.ts"
import { MESSAGES_FIELDS } from "../dialects/anthropic-messages/wire.ts"
import type { FieldTable } from "../dialects/field-table.ts"
import { GEMINI_FIELDS } from "../dialects/gemini/wire.ts"
import { CHAT_FIELDS } from "../dialects/openai-chat/wire.ts"
import { COMPLETIONS_FIELDS } from "../dialects/openai-completions/wire.ts"
import { IMAGES_FIELDS } from "../dialects/openai-images/wire.ts"
import { RESPONSES_FIELDS } from "../dialects/openai-responses/wire.ts"
import { REASONS } from "./reasons.ts"
import { wishOf } from "./wishes.ts"

const TABLES: Readonly<Record<ClientDialectName, FieldTable>> = {
  "openai-chat": CHAT_FIELDS,
  "openai-responses": RESPONSES_FIELDS,
  "openai-completions": COMPLETIONS_FIELDS,
  "openai-images": IMAGES_FIELDS,
  "anthropic-messages": MESSAGES_FIELDS,
  gemini: GEMINI_FIELDS,
}

describe("what a field asks for", () => {
  it.each(Object.entries(TABLES))("is known of every carried row of %s", (dialect, table) => {
    const carried = Object.entries(table).filter(([, { how }]) => how === "carried")
    const unknown = carried.map(([row]) => row).filter((row) => wishOf(dialect as ClientDialectName, row) === undefined) // a key of it
    expect(unknown).toEqual([])
  })
})

describe("the reference page", () => {
  const page = readFileSync(new URL("../../../docs/reference/translation-diff.md", import.meta.url), "utf8")
  const rows = page.split("\n").filter((line) => line.startsWith("| `"))

  it("has every reason as the code has it, and no other", () => {
    const reasons = Object.entries(REASONS).map(
      ([code, { kind, sentence }]) => `| \`${code}\` | ${kind} | ${sentence} |`,
    )
    expect(rows.filter((row) => row.split(" | ").length === 3)).toEqual(reasons)
  })

  it("has every kind", () => {
    for (const kind of TRANSLATION_KINDS) expect(page).toContain(`\n| ${kind} |`)
  })
})
