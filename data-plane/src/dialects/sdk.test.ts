import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import Anthropic from "@anthropic-ai/sdk"
import OpenAI from "openai"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { fold } from "../canonical/fold.ts"
import type { Part } from "../canonical/part.ts"
import { clientDialects, type ClientDialectName } from "./index.ts"
import { answerOf, fixtureNames, framesOf, partsOf, REQUESTS, upstreamBytes } from "./testing/fixtures.ts"

/** The official SDKs read every stream and every answer that the goldens show, from a real socket. */

const requestOf = (name: ClientDialectName) => clientDialects[name].decodeRequest(REQUESTS[name], {}).value

/** Answers `/<fixture>/…` in the dialect its path names, streamed when the body asks for it. */
const server: Server = createServer((incoming, outgoing) => {
  const [, fixture = ""] = (incoming.url ?? "").split("/")
  const name = dialectAt(incoming.url ?? "")
  const parts = partsOf([upstreamBytes(fixture)])
  let body = ""
  incoming.on("data", (chunk: Buffer) => (body += chunk.toString("utf8")))
  incoming.on("end", () => {
    if (body.includes('"stream":true')) {
      outgoing.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" })
      for (const frames of framesOf(clientDialects[name], parts, requestOf(name))) outgoing.write(frames)
      outgoing.end()
    } else {
      const answer = answerOf(clientDialects[name], parts, requestOf(name))
      outgoing.writeHead(answer.status, { "content-type": "application/json" })
      outgoing.end(JSON.stringify(answer.body))
    }
  })
})

function dialectAt(url: string): "openai-chat" | "openai-responses" | "anthropic-messages" {
  if (url.includes("/chat/completions")) return "openai-chat"
  return url.includes("/responses") ? "openai-responses" : "anthropic-messages"
}

let origin = ""

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}` // a TCP server has one
})

afterAll(async () => {
  await new Promise((resolve) => server.close(resolve))
})

const openai = (fixture: string) => new OpenAI({ apiKey: "test", baseURL: `${origin}/${fixture}/v1`, maxRetries: 0 })
const anthropic = (fixture: string) => new Anthropic({ apiKey: "test", baseURL: `${origin}/${fixture}`, maxRetries: 0 })

const joined = (parts: readonly Part[], type: "text" | "reasoning") =>
  parts.map((part) => (part.type === type ? part.text : "")).join("")

function openaiCalls(completion: OpenAI.ChatCompletion): unknown[] {
  return (completion.choices[0]?.message.tool_calls ?? []).map((call) =>
    call.type === "function"
      ? { id: call.id, name: call.function.name, arguments: JSON.parse(call.function.arguments) as unknown }
      : call,
  )
}

function isFailure(fixture: string): boolean {
  return partsOf([upstreamBytes(fixture)]).at(-1)?.type === "error"
}

const answers = fixtureNames().filter((fixture) => !isFailure(fixture))
const failures = fixtureNames().filter(isFailure)

describe.each(answers)("%s", (fixture) => {
  const expected = fold(partsOf([upstreamBytes(fixture)]))
  const text = joined(expected.parts, "text")
  const calls = expected.parts.flatMap((part) =>
    part.type === "tool-call" ? [{ id: part.id, name: part.name, arguments: part.arguments }] : [],
  )

  it("is read by the OpenAI SDK's stream helper, with usage", async () => {
    const stream = openai(fixture).chat.completions.stream({
      model: "gemini-3-flash",
      messages: [{ role: "user", content: "Hello?" }],
      stream_options: { include_usage: true },
    })
    const completion = await stream.finalChatCompletion()
    expect(completion.choices).toHaveLength(1)
    expect(completion.choices[0]?.message.content ?? "").toBe(text)
    expect(openaiCalls(completion)).toEqual(calls)
    expect(completion.choices[0]?.message.role).toBe("assistant")
    if (expected.usage.outputTokens !== undefined)
      expect(completion.usage?.completion_tokens).toBe(expected.usage.outputTokens)
  })

  it("is read by the OpenAI SDK as a whole answer", async () => {
    const completion = await openai(fixture).chat.completions.create({
      model: "gemini-3-flash",
      messages: [{ role: "user", content: "Hello?" }],
    })
    expect(completion.choices[0]?.message.content ?? "").toBe(text)
    expect(openaiCalls(completion)).toEqual(calls)
    expect(completion.usage?.total_tokens).toBeTypeOf("number")
  })

  it("G66 is read by the OpenAI SDK's helper for Responses, the same as its whole answer", async () => {
    const body = { model: "gemini-3-flash", input: "Hello?" }
    const streamed = await openai(fixture).responses.stream(body).finalResponse()
    const whole = await openai(fixture).responses.create(body)
    expect(streamed.output_text).toBe(text)
    const made = streamed.output.filter((item) => item.type === "function_call")
    expect(
      made.map((call) => ({ id: call.call_id, name: call.name, arguments: JSON.parse(call.arguments) as unknown })),
    ).toEqual(calls)
    expect(
      JSON.parse(
        JSON.stringify(streamed.output, (key, value: unknown) => (key.startsWith("parsed") ? undefined : value)),
      ),
    ).toEqual(whole.output)
    expect(streamed).toMatchObject({
      status: whole.status,
      usage: whole.usage,
      incomplete_details: whole.incomplete_details,
    })
  })

  it("is read by the Anthropic SDK's stream helper, the same as its whole answer", async () => {
    const body = { model: "gemini-3-flash", max_tokens: 1000, messages: [{ role: "user" as const, content: "Hello?" }] }
    const streamed = await anthropic(fixture).messages.stream(body).finalMessage()
    const whole = await anthropic(fixture).messages.create(body)
    const said = streamed.content.map((block) => (block.type === "text" ? block.text : "")).join("")
    // This wire has no images in answers but as text.
    expect(said.replaceAll(/!\[image\]\(data:[^)]*\)/g, "")).toBe(text)
    const used = streamed.content.filter((block) => block.type === "tool_use")
    expect(used.map(({ id, name, input }) => ({ id, name, arguments: input }))).toEqual(calls)
    expect({ ...streamed, parsed_output: undefined }).toMatchObject({
      id: whole.id,
      content: whole.content,
      stop_reason: whole.stop_reason,
      stop_details: whole.stop_details,
      usage: whole.usage,
    })
  })
})

describe.each(failures)("%s", (fixture) => {
  it("makes the OpenAI SDK throw, streamed and whole", async () => {
    const body = { model: "gemini-3-flash", messages: [{ role: "user" as const, content: "Hello?" }] }
    await expect(openai(fixture).chat.completions.stream(body).finalChatCompletion()).rejects.toThrowError(
      OpenAI.APIError,
    )
    await expect(openai(fixture).chat.completions.create(body)).rejects.toThrowError(OpenAI.APIError)
  })

  it("R4 is a failed response to the OpenAI SDK's helper, and throws whole", async () => {
    const body = { model: "gemini-3-flash", input: "Hello?" }
    const failed = await openai(fixture).responses.stream(body).finalResponse()
    expect(failed).toMatchObject({ status: "failed", error: { code: expect.any(String), message: expect.any(String) } })
    await expect(openai(fixture).responses.create(body)).rejects.toThrowError(OpenAI.APIError)
  })

  it("makes the Anthropic SDK throw, streamed and whole", async () => {
    const body = { model: "gemini-3-flash", max_tokens: 1000, messages: [{ role: "user" as const, content: "Hello?" }] }
    await expect(anthropic(fixture).messages.stream(body).finalMessage()).rejects.toThrowError(Anthropic.APIError)
    await expect(anthropic(fixture).messages.create(body)).rejects.toThrowError(Anthropic.APIError)
  })
})
