import { randomBytes } from "node:crypto"
import { expect, it } from "vitest"
import type { ChatRequest, Turn } from "../canonical/request.ts"
import { carrierKey, openCarrier, sealCarrier, sealText } from "./carrier.ts"
import { openTexts } from "./open-texts.ts"

const key = carrierKey(randomBytes(32))
const open = (value: string) => openCarrier([key], "a", value)
const text = (value: string) => ({ type: "text" as const, text: value })
const sealed = (carrier: string) => ({ type: "sealed-text" as const, carrier, param: "input[1]" })
const requestOf = (turns: readonly Turn[]): ChatRequest => {
  return { model: "m", stream: false, system: [], turns, sampling: {}, extra: {} }
}

it("puts a text of ours in the clear, at its place, and says so", () => {
  const carrier = sealText(key, "a", "Straße 🙂")
  const { request, dropped } = openTexts(
    requestOf([{ role: "user", parts: [text("one"), sealed(carrier), sealed(carrier), text("two")] }]),
    open,
  )
  const summary = text("Summary of the conversation before this point:\nStraße 🙂")
  expect(request.turns).toEqual([{ role: "user", parts: [text("one"), summary, summary, text("two")] }])
  expect(dropped).toEqual(["+compaction-summary"])
})

it.each([
  ["another lineage's", sealText(key, "b", "x")],
  ["a changed one", `${sealText(key, "a", "x").slice(0, -2)}AA`],
  ["a signature's carrier", sealCarrier(key, "a", "claude", "s", { kind: "call", callId: "c" })],
  ["another vendor's", "gAAAAABfernet"],
])("leaves out %s, and the turns around it stay in order", (_name, carrier) => {
  const { request, dropped } = openTexts(
    requestOf([
      { role: "user", parts: [text("one")] },
      { role: "assistant", parts: [text("two")] },
      { role: "user", parts: [sealed(carrier)] },
      { role: "assistant", parts: [text("three")] },
      { role: "user", parts: [text("four")] },
    ]),
    open,
  )
  expect(request.turns).toEqual([
    { role: "user", parts: [text("one")] },
    { role: "assistant", parts: [text("two"), text("three")] },
    { role: "user", parts: [text("four")] },
  ])
  expect(dropped).toEqual(["input[1]"])
})

it("leaves a request without one as it is", () => {
  const request = requestOf([{ role: "user", parts: [text("one")] }])
  expect(openTexts(request, open).request).toBe(request)
})
