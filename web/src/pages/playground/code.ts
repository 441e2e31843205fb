/** A request of the playground as somebody would send it themselves, with their key in `LAGRANGE_KEY`. Pure. */
import { shellText } from "../../lib/shell-text.ts"
import { listOf, objectOf, textOf, type Json, type PlaygroundDialect, type Written } from "./talk.ts"

export const codeForms = ["curl", "typescript", "python"] as const

export type CodeForm = (typeof codeForms)[number]

export interface CodeOptions {
  readonly dialect: PlaygroundDialect
  readonly written: Written
  readonly gatewayUrl: string
}

/** Longer ones are pictures: nobody wants to paste them. */
const LONGEST_TEXT = 4_000
const LEFT_OUT = "BASE64_OF_YOUR_PICTURE"

/** The same without what is too long to be copied. */
export function shortened(value: unknown): unknown {
  if (typeof value === "string") {
    if (value.length <= LONGEST_TEXT || /\s/.test(value)) return value
    return value.startsWith("data:") ? `${value.slice(0, value.indexOf(",") + 1)}${LEFT_OUT}` : LEFT_OUT
  }
  if (Array.isArray(value)) return value.map(shortened)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, shortened(one)]))
}

export function codeOf(form: CodeForm, options: CodeOptions): string {
  const body = objectOf(shortened(options.written.body))
  const { gatewayUrl, dialect } = options
  const url = gatewayUrl.replace(/\/+$/, "")
  if (form === "curl") return curl(url, { ...options.written, body }, dialect)
  return (form === "typescript" ? typescript : python)[dialect](url, body, options.written.path)
}

const KEY_HEADERS: Readonly<Record<PlaygroundDialect, string>> = {
  chat: "authorization: Bearer $LAGRANGE_KEY",
  responses: "authorization: Bearer $LAGRANGE_KEY",
  messages: "x-api-key: $LAGRANGE_KEY",
  gemini: "x-goog-api-key: $LAGRANGE_KEY",
}

function curl(url: string, { path, headers, body }: Written, dialect: PlaygroundDialect): string {
  const fixed = Object.entries({ ...headers, "content-type": "application/json" }).map(
    ([name, value]) => `${name}: ${value}`,
  )
  const lines = [
    `curl ${shellText(url + path)}`,
    // In double quotes the shell puts the key in.
    `-H "${KEY_HEADERS[dialect]}"`,
    ...fixed.map((header) => `-H ${shellText(header)}`),
    `-d ${shellText(JSON.stringify(body))}`,
  ]
  return lines.join(" \\\n  ")
}

type Write = (url: string, body: Json, path: string) => string
type Writers = Readonly<Record<PlaygroundDialect, Write>>

const ofOpenai =
  (call: string, print: string): Write =>
  (url, body) =>
    [
      'import OpenAI from "openai"',
      "",
      `const client = new OpenAI({ baseURL: ${JSON.stringify(`${url}/v1`)}, apiKey: process.env.LAGRANGE_KEY })`,
      `const answer = await client.${call}(${json(body)})`,
      printed(body, print),
    ].join("\n")

const printed = (body: Json, print: string): string =>
  body["stream"] === true ? "for await (const event of answer) console.log(event)" : `console.log(${print})`

const typescript: Writers = {
  chat: ofOpenai("chat.completions.create", "answer.choices[0]?.message"),
  responses: ofOpenai("responses.create", "answer.output_text"),
  messages: (url, body) =>
    [
      'import Anthropic from "@anthropic-ai/sdk"',
      "",
      `const client = new Anthropic({ baseURL: ${JSON.stringify(url)}, apiKey: process.env.LAGRANGE_KEY })`,
      `const answer = await client.messages.create(${json(body)})`,
      printed(body, "answer.content"),
    ].join("\n"),
  gemini: (url, body, path) =>
    [
      'import { GoogleGenAI } from "@google/genai"',
      "",
      `const client = new GoogleGenAI({ apiKey: process.env.LAGRANGE_KEY, httpOptions: { baseUrl: ${JSON.stringify(url)} } })`,
      `const answer = await client.models.${isStream(path) ? "generateContentStream" : "generateContent"}(${json(ofGenai(body, path))})`,
      isStream(path) ? "for await (const event of answer) console.log(event.text)" : "console.log(answer.text)",
    ].join("\n"),
}

const python: Writers = {
  chat: (url, body) =>
    ofPython(url, body, "openai", "OpenAI", "/v1", "chat.completions.create", "answer.choices[0].message"),
  responses: (url, body) => ofPython(url, body, "openai", "OpenAI", "/v1", "responses.create", "answer.output_text"),
  messages: (url, body) => ofPython(url, body, "anthropic", "Anthropic", "", "messages.create", "answer.content"),
  gemini: (url, body, path) => {
    const call = ofGenai(body, path)
    return [
      "import os",
      "from google import genai",
      "",
      `client = genai.Client(api_key=os.environ["LAGRANGE_KEY"], http_options={"base_url": ${JSON.stringify(url)}})`,
      `answer = client.models.${isStream(path) ? "generate_content_stream" : "generate_content"}(**${pythonOf(call)})`,
      isStream(path) ? "for event in answer:\n    print(event.text)" : "print(answer.text)",
    ].join("\n")
  },
}

function ofPython(
  url: string,
  body: Json,
  ...[module, client, suffix, call, print]: readonly [string, string, string, string, string]
): string {
  return [
    "import os",
    `from ${module} import ${client}`,
    "",
    `client = ${client}(base_url=${JSON.stringify(url + suffix)}, api_key=os.environ["LAGRANGE_KEY"])`,
    `answer = client.${call}(**${pythonOf(body)})`,
    body["stream"] === true ? "for event in answer:\n    print(event)" : `print(${print})`,
  ].join("\n")
}

const isStream = (path: string): boolean => path.includes(":streamGenerateContent")

/** As Google's SDKs take it: all but the conversation under `config`. */
function ofGenai({ contents, generationConfig, systemInstruction, tools }: Json, path: string): Json {
  const model = decodeURIComponent(/models\/([^:]+):/.exec(path)?.[1] ?? "")
  const [system] = listOf(objectOf(systemInstruction)["parts"])
  const config = {
    ...objectOf(generationConfig),
    ...(system === undefined ? {} : { systemInstruction: textOf(system["text"]) }),
    ...(tools === undefined ? {} : { tools }),
  }
  return { model, contents, ...(Object.keys(config).length === 0 ? {} : { config }) }
}

const json = (value: unknown): string => JSON.stringify(value, null, 2)

/** JSON with Python's three words, which stand in no text here. */
function pythonOf(value: unknown, indent = ""): string {
  if (value === null) return "None"
  if (typeof value === "boolean") return value ? "True" : "False"
  if (typeof value !== "object") return JSON.stringify(value)
  const deeper = `${indent}    `
  const lines = Array.isArray(value)
    ? value.map((one) => pythonOf(one, deeper))
    : Object.entries(value).map(([name, one]) => `${JSON.stringify(name)}: ${pythonOf(one, deeper)}`)
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"]
  if (lines.length === 0) return open + close
  return `${open}\n${lines.map((line) => `${deeper}${line},\n`).join("")}${indent}${close}`
}
