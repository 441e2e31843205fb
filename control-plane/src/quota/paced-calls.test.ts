import { Secret } from "#shared/secret.ts"
import { expect, test } from "vitest"
import type { CallAnswer } from "../accounts/antigravity/calls.ts"
import { paceCalls } from "./paced-calls.ts"

test("no more than so many are under way, in their order, and one that fails makes room as well", async () => {
  const begun: string[] = []
  const ends = new Map<string, (error?: Error) => void>()
  const paced = paceCalls(
    {
      call: (method) => {
        begun.push(method)
        return new Promise<CallAnswer>((resolve, reject) => {
          ends.set(method, (error) => {
            if (error === undefined) resolve({ type: "unreachable", message: method })
            else reject(error)
          })
        })
      },
    },
    2,
  )
  const all = ["a", "b", "c", "d", "e"].map((method) => paced.call(method, {}, new Secret("token")))
  expect(begun).toEqual(["a", "b"])
  ends.get("b")?.()
  expect(await all[1]).toMatchObject({ message: "b" })
  expect(begun).toEqual(["a", "b", "c"])
  ends.get("a")?.(new Error("gone"))
  await expect(all[0]).rejects.toThrow("gone")
  expect(begun).toEqual(["a", "b", "c", "d"])
  for (const method of ["c", "d"]) ends.get(method)?.()
  await all[3]
  expect(begun.at(-1)).toBe("e")
  ends.get("e")?.()
  await all[4]
})
