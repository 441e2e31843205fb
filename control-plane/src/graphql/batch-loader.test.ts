import { expect, test } from "vitest"
import { createBatchLoader } from "./batch-loader.ts"

test("what is asked for within one tick is one query, and what is asked for later is as it is then", async () => {
  const asked: string[][] = []
  let version = 1
  const load = createBatchLoader((ids) => {
    asked.push(ids)
    return Promise.resolve(ids.filter((id) => id !== "gone").map((id) => ({ id, version })))
  })
  const first = await Promise.all([load("a"), load("b"), load("a"), load("gone")])
  expect(first).toEqual([{ id: "a", version: 1 }, { id: "b", version: 1 }, { id: "a", version: 1 }, null])
  version = 2
  expect(await load("a")).toEqual({ id: "a", version: 2 })
  expect(asked).toEqual([["a", "b", "gone"], ["a"]])
})
