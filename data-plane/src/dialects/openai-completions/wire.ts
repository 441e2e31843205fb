/** The legacy Completions wire: what becomes of each request field, and the shapes of answers. */
import { carried, compileFieldTable, dropped, ignored, refused, type FieldTable } from "../field-table.ts"
import type { CompletionHead } from "../openai-completion-head.ts"
import type { CompletionUsage } from "../openai-usage.ts"

export const COMPLETIONS_FIELDS: FieldTable = {
  model: carried("routed; echoed in the answer"),
  prompt: carried("one turn of the user: a string, or a list with one; token ids and more prompts are refused"),
  suffix: refused("no model here fills in the middle; an empty one means nothing"),
  echo: carried("true: the answer begins with the prompt"),
  max_tokens: carried("output limit, clamped to the model's own; without it there is none but the model's"),
  temperature: carried("clamped to 0..2, for Claude to 0..1"),
  top_p: carried("clamped to 0..1; dropped for Claude when temperature is given too"),
  top_k: carried("0 and below mean none"),
  stop: carried("a string or a list; empty ones are left out, at most 5 go upstream"),
  seed: carried("Gemini models only, as a 32-bit number"),
  stream: carried("frames or one object"),
  stream_options: carried("see below"),
  "stream_options.include_usage": carried("true: a last chunk with usage; else no usage in a stream"),
  "stream_options.include_obfuscation": ignored("padding against traffic analysis, not ours to add"),
  user: carried("tells conversations apart; not sent upstream"),
  n: carried("as many answers, each a call of its own upstream; 1 to 10"),

  best_of: dropped("no answer is thrown away here; `n` gives as many as are asked for"),
  logit_bias: dropped("upstream models do not take it"),
  logprobs: ignored("answered with null"),
  frequency_penalty: ignored("upstream models do not take it"),
  presence_penalty: ignored("upstream models do not take it"),
}

export const COMPLETIONS_TREE = compileFieldTable(COMPLETIONS_FIELDS)

export type CompletionFinishReason = "stop" | "length" | "content_filter"

export interface CompletionChoice {
  readonly text: string
  readonly index: number
  readonly logprobs: null
  readonly finish_reason: CompletionFinishReason
}

export interface Completion extends CompletionHead<"text_completion"> {
  readonly choices: readonly CompletionChoice[]
  readonly usage: CompletionUsage
}
