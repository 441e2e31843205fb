import { expect, test } from "vitest"
import type { Database } from "../database/open.ts"
import { readRequests } from "./page.ts"

test("a filter with a zero character is refused with its name, before PostgreSQL fails on it", async () => {
  const database = { kind: "postgresql" } as Database // it is not asked
  for (const name of ["text", "model", "errorCode"]) {
    const read = readRequests(database, { first: 1, after: null, filter: { [name]: "a\0b" } }, {})
    await expect(read).rejects.toMatchObject({ code: "not_allowed", path: ["filter", name] })
  }
})
