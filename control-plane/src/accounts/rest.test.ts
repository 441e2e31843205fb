import { describe, expect, test } from "vitest"
import { bucketsOf, restOf, WHOLE_ACCOUNT } from "./rest.ts"

const offering = (...ids: string[]) => ({ body: { models: ids.map((id) => ({ id })) } })
const ALL = ["gemini", "third_party", "image"]

describe("the quotas that an account serves from", () => {
  test.each([
    ["of its list", offering("gemini-3-flash", "claude-sonnet-4-5"), [], ["gemini", "third_party"]],
    [
      "without the models that were taken away",
      offering("gemini-3-flash", "gpt-oss-120b"),
      ["gpt-oss-120b"],
      ["gemini"],
    ],
    ["of its list, where all were taken away", offering("gemini-3-flash"), ["gemini-3-flash"], ["gemini"]],
    ["all, where nobody knows its list", null, ["gemini-3-flash"], ALL],
    ["all, where the list is empty", offering(), [], ALL],
  ])("are %s", (_title, catalogue, disabled, expected) => {
    expect(bucketsOf(catalogue, disabled)).toEqual(expected)
  })
})

describe("an account rests", () => {
  const at = (minute: number): Date => new Date(minute * 60_000)
  const cooldown = (bucket: string, since: number, until: number) => {
    return { bucket, evidence: `HTTP 429 ${bucket}`, since: at(since), until: at(until) }
  }
  const gemini = cooldown("gemini", 1, 100)
  const claude = cooldown("third_party", 2, 200)
  const whole = cooldown(WHOLE_ACCOUNT, 3, 13)
  const both = ["gemini", "third_party"] as const

  test("not while one of its quotas is left", () => {
    expect(restOf(both, [])).toBeUndefined()
    expect(restOf(both, [gemini])).toBeUndefined()
    expect(restOf(both, [gemini, cooldown("image", 2, 50)])).toBeUndefined()
  })

  test("from the last of its quotas on, until the first is back", () => {
    expect(restOf(both, [gemini, claude])).toMatchObject({ since: at(2), until: at(100) })
    expect(restOf(["gemini"], [gemini])?.reason).toContain("HTTP 429 gemini")
  })

  test("when it was refused as a whole", () => {
    expect(restOf(both, [whole, gemini])).toMatchObject({ since: at(3), until: at(13) })
  })

  test("for both until the later end", () => {
    const rest = restOf(both, [gemini, claude, whole])
    expect(rest).toMatchObject({ since: at(2), until: at(100) })
    expect(rest?.reason).toContain("used up")
    expect(restOf(["gemini"], [cooldown("gemini", 1, 5), whole])).toMatchObject({ since: at(1), until: at(13) })
  })
})
