import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { readCallback, readPasted } from "./callback-input.ts"

const ADDRESS = "http://127.0.0.1:8089/oauth/callback?state=the-state&code=4%2F0Ab-c_D&scope=email%20profile"

function plain({ state, answer }: ReturnType<typeof readPasted>): object {
  return { state, answer: answer.type === "code" ? answer.code.reveal() : answer }
}

describe("what a person pastes", () => {
  test.each([
    ["the whole address", ADDRESS],
    ["without its scheme", ADDRESS.slice("http://".length)],
    ["from the question mark on", ADDRESS.slice(ADDRESS.indexOf("?"))],
    ["its parameters alone", ADDRESS.slice(ADDRESS.indexOf("?") + 1)],
    ["broken into lines by a terminal", ` ${ADDRESS.slice(0, 40)}\n  ${ADDRESS.slice(40)}\n`],
    ["with a fragment", `${ADDRESS}#top`],
  ])("%s gives the code and the state", (_what, text) => {
    expect(plain(readPasted(text))).toEqual({ state: "the-state", answer: "4/0Ab-c_D" })
  })

  test.each([
    ["a bare code", "4/0Ab-c_D"],
    ["a bare code as it stands in an address", "4%2F0Ab-c_D"],
    ["a code copied with what follows it in the address", "4/0Ab-c_D&scope=email%20profile&authuser=0"],
    ["the same as it stands there", "4%2F0Ab-c_D&scope=email%20profile#"],
  ])("%s gives the code and no state", (_what, text) => {
    expect(plain(readPasted(text))).toEqual({ state: undefined, answer: "4/0Ab-c_D" })
  })

  test.each([
    ["nothing", ""],
    ["an address without a code", "http://127.0.0.1:8089/oauth/callback"],
    ["the address of the provider's page", "https://accounts.example/o/oauth2/v2/auth?client_id=a&state=the-state"],
    ["two codes", `${ADDRESS}&code=other`],
    ["a code with control characters", "?code=a%00b"],
    ["far too much", `?code=${"a".repeat(9_000)}`],
  ])("%s holds no code", (_what, text) => {
    expect(readPasted(text).answer).toEqual({ type: "none" })
  })

  test("any text is read without a throw, and a code comes out as it went in", () => {
    fc.assert(fc.property(fc.string(), (text) => readPasted(text) !== undefined))
    const codes = fc.stringMatching(/^[\w/.-]{1,200}$/)
    fc.assert(
      fc.property(codes, fc.stringMatching(/^[\w-]{1,60}$/), (code, state) => {
        const address = `http://127.0.0.1:8089/oauth/callback?${new URLSearchParams({ code, state })}`
        expect(plain(readPasted(address))).toEqual({ state, answer: code })
      }),
    )
  })
})

describe("what the provider says instead of a code", () => {
  test("access_denied is the owner's own choice", () => {
    const query = new URLSearchParams({ error: "access_denied", state: "s", code: "c" })
    expect(plain(readCallback(query))).toEqual({ state: "s", answer: { type: "denied" } })
  })

  test("anything else is its own words, without what is private, and not without end", () => {
    const query = new URLSearchParams({
      error: "server_error",
      error_description: `Not for someone@example.test. ${"x".repeat(2_000)}`,
    })
    const { answer } = readCallback(query)
    expect(answer.type === "error" && answer.message).toMatch(/^Not for \[e-mail\]\. x+$/)
    expect(answer.type === "error" && answer.message.length).toBe(300)
  })
})
