/** For tests: conversations with calls, results and pictures in any order, as clients of each dialect might send them. */
import fc from "fast-check"

const PNG = "iVBORw0KGgo="
const text = fc.constantFrom("", " ", "hello", "[undefined]")
const id = fc.constantFrom("a", "b", "c:1/ü", "", "a".repeat(80))
const name = fc.constantFrom("f", "mcp__x.y/z", "web_search", "gone")
const image = (model: string, wire: object) => (model.startsWith("gpt-oss") ? { type: "text", text: "no image" } : wire)
/** Their names. */
export const TOOLS = ["f", "mcp__x.y/z", "web_search"]

/** One message of a conversation that may be broken in every way that clients know. */
export function chatMessage(model: string) {
  const picture = image(model, { type: "image_url", image_url: { url: `data:image/png;base64,${PNG}` } })
  const call = fc.record({
    id,
    type: fc.constant("function"),
    function: fc.record({ name, arguments: fc.constantFrom("", "{}", '{"x":1}', "no json") }),
  })
  const content = fc.oneof(
    text,
    fc.array(
      fc.oneof(
        text.map((one) => ({ type: "text", text: one })),
        fc.constant(picture),
      ),
      { maxLength: 3 },
    ),
  )
  return fc.oneof(
    fc.record({ role: fc.constantFrom("user", "system"), content: text }),
    fc.record({ role: fc.constant("user"), content }),
    fc.record({ role: fc.constant("assistant"), content: text, tool_calls: fc.array(call, { maxLength: 3 }) }),
    fc.record({ role: fc.constant("tool"), tool_call_id: id, content }),
    fc.record({ role: fc.constant("assistant"), function_call: fc.record({ name, arguments: fc.constant("{}") }) }),
    fc.record({ role: fc.constant("function"), name, content: text }),
  )
}

export function messagesMessage(model: string) {
  const picture = image(model, { type: "image", source: { type: "base64", media_type: "image/png", data: PNG } })
  const textBlock = text.map((one) => ({ type: "text", text: one }))
  const use = fc.record({ type: fc.constant("tool_use"), id, name, input: fc.constantFrom({}, { x: 1 }, "x") })
  const result = fc.record({
    type: fc.constant("tool_result"),
    tool_use_id: id,
    is_error: fc.boolean(),
    content: fc.oneof(text, fc.constant(null), fc.array(fc.oneof(textBlock, fc.constant(picture)), { maxLength: 2 })),
  })
  return fc.oneof(
    fc.record({ role: fc.constant("system"), content: text }),
    fc.record({
      role: fc.constant("user"),
      content: fc.array(fc.oneof(textBlock, result, fc.constant(picture)), { maxLength: 4 }),
    }),
    fc.record({ role: fc.constant("assistant"), content: fc.array(fc.oneof(textBlock, use), { maxLength: 4 }) }),
  )
}

export function geminiContent(model: string) {
  const textPart = text.map((one) => ({ text: one }))
  const picture = model.startsWith("gpt-oss")
    ? { text: "no image" }
    : { inlineData: { mimeType: "image/png", data: PNG } }
  const sentinel = fc.constantFrom(undefined, "skip_thought_signature_validator")
  const maybe = <One>(arbitrary: fc.Arbitrary<One>) => fc.option(arbitrary, { nil: undefined })
  const call = fc.record({
    functionCall: fc.record({ id: maybe(id), name, args: fc.constantFrom(undefined, {}, { x: 1 }, "x") }),
    thoughtSignature: sentinel,
  })
  const response = fc.constantFrom(undefined, {}, { output: "x" }, { error: "x" }, { files: [1] }, "x")
  const result = fc.record({ functionResponse: fc.record({ id: maybe(id), name: maybe(name), response }) })
  const thought = text.map((one) => ({ text: one, thought: true }))
  return fc.oneof(
    fc.record({
      role: fc.constantFrom("user", undefined, "function"),
      parts: fc.array(fc.oneof(textPart, result, fc.constant(picture)), { maxLength: 4 }),
    }),
    fc.record({ role: fc.constant("model"), parts: fc.array(fc.oneof(textPart, call, thought), { maxLength: 4 }) }),
  )
}
