/**
 * For tests and the reference page: what is lost on the way from a client's dialect to a family of models. Each wish is said in the
 * words of every dialect that has them; the cells are what the code makes of it.
 */
import { GatewayError } from "../../../canonical/error.ts"
import { clientDialects, upstreamDialects } from "../../index.ts"
import { ANSWER_WISHES } from "./answer-wishes.ts"
import { TURN_WISHES } from "./turn-wishes.ts"
import { BASE, CLIENTS, MODELS, type Client, type Wire, type Wish } from "./words.ts"

export const WISHES: readonly Wish[] = [...TURN_WISHES, ...ANSWER_WISHES]

/** What becomes of each wish: by client, then by model. */
export function lossRow(wish: Wish): { readonly clients: readonly string[]; readonly models: readonly string[] } {
  const clients: string[] = []
  const models: string[][] = MODELS.map(() => [])
  for (const client of CLIENTS) {
    const words = wish.said[client]
    if (words === undefined) {
      clients.push("–")
      continue
    }
    const base = decode(client, {})
    const { value, dropped } = decode(client, words)
    const lost = dropped.filter((path) => !base.dropped.includes(path))
    const isCarried = JSON.stringify(value) !== JSON.stringify(base.value)
    clients.push(isCarried || lost.length > 0 ? cellOf(lost) : "ignored")
    if (!isCarried) continue
    for (const [index, id] of MODELS.entries()) models[index]?.push(outcome(client, words, id))
  }
  return { clients, models: models.map((cells) => [...new Set(cells)].join(" / ") || "–") }
}

function decode(client: Client, words: Wire) {
  const wire = { model: "m", ...BASE[client], ...words }
  return clientDialects[client].decodeRequest(wire, {}, { rest: "m:generateContent" })
}

function outcome(client: Client, words: Wire, id: string): string {
  try {
    const { dropped } = upstreamDialects.gemini.encodeRequest(decode(client, words).value, { id })
    return cellOf(dropped)
  } catch (error) {
    if (error instanceof GatewayError) return "400"
    throw error
  }
}

function cellOf(dropped: readonly string[]): string {
  return dropped.length === 0 ? "yes" : dropped.map((path) => `\`${path}\``).join(", ")
}
