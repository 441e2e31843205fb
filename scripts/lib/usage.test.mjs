import { beforeEach, expect, test, vi } from "vitest"
import { PlainError } from "./progress.mjs"
import { printsUsage } from "./usage.mjs"

let log
beforeEach(() => void (log = vi.spyOn(console, "log").mockImplementation(() => undefined)))

test("the usage is printed for --help, and nothing for nothing", () => {
  expect(printsUsage("npm start", ["--help"])).toBe(true)
  expect(log.mock.calls).toEqual([["npm start"]])
  expect(printsUsage("npm start", [])).toBe(false)
  expect(log.mock.calls).toHaveLength(1)
})

test("an option that does nothing is refused with what there is", () => {
  expect(() => printsUsage("npm start …", ["--port", "9000"])).toThrow(PlainError)
  expect(() => printsUsage("npm start …", ["--port", "9000"])).toThrow(/^What is "--port 9000"\?[^]*npm start …$/)
})
