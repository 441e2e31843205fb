import { describe, expect, it } from "vitest"
import { clientDialects } from "../dialects/index.ts"
import { withoutAttribution } from "./attribution.ts"

const LINE = "x-anthropic-billing-header: cc_version=2.1.330.abc; cc_entrypoint=cli; cch=00000;"
const IDENTITY = "You are Claude Code, Anthropic's official CLI for Claude."

const messages = (system: unknown) =>
  clientDialects["anthropic-messages"].decodeRequest(
    { model: "m", max_tokens: 9, system, messages: [{ role: "user", content: LINE }] },
    {},
  ).value
const chat = (...system: string[]) =>
  clientDialects["openai-chat"].decodeRequest(
    {
      model: "m",
      messages: [...system.map((content) => ({ role: "system", content })), { role: "user", content: LINE }],
    },
    {},
  ).value

describe("the attribution block", () => {
  it.each([
    ["messages", messages([LINE, IDENTITY].map((text) => ({ type: "text", text })))],
    ["chat", chat(LINE, IDENTITY)],
  ])("of %s is left out and recorded; all other text stays (G119)", (_name, request) => {
    const { value, dropped } = withoutAttribution(request)
    expect(value.system).toEqual([{ type: "text", text: IDENTITY }])
    expect(value.turns).toEqual(request.turns)
    expect(dropped).toEqual(["system[0]"])
  })

  it("alone, as a text, is left out too", () => {
    expect(withoutAttribution(messages(`${LINE}\n`))).toMatchObject({ value: { system: [] }, dropped: ["system[0]"] })
  })

  it("stays when it is to be kept", () => {
    const request = messages(LINE)
    expect(withoutAttribution(request, "keep")).toEqual({ value: request, dropped: [] })
  })

  it.each([`${LINE}\n${IDENTITY}`, ` ${LINE}`, `About x-anthropic-billing-header: ${LINE}`, IDENTITY])(
    "is not found in %j",
    (text) => {
      const request = messages(text)
      expect(withoutAttribution(request)).toEqual({ value: request, dropped: [] })
    },
  )
})
