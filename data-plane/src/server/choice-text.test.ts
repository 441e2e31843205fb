import { expect, test } from "vitest"
import { attemptsText } from "./choice-text.ts"

test("of very many attempts the last are told, and how many came before", () => {
  const attempts = Array.from({ length: 19 }, (_, index) => {
    return { account: `ä ${index}`, isServed: false, failureClass: "server", failureScope: "account", endedMs: index }
  })
  const told = attemptsText(attempts).split(", ")
  expect(told).toHaveLength(17)
  expect(told[0]).toBe("earlier;count=3")
  expect(told[1]).toBe("server;scope=account;account=%C3%A4%203;end=3.0")
  expect(told.at(-1)).toBe("server;scope=account;account=%C3%A4%2018;end=18.0")
})

test("one that runs is told as far as it came", () => {
  const running = { account: "a", isServed: false, startedMs: 1.25, waitedMs: 4, firstByteMs: undefined }
  expect(attemptsText([running])).toBe("running;account=a;wait=4.0;start=1.3")
})
