/** The curl lines that prove a new key: one per dialect, ready to paste into a POSIX shell. */

export type ExampleDialect = "openai" | "anthropic"

/** The dialects that have an example, in the order in which they are shown. */
export const exampleDialects: readonly ExampleDialect[] = ["openai", "anthropic"]

/** The names by which tools call the dialects; they are the same in every language. */
export const dialectNames: Record<ExampleDialect, string> = { openai: "OpenAI", anthropic: "Anthropic" }

// A single quote ends the quoting, is written escaped, and begins it again.
const quote = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`

const lines: Record<ExampleDialect, (secret: string) => { path: string; headers: string[]; extra: object }> = {
  openai: (secret) => ({ path: "/v1/chat/completions", headers: [`authorization: Bearer ${secret}`], extra: {} }),
  anthropic: (secret) => ({
    path: "/v1/messages",
    headers: [`x-api-key: ${secret}`, "anthropic-version: 2023-06-01"],
    extra: { max_tokens: 256 },
  }),
}

/** A command that asks `model` for one sentence through the gateway at `gatewayUrl`. */
export function firstRequest(dialect: ExampleDialect, gatewayUrl: string, secret: string, model: string): string {
  const { path, headers, extra } = lines[dialect](secret)
  const body = { model, ...extra, messages: [{ role: "user", content: "Say hello in one sentence." }] }
  const parts = [
    `curl ${quote(gatewayUrl.replace(/\/+$/, "") + path)}`,
    ...[...headers, "content-type: application/json"].map((header) => `-H ${quote(header)}`),
    `-d ${quote(JSON.stringify(body))}`,
  ]
  return parts.join(" \\\n  ")
}

// The best match first.
const likely: Record<ExampleDialect, readonly RegExp[]> = {
  openai: [/^gemini.*flash/, /^gemini/, /^gpt/],
  anthropic: [/^claude.*sonnet/, /^claude/],
}

/** The model of the pool that suits a dialect's example; a well-known name while the pool offers none. */
export function exampleModel(dialect: ExampleDialect, models: readonly string[]): string {
  const fallback: Record<ExampleDialect, string> = { openai: "gemini-3-flash", anthropic: "claude-sonnet-4-5" }
  const matches = likely[dialect].map((pattern) => models.find((model) => pattern.test(model)))
  return matches.find((model) => model !== undefined) ?? models[0] ?? fallback[dialect]
}
