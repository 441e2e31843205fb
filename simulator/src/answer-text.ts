/** Where the words of an answer come from. Pure: a test computes the same with the same seed and prompt. */
import { isObject, listOf, stringOf } from "./json.ts"
import type { JsonObject } from "./json.ts"
import { hexOf, sequence } from "./random.ts"
import type { FunctionResponse } from "./request.ts"

// Some words are longer than one byte per letter, so that careless cutting of bytes shows.
const lexicon =
  "the a gateway answer stream token quota account model window light river stone paper bridge signal river morning " +
  "café naïve λόγος данные 数据 模型 🙂 quiet exact small open close between under after before again"
const words = lexicon.split(" ")

/** The answer to a prompt that steers nothing. */
export function defaultAnswer(seed: string, prompt: string): string {
  return `Simulated answer ${hexOf(8, seed, "answer", prompt)} to: ${beginning(prompt, 200)}`
}

/** The thought before an answer when the prompt gives none. */
export function defaultThought(prompt: string): string {
  return `Considering the request: ${beginning(prompt, 80)}`
}

/** The answer after tool results: one line a result. */
export function resultAnswer(responses: readonly FunctionResponse[]): string {
  return responses.map(({ name, response }) => `Result of ${name}: ${JSON.stringify(response) ?? "null"}`).join("\n")
}

/** `count` words from a fixed lexicon, some of them not ASCII. */
export function wordsFor(seed: string, prompt: string, count: number): string {
  const next = sequence(seed, "words", prompt)
  return Array.from({ length: Math.min(count, 1_000_000) }, () => words[Math.floor(next() * words.length)] ?? "a").join(
    " ",
  )
}

/** Cuts a text into at most `count` pieces between code points; never an empty piece. */
export function pieces(text: string, count: number): string[] {
  const letters = Array.from(text)
  const size = Math.max(1, Math.ceil(letters.length / Math.max(1, count)))
  const result: string[] = []
  for (let start = 0; start < letters.length; start += size) result.push(letters.slice(start, start + size).join(""))
  return result
}

/** A smallest value that fits a schema: required members, first of an enum, one item of a list. */
export function instanceOf(schema: unknown, seed: string, path = "value"): unknown {
  if (!isObject(schema)) return {}
  if (schema["const"] !== undefined) return schema["const"]
  const choices = listOf(schema["enum"])
  if (choices.length > 0) return choices[0]
  const branch = listOf(schema["anyOf"] ?? schema["oneOf"])[0]
  if (branch !== undefined) return instanceOf(branch, seed, path)
  const type = listOf(schema["type"]).find((one) => one !== "null") ?? schema["type"]
  switch ((stringOf(type) ?? "object").toLowerCase()) {
    case "string":
      return `simulated ${path}`
    case "integer":
      return Math.floor(sequence(seed, path)() * 100)
    case "number":
      return Math.floor(sequence(seed, path)() * 1000) / 8
    case "boolean":
      return true
    case "array":
      return [instanceOf(schema["items"] ?? { type: "string" }, seed, `${path} item`)]
    default:
      return instanceOfObject(schema, seed)
  }
}

function instanceOfObject(schema: JsonObject, seed: string): JsonObject {
  const properties = isObject(schema["properties"]) ? schema["properties"] : {}
  const required = new Set(listOf(schema["required"]).map(String))
  const names = Object.keys(properties).filter((name) => required.size === 0 || required.has(name))
  return Object.fromEntries(names.map((name) => [name, instanceOf(properties[name], seed, name)]))
}

/** The first code points of a text, without taking all of it apart: a prompt may be megabytes. */
function beginning(text: string, count: number): string {
  return Array.from(text.slice(0, count * 2))
    .slice(0, count)
    .join("")
}
